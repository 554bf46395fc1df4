import { expect, test } from "vitest";
import { rowEntropy, rowWeights } from "../attention-map.ts";
import { hexColor, type Rgb, sequentialTable } from "../color-table.ts";
import { DATE_MAP } from "../date-map.fixture.ts";
import { renderSvg } from "../render.ts";
import { cellFacts, cellOf, drawnMap, placeOf, quotedToken } from "./attention-map-data.ts";

const absolute = { scale: "absolute", gamma: 0.5, transposed: false } as const;

/** The colours of the cells of a picture as SVG, row by row. */
function svgFills(options: Parameters<typeof renderSvg>[1]): string[] {
  const svg = renderSvg(DATE_MAP, options);
  const group = /<g class="fv-map"[^>]*>(.*?)<\/g>/s.exec(svg)?.[1] ?? "";
  return [...group.matchAll(/<rect [^>]*fill="(#[0-9a-f]{6})"/g)].map(([, fill]) => fill as string);
}

test.each(["absolute", "row"] as const)(
  "the picture in the element and renderSvg have the same colours, scale %s",
  (scale) => {
    const { shades } = drawnMap(DATE_MAP, { ...absolute, scale });
    const drawn = Array.from(shades, (shade) => hexColor(sequentialTable("light")[shade] as Rgb));
    expect(drawn).toHaveLength(DATE_MAP.weights.length);
    expect(svgFills({ scale })).toEqual(drawn);
  },
);

test("the scale gamma is the gamma of renderSvg", () => {
  const { shades } = drawnMap(DATE_MAP, { ...absolute, scale: "gamma", gamma: 0.4 });
  const drawn = Array.from(shades, (shade) => hexColor(sequentialTable("light")[shade] as Rgb));
  expect(svgFills({ gamma: 0.4 })).toEqual(drawn);
});

test("turned, rows are keys, and entropy stays with queries, coverage with keys", () => {
  const map = { rows: ["a", "b"], columns: ["x", "y", "z"], weights: [0.1, 0.2, 0.7, 0.5, 0.25, 0.25] };
  const turned = drawnMap(map, { ...absolute, transposed: true });
  expect([turned.rows, turned.columns]).toEqual([3, 2]);
  expect([turned.rowTokens, turned.columnTokens]).toEqual([map.columns, map.rows]);
  expect(Array.from(turned.weights)).toEqual([0.1, 0.5, 0.2, 0.25, 0.7, 0.25]);
  expect(Array.from(turned.entropy)).toEqual([0, 1].map((row) => rowEntropy(rowWeights(map, row))));
  expect(Array.from(turned.coverage, (sum) => sum.toFixed(2))).toEqual(["0.60", "0.45", "0.95"]);
  const straight = drawnMap(map, { ...absolute, scale: "row" });
  const alsoTurned = drawnMap(map, { ...absolute, scale: "row", transposed: true });
  expect(alsoTurned.shades[2 * 2 + 0]).toBe(straight.shades[0 * 3 + 2]);
  expect(straight.shades[2]).toBe(255);
});

test("a place and its cell, straight and turned, with labels at −1", () => {
  expect(placeOf({ row: 2, column: 5 }, false)).toEqual({ query: 2, key: 5 });
  expect(placeOf({ row: 2, column: 5 }, true)).toEqual({ query: 5, key: 2 });
  expect(placeOf({ row: -1, column: 5 }, false)).toEqual({ key: 5 });
  expect(cellOf({ query: 3 }, true)).toEqual({ row: -1, column: 3 });
  expect(cellOf({ query: 3, key: 4 }, false)).toEqual({ row: 3, column: 4 });
});

test("facts of a cell are texts, places, weight, rank and entropy", () => {
  const map = { rows: ["a"], columns: ["x", " ", "שלום"], weights: [0.25, 0.25, 0.5] };
  expect(cellFacts(map, { query: 0, key: 1 })).toEqual({
    ...{ query: "a", queryPlace: 1, key: "␣", keyPlace: 2, weight: "0.250", rank: 2, columns: 3, entropy: "1.50" },
  });
  expect(quotedToken("שלום")).toBe("\u2068שלום\u2069");
});
