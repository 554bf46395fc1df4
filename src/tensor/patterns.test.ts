import { describe, expect, test } from "vitest";
import { evaluate } from "../runtime/reference/index.ts";
import { ShapeError } from "./errors.ts";
import { array, type NdArray, numbers, product } from "./nd-array.ts";
import { bindAxes, rearrange } from "./patterns.ts";
import { input, type Tensor } from "./tensor.ts";

const x = (...shape: (number | string)[]) => input("x", shape);

describe("bindAxes", () => {
  test("gives each name its dimension", () => {
    const dims = bindAxes("owner", {
      query: [x(2, 8, 5, 64), "... queryLen headDim"],
      key: [x("batch", 7, 64), "... keyLen headDim"],
      row: [x(1, 7), "1 keyLen"],
    });
    expect(dims).toEqual({ queryLen: 5, headDim: 64, keyLen: 7 });
  });

  test("symbols agree with themselves only, unknown dimensions with all", () => {
    expect(bindAxes("owner", { a: [x("?1", 3), "time dim"], b: [x("time"), "time"] })).toEqual({
      time: "time",
      dim: 3,
    });
    expect(bindAxes("owner", { a: [x("time"), "time"], b: [x("?1"), "time"] })).toEqual({ time: "time" });
    expect(() => bindAxes("owner", { a: [x("time"), "len"], b: [x("batch"), "len"] })).toThrow(
      new ShapeError("owner: expected b [len] to have len=time, as in a, but found shape [batch]"),
    );
  });

  test.each<[string, () => unknown, string]>([
    [
      "another length",
      () =>
        bindAxes("scaledDotProduct", {
          query: [x(2, 8, 5, 64), "... queryLen headDim"],
          key: [x(2, 8, 7, 32), "... keyLen headDim"],
        }),
      "scaledDotProduct: expected key [... keyLen headDim] to have headDim=64, as in query, but found shape [2,8,7,32]",
    ],
    [
      "one tensor that disagrees with itself",
      () => bindAxes("owner", { matrix: [x(2, 3), "side side"] }),
      "owner: expected matrix [side side] to have side=2, as in matrix, but found shape [2,3]",
    ],
    [
      "too few axes",
      () => bindAxes("owner", { a: [x(2), "batch dim"] }),
      "owner: expected a [batch dim] to have 2 axes, but found shape [2]",
    ],
    [
      "too many axes",
      () => bindAxes("owner", { a: [x(2, 3, 4), "batch dim"] }),
      "owner: expected a [batch dim] to have 2 axes, but found shape [2,3,4]",
    ],
    [
      "too few axes after any others",
      () => bindAxes("owner", { a: [x(2), "... len dim"] }),
      "owner: expected a [... len dim] to have at least 2 axes, but found shape [2]",
    ],
    [
      "an axis that should be 1",
      () => bindAxes("owner", { a: [x(2, 3), "1 dim"] }),
      "owner: expected a [1 dim] to have 1=1, but found shape [2,3]",
    ],
  ])("names the owner, the tensor and the axis: %s", (_, act, message) => {
    expect(act).toThrow(new ShapeError(message));
  });

  test("a misspelt name is a compile error", () => {
    const dims = bindAxes("owner", { a: [x(2, 3), "batch headDim"] });
    // @ts-expect-error there is no such axis
    expect(dims.headDimm).toBeUndefined();
    expect(dims.headDim).toBe(3);
  });
});

/** Values of a rearranged 0, 1, 2, … */
function rearranged(
  shape: readonly number[],
  pattern: string,
  sizes?: Record<string, number>,
): { shape: unknown; values: number[] } {
  const y: Tensor = rearrange(x(...shape), pattern, sizes);
  const value = array(
    Float64Array.from({ length: product(shape) }, (_, i) => i),
    shape,
    "float64",
  );
  return { shape: y.shape, values: numbers(evaluate({ y }, { x: value }).y as NdArray) };
}

describe("rearrange", () => {
  test("moves, splits and joins axes", () => {
    expect(rearranged([2, 3], "a b -> b a")).toEqual({ shape: [3, 2], values: [0, 3, 1, 4, 2, 5] });
    expect(rearranged([2, 4], "a (heads dim) -> heads a dim", { heads: 2 })).toEqual({
      shape: [2, 2, 2],
      values: [0, 1, 4, 5, 2, 3, 6, 7],
    });
    expect(rearranged([2, 2, 2], "a b c -> b (a c)")).toEqual({ shape: [2, 4], values: [0, 1, 4, 5, 2, 3, 6, 7] });
    expect(rearranged([4], "(a b) -> b a", { a: 2, b: 2 })).toEqual({ shape: [2, 2], values: [0, 2, 1, 3] });
  });

  test("keeps further axes where ... stands", () => {
    expect(rearranged([2, 3], "... a b -> ... b a").values).toEqual([0, 3, 1, 4, 2, 5]);
    expect(rearranged([1, 1, 2, 3], "... a b -> ... b a")).toEqual({ shape: [1, 1, 3, 2], values: [0, 3, 1, 4, 2, 5] });
    expect(rearranged([2, 3], "a ... -> ... a")).toEqual({ shape: [3, 2], values: [0, 3, 1, 4, 2, 5] });
    expect(rearranged([2, 3, 5], "... (a b) -> ... b a", { b: 5 }).shape).toEqual([2, 3, 5, 1]);
  });

  test("keeps symbols, and divides them out", () => {
    expect(
      rearrange(x("batch", "time", 8), "batch time (heads dim) -> batch heads time dim", { heads: 2 }).shape,
    ).toEqual(["batch", 2, "time", 4]);
    expect(rearrange(x("batch", 3), "batch a -> (batch a)").shape).toEqual(["3*batch"]);
    expect(rearrange(x("6*batch"), "(batch a) -> a batch", { a: 3 }).shape).toEqual([3, "2*batch"]);
    expect(rearrange(x("batch*time"), "(batch time) -> time batch", { batch: "batch" }).shape).toEqual([
      "time",
      "batch",
    ]);
  });

  test("is its own inverse when turned round", () => {
    const there = rearrange(x(2, 3, 8), "b t (h d) -> b h t d", { h: 4 });
    const back = rearrange(there, "b h t d -> b t (h d)");
    const value = array(
      Float64Array.from({ length: 48 }, (_, i) => i),
      [2, 3, 8],
      "float64",
    );
    expect(evaluate({ back }, { x: value }).back).toEqual(value);
  });

  const twice = (pattern: string) =>
    `rearrange: expected the same names once on both sides of "->" but found "${pattern}"`;
  test.each([
    "a b",
    "a b -> a",
    "a a -> a a",
    "a b -> a b b",
    "a b -> a b -> b a",
    "... a -> a",
    "a b -> ... a b",
    "... a ... -> a ...",
  ])("refuses the pattern %s", (pattern) => {
    expect(() => rearrange(x(2, 3), pattern)).toThrow(new SyntaxError(twice(pattern)));
  });

  test.each<[number[], string, Record<string, number>, Error]>([
    [[2, 3], "a -> a", {}, new ShapeError('rearrange: expected 1 axes for "a -> a" but found shape [2,3]')],
    [
      [2],
      "... a b -> ... b a",
      {},
      new ShapeError('rearrange: expected 2 axes for "... a b -> ... b a" but found shape [2]'),
    ],
    [
      [6],
      "(a b) -> a b",
      { a: 4 },
      new ShapeError('rearrange: expected (a b) of "(a b) -> a b" to divide 6 but found shape [6]'),
    ],
    [
      [6],
      "(a b) -> a b",
      { a: 2, b: 2 },
      new ShapeError('rearrange: expected (a b) of "(a b) -> a b" to divide 6 but found shape [6]'),
    ],
    [
      [6],
      "(a b) -> a b",
      {},
      new ShapeError('rearrange: expected (a b) of "(a b) -> a b" to divide 6 but found shape [6]'),
    ],
    [
      [6],
      "(a b) -> a b",
      { a: 2, head: 3 },
      new SyntaxError('rearrange: expected sizes of names in "(a b) -> a b" but found head'),
    ],
  ])("refuses %j for %s", (shape, pattern, sizes, error) => {
    expect(() => rearrange(x(...shape), pattern, sizes)).toThrow(error);
  });
});
