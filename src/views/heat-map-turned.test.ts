import { expect, test } from "vitest";
import { turnMap } from "./attention-map.ts";
import { DATE_MAP } from "./date-map.fixture.ts";
import { layoutHeatMap } from "./heat-map-layout.ts";
import { renderSvg, renderTerminal } from "./render.ts";
import type { CellsMark } from "./scene.ts";
import { pageSurface } from "./surface.ts";

/** Rows that a share of the row and a share of the column tell apart. */
const MAP = { rows: ["p", "q"], columns: ["x", "y", "z"], weights: [0.5, 0.25, 0.25, 0.1, 0.2, 0.7] };

const cellsOf = (options: Parameters<typeof layoutHeatMap>[2]) =>
  layoutHeatMap(MAP, pageSurface(), options).marks.find(
    (mark): mark is CellsMark => mark.kind === "cells",
  ) as CellsMark;
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);

test("turned, each cell has the shade and the sentence that it has unturned", () => {
  for (const scale of ["absolute", "row"] as const) {
    const [upright, turned] = [cellsOf({ scale, gamma: 0.5 }), cellsOf({ scale, gamma: 0.5, transposed: true })];
    expect([turned.rows, turned.columns]).toEqual([3, 2]);
    for (let query = 0; query < 2; query++) {
      for (let key = 0; key < 3; key++) {
        const [there, here] = [query * 3 + key, key * 2 + query];
        expect(turned.shades[here]).toBe(upright.shades[there]);
        expect(turned.notes?.[here]).toBe(upright.notes?.[there]);
      }
    }
  }
});

test("turned, keys are named down, coverage stands beside and entropy below", () => {
  const svg = renderSvg(MAP, { transposed: true, entropy: true, coverage: true });
  expect(texts(svg)).toEqual([
    ...["p", "q", "x", "y", "z", "output", "input"],
    ...["0.6", "0.45", "0.95", "coverage", "entropy of each column in bits, 1.50 at the longest bar"],
    ...["attention weight", "0", "0.25", "0.5", "0.75", "1"],
  ]);
  expect(svg).toContain('aria-label="attention of 2 output tokens over 3 input tokens"');
  expect(renderTerminal(MAP, { transposed: true })).toContain("output →  input ↓");
});

test("turning twice gives the map", () => {
  const back = turnMap(turnMap(DATE_MAP));
  expect({ ...back, weights: Array.from(back.weights) }).toEqual({
    ...DATE_MAP,
    weights: Array.from(DATE_MAP.weights),
  });
});

test("the legend says the scale and its gamma", () => {
  expect(texts(renderSvg(MAP, { scale: "row", gamma: 0.5 }))).toContain(
    "weight, share of the row&#39;s largest, gamma 0.5",
  );
  expect(texts(renderSvg(MAP, { scale: "row", transposed: true }))).toContain(
    "weight, share of the column&#39;s largest",
  );
  expect(texts(renderSvg(MAP, { gamma: 0.5, language: "zh-CN" }))).toContain("注意力权重，伽马 0.5");
});
