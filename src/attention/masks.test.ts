import { expect, test } from "vitest";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { constant, input, type Tensor } from "../tensor/tensor.ts";
import { causalMask, lengthMask, scaledDotProduct, windowMask } from "./index.ts";

function rows(mask: Tensor, feeds: Record<string, NdArray> = {}): number[][] {
  const value = evaluate({ mask }, feeds).mask as NdArray;
  const width = value.shape.at(-1) as number;
  const all = numbers(value);
  return Array.from({ length: all.length / width }, (_, i) => all.slice(i * width, (i + 1) * width));
}

test("lengthMask allows the keys before each length", () => {
  const mask = lengthMask(constant(array([2, 0, 3], [3], "int32")), 3);
  expect([mask.shape, mask.dtype]).toEqual([[3, 1, 3], "bool"]);
  expect(rows(mask)).toEqual([
    [1, 1, 0],
    [0, 0, 0],
    [1, 1, 1],
  ]);
});

test("lengthMask follows a symbolic keyLen", () => {
  const text = input("text", ["batch", "keyLen"], "int32");
  const mask = lengthMask(input("lengths", ["batch"], "int32"), text.dim(1));
  expect(mask.shape).toEqual(["batch", 1, "keyLen"]);
  const reached = mask.and(text.equal(text).unsqueeze(1));
  expect(rows(reached, { lengths: array([1], [1], "int32"), text: array([7, 7], [1, 2], "int32") })).toEqual([[1, 0]]);
});

test("causalMask lets the last query see every key", () => {
  expect(rows(causalMask(3))).toEqual([
    [1, 0, 0],
    [1, 1, 0],
    [1, 1, 1],
  ]);
  expect(rows(causalMask(2, 4))).toEqual([
    [1, 1, 1, 0],
    [1, 1, 1, 1],
  ]);
});

test("windowMask allows the keys around each place, which may lie between two", () => {
  expect(rows(windowMask(constant(array([0, 3], [2], "int32")), { keyLen: 4, radius: 1 }))).toEqual([
    [1, 1, 0, 0],
    [0, 0, 1, 1],
  ]);
  expect(rows(windowMask(constant(array([1.5, 9], [1, 2])), { keyLen: 4, radius: 0.5 }))).toEqual([
    [0, 1, 1, 0],
    [0, 0, 0, 0],
  ]);
  expect(windowMask(input("place", ["batch", "queryLen"]), { keyLen: "keyLen", radius: 2 }).shape).toEqual([
    "batch",
    "queryLen",
    "keyLen",
  ]);
});

test("changing the future leaves causal outputs alone", () => {
  const x = input("x", [5, 3]);
  const { output } = scaledDotProduct({ query: x, key: x, value: x, mask: causalMask(5) });
  const before = randomNumbers([5, 3]);
  const changed = numbers(before).map((value, i) => (i < 9 ? value : value + 1));
  const [first, second] = [before, array(changed, [5, 3], "float64")].map((value) => rows(output, { x: value }));
  expect(second?.slice(0, 3)).toEqual(first?.slice(0, 3));
  expect(second?.[3]).not.toEqual(first?.[3]);
});
