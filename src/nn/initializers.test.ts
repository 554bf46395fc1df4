import { describe, expect, test } from "vitest";
import { ShapeError } from "../tensor/errors.ts";
import { product } from "../tensor/nd-array.ts";
import { Rng } from "../tensor/random.ts";
import {
  constantInitializer,
  gateBias,
  glorot,
  he,
  type Initializer,
  normal,
  orthogonal,
  perBlock,
  uniform,
  zerosInitializer,
} from "./initializers.ts";

function filled(initializer: Initializer, shape: readonly number[], seed = 5): Float32Array {
  const data = new Float32Array(product(shape)).fill(Number.NaN);
  initializer(data, shape, new Rng(seed, "weights"));
  return data;
}

function deviation(data: Float32Array): number {
  const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
  return Math.sqrt(data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length);
}

test.each([
  ["glorot: √(2 / (fanIn + fanOut))", glorot(), Math.sqrt(2 / 300), Math.sqrt(6 / 300)],
  ["he: √(2 / fanIn)", he(), Math.sqrt(2 / 100), 6 * Math.sqrt(2 / 100)],
  ["normal", normal(0.02), 0.02, 0.12],
  ["uniform: bound / √3", uniform(0.3), 0.3 / Math.sqrt(3), 0.3],
])("%s is the deviation over [100 200]", (_, initializer, expected, bound) => {
  const data = filled(initializer, [100, 200]);
  expect(deviation(data) / expected).toBeCloseTo(1, 1);
  expect(data.every((x) => Math.abs(x) <= bound)).toBe(true);
});

test("fan-in counts every axis but the last", () => {
  expect(deviation(filled(he(), [3, 3, 50, 20])) / Math.sqrt(2 / 450)).toBeCloseTo(1, 1);
});

test("zeros, constants and the open forget gate", () => {
  expect([...filled(zerosInitializer(), [3])]).toEqual([0, 0, 0]);
  expect([...filled(constantInitializer(0.5), [2])]).toEqual([0.5, 0.5]);
  expect([...filled(gateBias(2, 4), [8])]).toEqual([0, 0, 0, 0, 1, 1, 0, 0]);
});

/** The largest entry of |M Mᵀ − 1| over the rows of a matrix, or of its transpose where it has more rows than columns. */
function distanceFromOrthonormal(at: (row: number, column: number) => number, rows: number, columns: number): number {
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const entry = (i: number, k: number) => (rows <= columns ? at(i, k) : at(k, i));
  let largest = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      let dot = 0;
      for (let k = 0; k < length; k++) dot += entry(i, k) * entry(j, k);
      largest = Math.max(largest, Math.abs(dot - (i === j ? 1 : 0)));
    }
  }
  return largest;
}

describe("orthogonal", () => {
  test.each([
    [7, 7, 1],
    [5, 11, 1],
    [11, 5, 1],
    [13, 13, 4],
  ])("%i × %i in %i blocks has orthonormal rows or columns", (rows, columns, blocks) => {
    const data = filled(orthogonal({ blocks }), [rows, columns * blocks]);
    for (let block = 0; block < blocks; block++) {
      const at = (row: number, column: number) => data[row * columns * blocks + block * columns + column] as number;
      expect(distanceFromOrthonormal(at, rows, columns)).toBeLessThan(1e-6);
    }
  });

  test("blocks differ", () => {
    const data = filled(orthogonal({ blocks: 2 }), [3, 6]);
    expect(data.slice(0, 3)).not.toEqual(data.slice(3, 6));
  });
});

test("perBlock gives each block of columns the range of a matrix of its own", () => {
  const data = filled(perBlock(4, glorot()), [100, 400]);
  expect(deviation(data) / Math.sqrt(2 / 200)).toBeCloseTo(1, 1);
  const bound = Math.sqrt(6 / 200);
  expect(data.every((x) => Math.abs(x) <= bound)).toBe(true);
});

test("blocks that do not divide the columns are refused", () => {
  expect(() => filled(orthogonal({ blocks: 4 }), [3, 6])).toThrow(
    new ShapeError("orthogonal: expected 4 blocks of columns but found [3,6]"),
  );
  expect(() => filled(perBlock(4, glorot()), [3, 6])).toThrow(
    new ShapeError("perBlock: expected 4 blocks of columns but found [3,6]"),
  );
});

test("the same stream gives the same weights", () => {
  expect(filled(orthogonal(), [5, 5])).toEqual(filled(orthogonal(), [5, 5]));
  expect(filled(glorot(), [5, 5], 6)).not.toEqual(filled(glorot(), [5, 5]));
});
