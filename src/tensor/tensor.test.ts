import { describe, expect, test } from "vitest";
import { attributesOf, GRADIENT_CASES } from "../autodiff/gradient-cases.fixture.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ModelError, ShapeError } from "./errors.ts";
import { array, type NdArray, numbers } from "./nd-array.ts";
import {
  apply,
  applyOne,
  concat,
  constant,
  full,
  input,
  normalizeAxis,
  range,
  stack,
  type Tensor,
  where,
  zeros,
} from "./tensor.ts";

const x = (...shape: (number | string)[]) => input("x", shape);
const ids = (...shape: (number | string)[]) => input("ids", shape, "int32");

describe("shapes are inferred, symbols included", () => {
  const cases: [what: string, build: () => Tensor, shape: (number | string)[], dtype?: string][] = [
    ["adding stretches a row", () => x("batch", 3).add(x(3)), ["batch", 3]],
    ["adding stretches an axis of 1 to a symbol", () => x("batch", 1).add(x("batch", 5)), ["batch", 5]],
    ["adding a number", () => x("batch").add(2), ["batch"]],
    ["comparing", () => x("batch", 3).less(x(1)), ["batch", 3], "bool"],
    ["a power with an integer exponent", () => x(2).pow(constant(2, "int32")), [2]],
    ["a product of stacks", () => x("batch", "time", 8).matmul(x(8, 5)), ["batch", "time", 5]],
    ["a product that stretches stacks", () => x(7, 1, 2, 3).matmul(x(11, 3, 5)), [7, 11, 2, 5]],
    ["a product of vectors", () => x("dim").matmul(x("dim")), []],
    ["a product of a matrix and a vector", () => x("batch", 3).matmul(x(3)), ["batch"]],
    ["splitting an axis", () => x("batch", 6).reshape(["batch", 2, 3]), ["batch", 2, 3]],
    ["joining axes", () => x("batch", "time", 3).reshape(["batch*time", 3]), ["batch*time", 3]],
    ["an axis to find", () => x("batch", 6).reshape([-1, 3]), ["2*batch", 3]],
    ["an axis to find beside a symbol", () => x("batch", "time", 4).reshape(["batch", -1]), ["batch", "4*time"]],
    [
      "an axis to find beside two symbols",
      () => x("batch", "time", 4).reshape(["batch", "time", -1, 2]),
      ["batch", "time", 2, 2],
    ],
    ["reversing axes", () => x("batch", 2, 3).transpose(), [3, 2, "batch"]],
    ["expanding", () => x("batch", 1).expand(["batch", 4]), ["batch", 4]],
    ["expanding to more axes", () => x(3).expand(["batch", 3]), ["batch", 3]],
    ["squeezing from the end", () => x("batch", 1, 3, 1).squeeze([1, -1]), ["batch", 3]],
    ["unsqueezing from the end", () => x("batch", 3).unsqueeze([0, -1]), [1, "batch", 3, 1]],
    ["slicing", () => x(7, "batch").slice({ axis: 0, start: 1, end: -1, step: 2 }), [3, "batch"]],
    ["slicing backwards", () => x(7).slice({ axis: 0, start: -1, step: -3 }), [3]],
    ["slicing a symbol wholly", () => x("time").slice({ axis: 0 }), ["time"]],
    ["slicing the front of a symbol", () => x("time").slice({ axis: 0, end: 4 }), [4]],
    ["gathering rows", () => x(5, 3).gather(ids("batch", 2)), ["batch", 2, 3]],
    ["gathering columns", () => x("batch", 5).gather(ids(), 1), ["batch"]],
    ["gathering elements", () => x("batch", 5).gatherElements(ids("batch", 2)), ["batch", 2]],
    ["concatenating adds up", () => concat([x("batch", 2), x("batch", 3)], -1), ["batch", 5]],
    ["concatenating symbols", () => concat([x("past", 2), x(1, 2)], 0), ["(past+1)", 2]],
    ["stacking", () => stack([x("batch"), x("batch")], 1), ["batch", 2]],
    ["summing all", () => x("batch", 3).sum(), []],
    ["summing an axis from the end", () => x("batch", 3, 5).mean({ axes: [-1] }), ["batch", 3]],
    ["summing and keeping", () => x("batch", 3, 5).max({ axes: [1, 2], keepDims: true }), ["batch", 1, 1]],
    ["the place of the largest", () => x("batch", 3).argMax({ keepDims: true }), ["batch", 1], "int64"],
    ["choosing", () => where(x("batch", 1).greater(0), x(3), 0), ["batch", 3]],
    ["casting", () => x("batch").cast("int32"), ["batch"], "int32"],
    ["counting to a symbol", () => range("time"), ["time"], "int32"],
    ["filling", () => full(["batch", 2], 3, "int64"), ["batch", 2], "int64"],
    ["zeros", () => zeros([2]), [2]],
  ];
  test.each(cases)("%s", (_, build, shape, dtype = "float32") => {
    const y = build();
    expect([y.shape, y.dtype]).toEqual([shape, dtype]);
  });

  test("splitting gives pieces of the sizes", () => {
    expect(
      x("batch", 7)
        .split([3, 4])
        .map(({ shape }) => shape),
    ).toEqual([
      ["batch", 3],
      ["batch", 4],
    ]);
    const halves = apply("Split", [x(7, 2)], { axis: 0 }, 2);
    expect(halves.map(({ shape }) => shape)).toEqual([
      [4, 2],
      [3, 2],
    ]);
  });

  test("a length that only a run can tell is like no other", () => {
    const [a, b] = [x("time").slice({ axis: 0, start: 2 }), x("time").slice({ axis: 0, start: 2 })];
    expect(a.shape[0]).toMatch(/^\?/);
    expect(a.shape).not.toEqual(b.shape);
    expect(a.add(b).shape).toHaveLength(1);
  });
});

describe("what a run gives has the inferred shape", () => {
  const table = GRADIENT_CASES.map((row) => ({
    row,
    name: `${row.operator} ${row.about ?? JSON.stringify(row.attributes ?? {})}`,
  }));
  test.each(table)("$name", ({ row }) => {
    const given = row.inputs.map((value) => {
      if (value === undefined) return undefined;
      const size = "data" in value ? 0 : value.reduce((a, b) => a * b, 1);
      return constant("data" in value ? value : array(new Float64Array(size).fill(0.5), value, "float64"));
    });
    const outputs = apply(row.operator, given, attributesOf(row, "float64"), row.outputs ?? 1);
    const found = evaluate(Object.fromEntries(outputs.map((output, i) => [`y${i}`, output])), {});
    expect(outputs.map(({ shape }) => shape)).toEqual(outputs.map((_, i) => (found[`y${i}`] as NdArray).shape));
  });
});

describe("what does not fit is refused, with the shapes", () => {
  const cases: [what: string, act: () => unknown, error: Error][] = [
    [
      "stretching two lengths",
      () => x(2, 3).add(x(2)),
      new ShapeError("Add: expected shapes that broadcast but found [2,3] and [2]"),
    ],
    [
      "stretching two symbols",
      () => x("batch").mul(x("time")),
      new ShapeError("Mul: expected shapes that broadcast but found [batch] and [time]"),
    ],
    [
      "two types",
      () => x(2).add(ids(2)),
      new ShapeError("Add: expected both inputs to be float32 but found int32; use cast()"),
    ],
    [
      "branches of two types",
      () => where(x(2).less(0), x(2), ids(2)),
      new ShapeError("Where: expected two branches of one type but found float32 and int32"),
    ],
    [
      "a function of integers",
      () => ids(2).exp(),
      new ShapeError('Exp: expected a floating-point input but found int32; use cast("float32")'),
    ],
    [
      "inner dimensions",
      () => x(2, 3).matmul(x(4, 5)),
      new ShapeError("MatMul: expected inner dimensions to agree but found 3 and 4 in [2,3] and [4,5]"),
    ],
    ["a product of scalars", () => x().matmul(x(3)), new ShapeError("MatMul: expected matrices but found [] and [3]")],
    [
      "a reshape of another size",
      () => x(2, 3).reshape([4, 2]),
      new ShapeError("Reshape: expected a shape of 6 elements, as in [2,3], but found [4,2]"),
    ],
    [
      "a reshape that does not divide",
      () => x(2, 3).reshape([4, -1]),
      new ShapeError("Reshape: expected [2,3] to divide into [4,-1]"),
    ],
    [
      "a reshape with two axes to find",
      () => x(2, 3).reshape([-1, -1]),
      new ShapeError("Reshape: expected at most one axis of -1 but found [-1,-1]"),
    ],
    [
      "an order that is none",
      () => x(2, 3).transpose([0, 0]),
      new ShapeError("Transpose: expected an order of 2 axes but found [0,0]"),
    ],
    [
      "squeezing what is longer",
      () => x(2, 3).squeeze(1),
      new ShapeError("Squeeze: expected axis 1 to have length 1 but found [2,3]"),
    ],
    [
      "sizes that do not add up",
      () => x(2, 3).split([1, 1]),
      new ShapeError("Split: expected sizes that add up to 3 but found 1,1"),
    ],
    [
      "a step of 0",
      () => x(2).slice({ axis: 0, step: 0 }),
      new ShapeError("Slice: expected a step other than 0 but found 0"),
    ],
    [
      "joining other shapes",
      () => concat([x(2, 3), x(3, 3)], 1),
      new ShapeError("Concat: expected tensors alike but for axis 1 but found float32 [2,3], float32 [3,3]"),
    ],
    ["an axis outside", () => x(2, 3).softmax(2), new ShapeError("Softmax: expected an axis from -2 to 1 but found 2")],
    ["a dimension outside", () => x(2, 3).dim(2), new RangeError("dim: expected an axis from -2 to 1 but found 2")],
    [
      "an operator that is not there",
      () => applyOne("Atan2", [x(2)]),
      new ModelError("operator: expected one of the table (fovea list operators) but found Atan2"),
    ],
    ["an input that is not there", () => applyOne("Add", []), new ShapeError("Add: expected input 0 but found none")],
  ];
  test.each(cases)("%s", (_, act, error) => {
    expect(act).toThrow(error);
  });
});

test("symbolic sizes are computed in the graph", () => {
  const open = x("batch", "time");
  const outputs = {
    flat: open.reshape(["batch*time"]),
    swapped: open.reshape(["time", "batch"]),
    counted: range("time", "int64"),
    filled: full(["batch", 2], 7),
    beside: open.expand([2, "batch", "time"]).reshape(["batch", -1]),
  };
  const found = evaluate(outputs, { x: array([1, 2, 3, 4, 5, 6], [3, 2]) });
  expect(found.flat?.shape).toEqual([6]);
  expect(found.swapped?.shape).toEqual([2, 3]);
  expect(numbers(found.counted as NdArray)).toEqual([0, 1]);
  expect(numbers(found.filled as NdArray)).toEqual([7, 7, 7, 7, 7, 7]);
  expect(found.beside?.shape).toEqual([3, 4]);
});

test("axes are counted from either end", () => {
  expect([normalizeAxis("o", -1, 3), normalizeAxis("o", 2, 3)]).toEqual([2, 2]);
  expect(() => normalizeAxis("o", 0.5, 3)).toThrow(new RangeError("o: expected an axis from -3 to 2 but found 0.5"));
});

test("a constant keeps its numbers, of any type", () => {
  expect(constant([1, 2]).shape).toEqual([2]);
  expect(constant(3).shape).toEqual([]);
  const value = array([1, 0], [2, 1], "bool");
  expect(constant(value).node.attributes.value).toBe(value);
  expect(constant(3, "int64").dtype).toBe("int64");
});

test("what split gives may be reordered without harm", () => {
  const pieces = x(2, 3).split([1, 2]);
  pieces.reverse();
  expect(pieces[0]?.node.outputs.map(({ shape }) => shape)).toEqual([
    [2, 1],
    [2, 2],
  ]);
});

describe("a fraction beside integers is refused, where it would be cut off", () => {
  const condition = input("condition", [2], "bool");
  test.each([
    ["Mul", () => ids(2).mul(0.5)],
    ["Less", () => ids(2).less(0.5)],
    ["Pow", () => ids(2).pow(0.5)],
    ["Where", () => where(condition, 0.5, ids(2))],
    ["Where", () => where(condition, ids(2), 0.5)],
  ])("%s", (owner, build) => {
    const message = `${owner}: expected a whole number beside int32 but found 0.5; use cast("float32")`;
    expect(build).toThrow(new ShapeError(message));
  });

  test("a whole number is taken", () => {
    const y = ids(2).mul(3);
    const found = evaluate({ y }, { ids: array([1, -2], [2], "int32") });
    expect(numbers(found.y as NdArray)).toEqual([3, -6]);
  });
});

test.each(["float16", "bfloat16"] as const)("a number beside %s is that number", (dtype) => {
  const half = input("x", [2]).cast(dtype);
  const outputs = { y: half.mul(0.5).cast("float32"), z: full([2], 1.5, dtype).cast("float32") };
  const found = evaluate(outputs, { x: array([3, -1], [2]) });
  expect([numbers(found.y as NdArray), numbers(found.z as NdArray)]).toEqual([
    [1.5, -0.5],
    [1.5, 1.5],
  ]);
});
