import { expect, test } from "vitest";
import type { AttentionMap } from "./attention-map.ts";
import { sequentialTable, shadeIndex, type Theme } from "./color-table.ts";
import { DATE_MAP } from "./date-map.fixture.ts";
import { layoutHeatMap } from "./heat-map-layout.ts";
import { renderPng } from "./node-png.ts";
import { type DecodedPng, decodePng } from "./png.fixture.ts";
import type { CellsMark } from "./scene.ts";
import { pageSurface } from "./surface.ts";
import { PAGE_COLORS } from "./svg-style.ts";

function cellsOf(map: AttentionMap): CellsMark {
  return layoutHeatMap(map, pageSurface()).marks.find((mark) => mark.kind === "cells") as CellsMark;
}

/** The colours in the middle of the cells, and those that the table has for their weights. */
function colors(map: AttentionMap, png: DecodedPng, { zoom, theme }: { zoom: number; theme: Theme }) {
  const { x, y, cellWidth, cellHeight, columns } = cellsOf(map);
  const middle = (place: number, start: number, size: number) => Math.floor((start + (place + 0.5) * size) * zoom);
  const drawn = Array.from(map.weights, (_, i) => {
    return png.colorAt(middle(i % columns, x, cellWidth), middle(Math.floor(i / columns), y, cellHeight));
  });
  const expected = Array.from(map.weights, (weight) => sequentialTable(theme)[shadeIndex(weight)]);
  return { drawn, expected };
}

const squared = (size: number): AttentionMap => {
  const tokens = Array.from({ length: size }, (_, i) => String(i));
  const weights = Float32Array.from({ length: size * size }, (_, i) => ((i * 7919) % 997) / 997);
  return { rows: tokens, columns: tokens, weights };
};

test.each([
  [1, "light"],
  [2, "dark"],
  [4, "light"],
] as const)("at %i× in %s every cell has the table's colour for its weight", async (zoom, theme) => {
  const { bytes, missing } = await renderPng(DATE_MAP, { zoom, theme });
  const png = decodePng(bytes);
  const { drawn, expected } = colors(DATE_MAP, png, { zoom, theme });
  expect(drawn).toEqual(expected);
  expect(missing).toEqual([]);
  const scene = layoutHeatMap(DATE_MAP, pageSurface());
  expect([png.width, png.height]).toEqual([Math.ceil(scene.width) * zoom, Math.ceil(scene.height) * zoom]);
  const paper = PAGE_COLORS[theme].paper;
  expect(png.colorAt(0, 0)).toEqual([1, 3, 5].map((at) => Number.parseInt(paper.slice(at, at + 2), 16)));
});

test.each([
  [60, 2],
  [400, 1],
])("a bitmap of %i × %i cells has them all, too, down to one pixel a cell", async (size, zoom) => {
  const map = squared(size);
  const { drawn, expected } = colors(map, decodePng((await renderPng(map, { zoom })).bytes), { zoom, theme: "light" });
  expect(drawn).toEqual(expected);
});

test("the legend runs through the table from its first colour to its last", async () => {
  const png = decodePng((await renderPng(DATE_MAP, { zoom: 2 })).bytes);
  const marks = layoutHeatMap(DATE_MAP, pageSurface()).marks.filter((mark) => mark.kind === "cells");
  const { x, y, cellWidth, cellHeight, columns } = marks.at(-1) as CellsMark;
  const across = [0, columns - 1].map((step) => {
    return png.colorAt(Math.floor(2 * (x + (step + 0.5) * cellWidth)), Math.floor(2 * (y + cellHeight / 2)));
  });
  expect(across).toEqual([sequentialTable("light")[0], sequentialTable("light")[255]]);
});

test("real text is drawn: a title changes pixels above the map and nothing in it", async () => {
  const titled = decodePng((await renderPng(DATE_MAP)).bytes);
  const other = decodePng((await renderPng({ ...DATE_MAP, title: "THE 29TH OF AUGUST" })).bytes);
  const { y } = cellsOf(DATE_MAP);
  const differing = new Set<number>();
  for (let row = 0; row < titled.height; row++) {
    for (let x = 0; x < titled.width; x++) {
      if (`${titled.colorAt(x, row)}` !== `${other.colorAt(x, row)}`) differing.add(row);
    }
  }
  expect(differing.size).toBeGreaterThan(5);
  expect(Math.max(...differing)).toBeLessThan(y);
});

test("a character that no font has is named, and a sign stands in its place", async () => {
  const nowhere = "\u{10fffd}";
  const { bytes, missing } = await renderPng({ ...DATE_MAP, title: `a${nowhere}` });
  expect(missing).toEqual([nowhere]);
  const replaced = await renderPng({ ...DATE_MAP, title: "a\ufffd" });
  expect(Buffer.from(bytes).equals(Buffer.from(replaced.bytes))).toBe(true);
});

test("signs of markup are no missing characters", async () => {
  expect((await renderPng({ ...DATE_MAP, title: `<b> & "c" 'd'` })).missing).toEqual([]);
});

test.each([0, -1, Number.NaN, 17])("a zoom of %d is refused", async (zoom) => {
  await expect(renderPng(DATE_MAP, { zoom })).rejects.toThrow(
    new RangeError(`renderPng: expected a zoom above 0, up to 16, but found ${zoom}`),
  );
});
