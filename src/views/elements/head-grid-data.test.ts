import { expect, test } from "vitest";
import { ShapeError } from "../../tensor/errors.ts";
import { checkHeads, type Head, type HeadSort, headAfterKey, rateHeads, sortHeads } from "./head-grid-data.ts";

function head(label: string, weights: readonly number[], more: Partial<Head> = {}): Head {
  return { label, weights, rows: 2, columns: 3, ...more };
}

const HEADS = [
  head("even", [1 / 3, 1 / 3, 1 / 3, 1 / 3, 1 / 3, 1 / 3], { layer: 1, head: 0 }),
  head("far", [0, 0, 1, 1, 0, 0], { layer: 0, head: 1 }),
  head("near", [0.9, 0.1, 0, 0, 0.1, 0.9], { layer: 0, head: 0 }),
];

test.each<{ by: HeadSort; order: string[] }>([
  { by: "layer", order: ["near", "far", "even"] },
  { by: "entropy", order: ["far", "near", "even"] },
  { by: "distance", order: ["near", "even", "far"] },
])("heads sorted by $by", ({ by, order }) => {
  expect(sortHeads(rateHeads(HEADS, undefined), by).map(({ head: { label } }) => label)).toEqual(order);
});

test("heads without layers stay in the order given", () => {
  const heads = ["c", "a", "b"].map((label) => head(label, [1, 0, 0, 1, 0, 0]));
  expect(sortHeads(rateHeads(heads, undefined), "layer").map(({ index }) => index)).toEqual([0, 1, 2]);
});

test("weights that are not rows × columns are refused", () => {
  expect(() => checkHeads([head("1.2", [1, 0])])).toThrow(
    new ShapeError("fovea-head-grid: expected 6 weights for 2 rows and 3 columns of head 1.2 but found 2"),
  );
});

test("arrows walk the grid and stay inside it", () => {
  const size = { count: 10, perRow: 4 };
  const from = (place: number, key: string) => headAfterKey(key, place, size);
  expect([from(5, "ArrowLeft"), from(5, "ArrowRight"), from(5, "ArrowUp"), from(5, "ArrowDown")]).toEqual([4, 6, 1, 9]);
  expect([from(0, "ArrowLeft"), from(2, "ArrowUp"), from(7, "ArrowDown")]).toEqual([0, 2, 7]);
  expect([from(5, "Home"), from(5, "End"), from(5, "x")]).toEqual([0, 9, undefined]);
});
