import { expect, test } from "vitest";
import {
  BLUE_DARK_ORANGE,
  BLUE_WHITE_ORANGE,
  CIVIDIS,
  hexColor,
  inkOn,
  type Rgb,
  relativeLuminance,
  SERIES_COLORS,
  shadeIndex,
  signedIndex,
  WHITE_TO_BLUE,
} from "./color-table.ts";

test.each([
  { name: "cividis", table: CIVIDIS, first: "#00224d", last: "#fde737" },
  { name: "white → blue", table: WHITE_TO_BLUE, first: "#ffffff", last: "#0f275c" },
])("$name has 256 colours from $first to $last", ({ table, first, last }) => {
  expect(table).toHaveLength(256);
  expect(hexColor(table[0] as Rgb)).toBe(first);
  expect(hexColor(table[255] as Rgb)).toBe(last);
  for (const color of table)
    for (const part of color) expect(Number.isInteger(part) && part >= 0 && part < 256).toBe(true);
});

// Entries of the published table that are not among the points.
test.each([
  [100, [100, 103, 111]],
  [178, [173, 162, 113]],
  [242, [242, 218, 67]],
] as const)("cividis %i is within 2 of the published colour", (index, published) => {
  for (const [k, part] of published.entries()) {
    expect(Math.abs(part - (CIVIDIS[index]?.[k] as number))).toBeLessThanOrEqual(2);
  }
});

test("white → blue only grows darker, cividis only lighter", () => {
  // Over four entries, because rounding to 8 bits may turn single steps.
  for (let i = 4; i < 256; i++) {
    expect(relativeLuminance(WHITE_TO_BLUE[i] as Rgb)).toBeLessThan(relativeLuminance(WHITE_TO_BLUE[i - 4] as Rgb));
    expect(relativeLuminance(CIVIDIS[i] as Rgb)).toBeGreaterThan(relativeLuminance(CIVIDIS[i - 4] as Rgb));
  }
});

test("ink turns from black to white at luminance 0.179", () => {
  expect(inkOn([255, 255, 255])).toBe("black");
  expect(inkOn([0, 0, 0])).toBe("white");
  expect(inkOn([118, 118, 118])).toBe("black");
  expect(inkOn([117, 117, 117])).toBe("white");
});

test("shades are clamped to the table", () => {
  expect([-1, 0, 0.5, 1, 2].map(shadeIndex)).toEqual([0, 0, 128, 255, 255]);
});

test("signed shades: white at zero, both sides fall evenly and alike, and their ends stand out on light and dark paper", () => {
  expect([-2, -1, 0, 1, 2].map(signedIndex)).toEqual([1, 1, 128, 255, 255]);
  expect(hexColor(BLUE_WHITE_ORANGE[128] as Rgb)).toBe("#ffffff");
  const luminance = (index: number) => relativeLuminance(BLUE_WHITE_ORANGE[index] as Rgb);
  for (let step = 4; step <= 127; step++) {
    expect(luminance(128 + step)).toBeLessThan(luminance(128 + step - 4));
    expect(luminance(128 - step)).toBeLessThan(luminance(128 - step + 4));
    expect(Math.abs(luminance(128 - step) - luminance(128 + step))).toBeLessThan(0.05);
  }
  for (const [end, paper] of [1, 255].flatMap((end) =>
    [0, 0.0081].map((paper) => [end, paper === 0 ? 1 : paper] as const),
  )) {
    const [light, dark] = [luminance(end), paper].sort((a, b) => b - a) as [number, number];
    expect((light + 0.05) / (dark + 0.05)).toBeGreaterThan(3);
  }
});

test("signed shades on dark paper: nearly the paper at zero, both sides rise evenly and alike", () => {
  const luminance = (index: number) => relativeLuminance(BLUE_DARK_ORANGE[index] as Rgb);
  const paper = 0.0081;
  expect((luminance(128) + 0.05) / (paper + 0.05)).toBeLessThan(1.25);
  for (let step = 4; step <= 127; step++) {
    expect(luminance(128 + step)).toBeGreaterThan(luminance(128 + step - 4));
    expect(luminance(128 - step)).toBeGreaterThan(luminance(128 - step + 4));
    expect(Math.abs(luminance(128 - step) - luminance(128 + step))).toBeLessThan(0.05);
  }
  for (const end of [1, 255]) expect((luminance(end) + 0.05) / (paper + 0.05)).toBeGreaterThan(3);
});

test("there are seven colours of series, all different", () => {
  expect(new Set(SERIES_COLORS.map(hexColor)).size).toBe(7);
});
