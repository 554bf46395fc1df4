import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { type Dim, multiplyDims } from "./dim.ts";
import { array, type NdArray, numbers } from "./nd-array.ts";
import { knownDims, shapeTensor } from "./symbolic-shape.ts";
import { concat, constant, full, input, range, type Tensor } from "./tensor.ts";

const past = input("past", ["batch", "past"]);
const now = input("now", ["batch", "new"]);
const feeds = { past: array([1, 2, 3, 4, 5, 6], [2, 3]), now: array([7, 8], [2, 1]) };

async function onBoth(y: Tensor): Promise<number[]> {
  // Whatever y is, its symbols are read from the inputs.
  const carried = { y, pastToo: past.add(0), nowToo: now.add(0) };
  const exact = numbers(evaluate(carried, feeds).y as NdArray);
  expect(numbers((await onOnnxRuntime(carried, feeds)).y as NdArray)).toEqual(exact);
  return exact;
}

describe("sums of dimensions that no input carries", () => {
  test.each<[Dim, number]>([
    ["(new+past)", 4],
    ["(past+1)", 4],
    ["2*(past+1)*batch", 16],
    ["(2*(past+1)+batch+3)", 13],
    ["(past+-1)", 2],
    ["((new+past)*batch+5)", 13],
  ])("%s is computed from its terms", async (dim, expected) => {
    const vector = shapeTensor(["batch", dim]);
    expect(knownDims(vector)).toEqual(["batch", dim]);
    expect(await onBoth(vector)).toEqual([2, expected]);
  });

  test("count, fill and reshape", async () => {
    const joined = concat([past, now], 1);
    expect(joined.shape).toEqual(["batch", "(new+past)"]);
    const counted = range(joined.dim(1));
    expect(counted.shape).toEqual(["(new+past)"]);
    expect(await onBoth(counted)).toEqual([0, 1, 2, 3]);
    const filled = full(joined.shape, 5);
    expect(filled.shape).toEqual(joined.shape);
    expect(await onBoth(filled.add(joined))).toEqual([6, 7, 8, 12, 9, 10, 11, 13]);
    const column = joined.reshape([joined.dim(1), "batch", 1]);
    expect(await onBoth(column)).toEqual([1, 2, 3, 7, 4, 5, 6, 8]);
  });
});

describe("what is followed", () => {
  const ints = (values: readonly number[], dtype: "int32" | "int64" = "int64") =>
    constant(array(values, undefined, dtype));

  test("are integers that wrap around nowhere", () => {
    const large = ints([2 ** 31]);
    expect(knownDims(large.cast("int32"))).toBeUndefined();
    expect(knownDims(ints([2 ** 30], "int32").mul(2))).toBeUndefined();
    expect(knownDims(ints([2 ** 30]).mul(2))).toEqual([2 ** 31]);
    expect(knownDims(ints([2 ** 52]).mul(4))).toBeUndefined();
    expect(knownDims(ints([300]).cast("uint8").cast("int64"))).toBeUndefined();
    expect(knownDims(ints([3]).cast("bool").cast("int64"))).toBeUndefined();
    expect(knownDims(constant([3.5]).cast("int64"))).toBeUndefined();
    expect(knownDims(constant([3]).cast("int64"))).toEqual([3]);
  });

  test("are vectors of some length, through chains of any length", () => {
    let doubled: Tensor = ints([1]);
    for (let i = 0; i < 40; i++) doubled = concat([doubled, doubled], 0);
    expect(knownDims(doubled)).toBeUndefined();
    let deep: Tensor = ints([1]);
    for (let i = 0; i < 20_000; i++) deep = deep.add(1);
    expect(knownDims(deep)).toEqual([20_001]);
  });
});

test("a dimension whose text doubles and doubles is left to the run", () => {
  let squared = shapeTensor(["batch"]);
  for (let i = 0; i < 40; i++) squared = squared.mul(squared);
  let doubled = shapeTensor(["batch"]);
  for (let i = 0; i < 40; i++) doubled = doubled.add(doubled);
  expect([knownDims(squared), knownDims(doubled)]).toEqual([undefined, undefined]);
  const once = shapeTensor(["batch"])
    .mul(constant([3], "int64"))
    .add(constant([4], "int64"));
  expect(knownDims(once)).toEqual([`(${multiplyDims([3, "batch"])}+4)`]);
});
