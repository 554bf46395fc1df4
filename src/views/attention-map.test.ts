import { expect, test } from "vitest";
import { ShapeError } from "../tensor/errors.ts";
import { checkAttentionMap, poolMaximum, rowEntropy, rowRanks, rowWeights } from "./attention-map.ts";
import { DATE_MAP } from "./date-map.fixture.ts";

const MAP = { rows: ["a", "b"], columns: ["x", "y", "z"], weights: [0.1, 0.2, 0.7, 0, 1, 0] };

test("a map whose weights do not fill it is refused", () => {
  expect(() => checkAttentionMap({ ...MAP, weights: [1, 0] })).toThrow(
    new ShapeError("attentionMap: expected 6 weights for 2 rows and 3 columns but found 2"),
  );
});

test.each([Number.NaN, 1.5, -0.2, Number.POSITIVE_INFINITY])("a weight of %s is refused with its place", (weight) => {
  expect(() => checkAttentionMap({ ...MAP, weights: [0.1, 0.2, 0.7, 0, weight, 0] })).toThrow(
    new RangeError(`attentionMap: expected weights from 0 to 1 but found ${weight} at row 2, column 2`),
  );
});

test("rounding of 32-bit floats is no error", () => {
  expect(() => checkAttentionMap({ ...MAP, weights: [1.0000001, 0, 0, -1e-8, 1, 0] })).not.toThrow();
});

test("entropy is 0 for one token, log2(n) for an even spread, 0 for a row that is masked away", () => {
  expect(rowEntropy([0, 1, 0])).toBe(0);
  expect(rowEntropy([0.25, 0.25, 0.25, 0.25])).toBe(2);
  expect(rowEntropy([0, 0, 0])).toBe(0);
});

test("ranks count from the largest, and equal weights share one", () => {
  expect(rowRanks([0.1, 0.5, 0.2, 0.2])).toEqual([4, 1, 2, 2]);
});

test("pooling keeps the maximum and the first label of each group", () => {
  const pooled = poolMaximum(MAP, { rows: 2, columns: 2 });
  expect([...(pooled.weights as Float64Array)]).toEqual([1, 0.7]);
  expect(pooled.rows).toEqual(["a"]);
  expect(pooled.columns).toEqual(["x", "z"]);
});

test("the rows of the example sum to 1", () => {
  for (const [row] of DATE_MAP.rows.entries()) {
    expect(rowWeights(DATE_MAP, row).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
  }
});
