import { describe, expect, it } from "vitest";
import {
  applyOne,
  array,
  constant,
  input,
  leaf,
  ModelError,
  numbers,
  OPERATORS,
  ShapeError,
  zeros,
} from "../../tensor/index.ts";
import { evaluate, evaluateNode, KERNELS } from "./index.ts";

describe("evaluate", () => {
  it("has a kernel for every operator of the table, and no others", () => {
    expect(Object.keys(KERNELS).sort()).toEqual(Object.keys(OPERATORS).sort());
  });

  it("computes in float64, whatever the floats are called", () => {
    const x = input("x", [2]);
    const { y } = evaluate({ y: x.div(3) }, { x: array([1, 2]) });
    expect(y).toEqual({ data: Float64Array.of(1 / 3, 2 / 3), shape: [2], dtype: "float64" });
  });

  it("takes float64 values for float32 leaves, and keeps their precision", () => {
    const x = input("x", [1]);
    const { y } = evaluate({ y: x.add(1) }, { x: array([1e-12], [1], "float64") });
    expect(y?.data[0]).toBe(1 + 1e-12);
  });

  it("keeps the type of integers and wraps them around", () => {
    const x = input("x", [2], "int32");
    const { y } = evaluate({ y: x.mul(x) }, { x: array([3, 65537], [2], "int32") });
    expect(y).toEqual({ data: Int32Array.of(9, 131073), shape: [2], dtype: "int32" });
  });

  it("reads parameters by the tensor itself, and symbols from the inputs that carry them", () => {
    const weight = leaf("Parameter", {}, { shape: [3], dtype: "float32" });
    const x = input("x", ["batch", 3]);
    const feeds = new Map([
      [weight, array([1, 2, 3])],
      [x, array([1, 1, 1, 2, 2, 2], [2, 3])],
    ]);
    const { y, z } = evaluate({ y: x.mul(weight).sum({ axes: 1 }), z: zeros(["batch", 1]) }, feeds);
    expect(numbers(y as never)).toEqual([6, 12]);
    expect(z?.shape).toEqual([2, 1]);
  });

  it("walks graphs of any depth", () => {
    let y = input("x", []);
    for (let i = 0; i < 20_000; i++) y = y.add(1);
    expect(evaluate({ y }, { x: array(0) }).y?.data[0]).toBe(20_000);
  });

  it("says which leaf has no value", () => {
    const y = input("x", [2]).add(1);
    expect(() => evaluate({ y }, {})).toThrow(
      new ModelError("evaluate: expected a value for Input x but found none; add it to the feeds"),
    );
  });

  it("says which value does not fit", () => {
    const [a, b] = [input("a", ["batch"]), input("b", ["batch"])];
    expect(() => evaluate({ y: a.add(b) }, { a: array([1, 2]), b: array([1]) })).toThrow(
      new ShapeError("evaluate: expected Input b to be float32 [batch] but found float32 [1]"),
    );
    expect(() => evaluate({ y: a.add(1) }, { a: array([1], [1], "int32") })).toThrow(
      new ShapeError("evaluate: expected Input a to be float32 [batch] but found int32 [1]"),
    );
  });
});

describe("evaluateNode", () => {
  it("gives outputs of the operator's types, rounded once", () => {
    const { node } = applyOne("Div", [constant([1, 2]), constant([3, 3])]);
    expect(evaluateNode(node, [array([1, 2]), array([3, 3])])).toEqual([array([1 / 3, 2 / 3])]);
  });

  it("rounds casts to 16-bit floats", () => {
    const { node } = applyOne("Cast", [input("x", [4])], { to: "float16" });
    const [half] = evaluateNode(node, [array([1 / 3, 65519, 65520, 2 ** -25])]);
    expect(half?.data).toEqual(Uint16Array.of(0x3555, 0x7bff, 0x7c00, 0));
  });

  it("leaves absent inputs out", () => {
    const { node } = applyOne("Clip", [input("x", [3]), undefined, constant(1)]);
    expect(evaluateNode(node, [array([-5, 0.5, 5]), undefined, array(1)])).toEqual([array([-5, 0.5, 1])]);
  });
});
