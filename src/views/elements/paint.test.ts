import { expect, test } from "vitest";
import { BLUE_WHITE_ORANGE, CIVIDIS, type Rgb, shadeIndex, signedIndex } from "../color-table.ts";
import { fillPixels, poolStrongest } from "./paint.ts";

test.each([
  { name: "cividis", table: CIVIDIS, shades: [0, 0.25, 0.5, 0.75, 0.9, 1].map(shadeIndex) },
  { name: "signed", table: BLUE_WHITE_ORANGE, shades: [-1, -0.5, 0, 0.1, 0.5, 1].map(signedIndex) },
])("one opaque pixel a cell, in the colours of the $name table", ({ table, shades }) => {
  const pixels = new Uint8ClampedArray(4 * 6);
  fillPixels(pixels, { rows: 2, columns: 3, shades, table });
  for (const [cell, shade] of shades.entries()) {
    expect([...pixels.slice(4 * cell, 4 * cell + 4)]).toEqual([...(table[shade] as Rgb), 255]);
  }
});

test("what has a pixel for each cell is not pooled", () => {
  const values = [1, 2, 3, 4, 5, 6];
  const pooled = poolStrongest(values, { rows: 2, columns: 3, mostRows: 7, mostColumns: 3 });
  expect(pooled).toEqual({ rows: 2, columns: 3, values });
  expect(pooled.values).toBe(values);
});

test("below a pixel a cell each pixel keeps the maximum of what it touches", () => {
  const values = [0, 0.5, 0, 0, 0, 0, 0, 0.25, 0.125, 1, 0, 0, 0, 0, 0];
  const pooled = poolStrongest(values, { rows: 3, columns: 5, mostRows: 1, mostColumns: 2 });
  expect({ ...pooled, values: [...Array.from(pooled.values)] }).toEqual({ rows: 1, columns: 2, values: [0.5, 1] });
});

test("a single strong cell survives, wherever it is", () => {
  for (let at = 0; at < 49; at++) {
    const values = new Float32Array(49);
    values[at] = 1;
    const pooled = poolStrongest(values, { rows: 7, columns: 7, mostRows: 3, mostColumns: 2 });
    expect(Math.max(...Array.from(pooled.values))).toBe(1);
  }
});
