import { describe, expect, test } from "vitest";
import { evaluate } from "../runtime/reference/index.ts";
import { ShapeError } from "../tensor/errors.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { Rng } from "../tensor/random.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { Conv1d, conv1d, importWeights } from "./index.ts";

const x = input("x", [1, 2, 4]);
const weight = input("weight", [1, 2, 2]);
const bias = input("bias", [1]);
const feeds = {
  x: array([1, 2, 3, 4, 10, 20, 30, 40], [1, 2, 4]),
  weight: array([1, 2, 3, 4], [1, 2, 2]),
  bias: array([0.5]),
};

function valuesOf(y: Tensor): number[] {
  return numbers(evaluate({ y }, feeds).y as NdArray);
}

describe("conv1d", () => {
  test("slides a kernel that is not reversed", () => {
    expect(valuesOf(conv1d(x, weight))).toEqual([115, 188, 261]);
    expect(valuesOf(conv1d(x, weight, { bias }))).toEqual([115.5, 188.5, 261.5]);
  });

  test("pads both ends, or one only: a causal kernel sees nothing later", () => {
    expect(valuesOf(conv1d(x, weight, { padding: 1 }))).toEqual([42, 115, 188, 261, 124]);
    expect(valuesOf(conv1d(x, weight, { padding: [1, 0] }))).toEqual([42, 115, 188, 261]);
  });

  test("keeps symbols, and adds to a length", () => {
    const open = input("x", ["batch", 2, "time"]);
    expect(conv1d(open, weight, { padding: [1, 0] }).shape).toEqual(["batch", 1, "time"]);
    expect(conv1d(open, weight, { padding: 2 }).shape).toEqual(["batch", 1, "(time+3)"]);
    expect(conv1d(open, weight).shape).toEqual(["batch", 1, "(time+-1)"]);
  });

  test("refuses other channels, a kernel that is too long, and padding that is none", () => {
    expect(() => conv1d(input("x", [1, 3, 4]), weight)).toThrow(
      new ShapeError(
        "conv1d: expected x [batch channels length] to have channels=2, as in weight, but found shape [1,3,4]",
      ),
    );
    expect(() => conv1d(input("x", [1, 2, 1]), weight)).toThrow(
      new ShapeError("Conv: expected a kernel no longer than the padded input but found 1 more"),
    );
    expect(() => conv1d(x, weight, { padding: [1, -1] })).toThrow(
      new RangeError("conv1d: expected padding to be whole numbers of at least 0 but found 1,-1"),
    );
  });
});

describe("Conv1d", () => {
  test("starts on Glorot's range for what a number is read by, its bias at zero", () => {
    const layer = new Conv1d({ channels: 3, outChannels: 5, width: 7 });
    const values = new Float32Array(105);
    layer.weight.initializer(values, layer.weight.shape as number[], new Rng(7, "conv"));
    const bound = Math.sqrt(6 / (3 * 7 + 5 * 7));
    const largest = Math.max(...values.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(bound);
    expect(largest).toBeGreaterThan(0.9 * bound);
    expect(new Conv1d({ channels: 3, outChannels: 5, width: 7, bias: false }).parameters().size).toBe(1);
  });

  test("refuses sizes and inputs that do not fit", () => {
    expect(() => new Conv1d({ channels: 0, outChannels: 5, width: 7 })).toThrow(
      new RangeError("Conv1d: expected channels to be a positive integer but found 0"),
    );
    expect(() => new Conv1d({ channels: 1, outChannels: 5, width: 7, padding: 0.5 })).toThrow(
      new RangeError("Conv1d: expected padding to be whole numbers of at least 0 but found 0.5"),
    );
    expect(() => new Conv1d({ channels: 2, outChannels: 5, width: 1 }).forward(input("x", [7, 2]))).toThrow(
      new ShapeError("Conv1d: expected x [batch channels length] to have 3 axes, but found shape [7,2]"),
    );
  });

  test("takes Keras's kernel, whose axes stand the other way round", () => {
    const layer = new Conv1d({ channels: 2, outChannels: 3, width: 1 });
    const tensors = new Map([
      ["kernel", array([1, 2, 3, 4, 5, 6], [1, 2, 3])],
      ["bias", array([7, 8, 9])],
    ]);
    importWeights(layer, tensors, "keras");
    expect(numbers(layer.weight.value as NdArray)).toEqual([1, 4, 2, 5, 3, 6]);
    expect(numbers(layer.bias?.value as NdArray)).toEqual([7, 8, 9]);
  });
});
