import { expect, test } from "vitest";
import { changedRows, difference, sameColumns } from "./compare-model.ts";

const A = { rows: ["p", "q", "r"], columns: ["x", "y"], weights: [1, 0, 0.5, 0.5, 0, 1] };
const B = { rows: ["p", "s"], columns: ["x", "y"], weights: [0.25, 0.75, 0.5, 0.5] };

test("the difference is B less A over the rows that both have", () => {
  const found = difference(A, B);
  expect(found).toEqual({ rows: 2, columns: 2, values: Float64Array.of(-0.75, 0.75, 0, 0), largest: 0.75 });
});

test("there is no difference of maps over other tokens", () => {
  expect(sameColumns(A, { ...B, columns: ["x", "z"] })).toBe(false);
  expect(difference(A, { ...B, columns: ["x", "z"] })).toBeUndefined();
  expect(difference(A, { ...B, columns: ["x"], weights: [1, 1] })).toBeUndefined();
});

test("rows that were written otherwise are told", () => {
  expect(changedRows(A, B)).toEqual([1]);
  expect(changedRows(A, A)).toEqual([]);
});
