import { expect, test } from "vitest";
import { CIVIDIS, hexColor, type Rgb, SERIES_COLORS, signedTable, WHITE_TO_BLUE } from "./color-table.ts";

/**
 * Colours as people with a colour-deficient vision see them: G. Machado, M. Oliveira, L. Fernandes, "A physiologically-based model
 * for simulation of color vision deficiency", IEEE TVCG 15(6), 2009; the published matrices for severity 1, on linear RGB.
 * Distances are Euclidean in OKLab (B. Ottosson, 2020), where 0.02 is just noticeable (CSS Color Module Level 4, section 13.2).
 */
type Matrix = readonly [readonly number[], readonly number[], readonly number[]];

const VISIONS: readonly { readonly name: string; readonly matrix: Matrix }[] = [
  {
    name: "full colour vision",
    matrix: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  {
    name: "protanopia",
    matrix: [
      [0.152286, 1.052583, -0.204868],
      [0.114503, 0.786281, 0.099216],
      [-0.003882, -0.048116, 1.051998],
    ],
  },
  {
    name: "deuteranopia",
    matrix: [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
  },
  {
    name: "tritanopia",
    matrix: [
      [1.255528, -0.076749, -0.178779],
      [-0.078411, 0.930809, 0.147602],
      [0.004733, 0.691367, 0.3039],
    ],
  },
];

/** Three just noticeable differences: told apart side by side without effort, on lines as thin as two pixels. */
const APART = 0.06;

function linear(part: number): number {
  const share = part / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function seenAs(color: Rgb, matrix: Matrix): readonly [number, number, number] {
  const light = color.map(linear);
  const [r, g, b] = matrix.map((row) => {
    const sum = row.reduce((total, factor, k) => total + factor * (light[k] as number), 0);
    return Math.min(1, Math.max(0, sum));
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function distance(a: Rgb, b: Rgb, matrix: Matrix): number {
  const [from, to] = [seenAs(a, matrix), seenAs(b, matrix)];
  return Math.hypot(...from.map((part, k) => part - (to[k] as number)));
}

test("the simulation agrees with known values: white stays white, and red and green draw together for protanopia", () => {
  for (const { name, matrix } of VISIONS) {
    const [light, a, b] = seenAs([255, 255, 255], matrix);
    expect(light, name).toBeCloseTo(1, 2);
    expect(Math.hypot(a, b), name).toBeLessThan(0.01);
  }
  const [full, protan] = VISIONS as [(typeof VISIONS)[0], (typeof VISIONS)[0]];
  const [red, green]: [Rgb, Rgb] = [
    [200, 60, 40],
    [90, 110, 40],
  ];
  expect(distance(red, green, protan.matrix)).toBeLessThan(0.4 * distance(red, green, full.matrix));
});

const pairs = SERIES_COLORS.flatMap((a, i) => SERIES_COLORS.slice(i + 1).map((b) => [a, b] as const));

test.each(VISIONS)("every pair of the seven head colours stays apart with $name", ({ matrix }) => {
  expect(pairs).toHaveLength(21);
  for (const [a, b] of pairs) expect(distance(a, b, matrix), `${hexColor(a)} ${hexColor(b)}`).toBeGreaterThan(APART);
});

test.each(VISIONS)("both sides of the signed scale stay apart with $name", ({ matrix }) => {
  for (const theme of ["light", "dark"] as const) {
    const table = signedTable(theme);
    for (let step = 24; step <= 127; step++) {
      const [below, above] = [table[128 - step], table[128 + step]] as [Rgb, Rgb];
      expect(distance(below, above, matrix), `${theme}, step ${step}`).toBeGreaterThan(APART / 2);
    }
    expect(distance(table[1] as Rgb, table[255] as Rgb, matrix)).toBeGreaterThan(2 * APART);
  }
});

test.each(VISIONS)("sequential scales keep their order of lightness with $name", ({ matrix }) => {
  for (const [table, sign] of [
    [CIVIDIS, 1],
    [WHITE_TO_BLUE, -1],
  ] as const) {
    for (let i = 16; i < 256; i += 8) {
      const change = seenAs(table[i] as Rgb, matrix)[0] - seenAs(table[i - 16] as Rgb, matrix)[0];
      expect(sign * change, `${i}`).toBeGreaterThan(0);
    }
  }
});
