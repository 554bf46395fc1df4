import { expect, test } from "vitest";
import { jensenShannon, rankRows } from "./divergence.ts";

test("equal rows are 0 bits apart, rows with nothing in common 1 bit, however they are scaled", () => {
  expect(jensenShannon([0.2, 0.3, 0.5], [2, 3, 5])).toBeCloseTo(0, 12);
  expect(jensenShannon([1, 0, 0], [0, 0.5, 0.5])).toBe(1);
  expect(jensenShannon([0, 0], [0, 0])).toBe(0);
  expect(jensenShannon([0, 0], [0, 1])).toBe(1);
});

test("it is H of the middle less the mean of both H", () => {
  const entropy = (p: readonly number[]) => p.reduce((bits, x) => bits - (x > 0 ? x * Math.log2(x) : 0), 0);
  const [p, q] = [
    [0.7, 0.2, 0.1],
    [0.1, 0.1, 0.8],
  ] as const;
  const middle = p.map((x, i) => (x + (q[i] as number)) / 2);
  expect(jensenShannon(p, q)).toBeCloseTo(entropy(middle) - (entropy(p) + entropy(q)) / 2, 12);
  expect(jensenShannon(q, p)).toBeCloseTo(jensenShannon(p, q), 12);
});

test("rows of different length are refused", () => {
  expect(() => jensenShannon([1], [0.5, 0.5])).toThrow(
    "jensenShannon: expected rows of one length but found 1 and 2 weights",
  );
});

test("rows are ranked by how much they differ, over those that both maps have", () => {
  const a = { rows: ["a", "b", "c", "d"], columns: ["x", "y"], weights: [1, 0, 0.5, 0.5, 1, 0, 1, 0] };
  const b = { rows: ["a", "b", "c"], columns: ["x", "y"], weights: [1, 0, 0.4, 0.6, 0, 1] };
  expect(rankRows(a, b).map(({ row }) => row)).toEqual([2, 1, 0]);
  expect(rankRows(a, b)[0]?.bits).toBe(1);
});
