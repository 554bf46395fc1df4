import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { centralDifferences, randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ShapeError } from "../tensor/errors.ts";
import { sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { constant, input } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { binaryCrossEntropy, crossEntropy, meanSquaredError, type WeightedLoss } from "./losses.ts";

function valuesOf({ sum, weight }: WeightedLoss, feeds: Record<string, NdArray>): { sum: number; weight: number } {
  const found = evaluate({ sum, weight }, feeds);
  return { sum: numbers(found.sum as NdArray)[0] as number, weight: numbers(found.weight as NdArray)[0] as number };
}

const int32 = (values: number[], shape?: number[]) => array(values, shape, "int32");

describe("crossEntropy", () => {
  const logits = input("logits", [2, 2, 3]);
  const labels = input("labels", [2, 2], "int32");
  const feeds = { logits: randomNumbers([2, 2, 3], "logits"), labels: int32([0, 2, 1, 1], [2, 2]) };
  /** −log softmax(row)[label], written out. */
  const single = (row: number, label: number) => {
    const values = numbers(feeds.logits).slice(3 * row, 3 * row + 3);
    return Math.log(values.reduce((sum, x) => sum + Math.exp(x), 0)) - (values[label] as number);
  };

  test("is the sum over all rows of any leading axes, and their count", () => {
    const { sum, weight } = valuesOf(crossEntropy(logits, labels), feeds);
    expect(sum).toBeCloseTo(single(0, 0) + single(1, 2) + single(2, 1) + single(3, 1), 6);
    expect(weight).toBe(4);
  });

  test("of even logits is log(classes)", () => {
    const flat = { logits: array(new Array(12).fill(0.3), [2, 2, 3]), labels: feeds.labels };
    expect(valuesOf(crossEntropy(logits, labels), flat).sum).toBeCloseTo(4 * Math.log(3), 6);
  });

  test("leaves out ignored rows, whatever number stands for them", () => {
    const ignoring = { ...feeds, labels: int32([0, -100, 1, -100], [2, 2]) };
    const { sum, weight } = valuesOf(crossEntropy(logits, labels, { ignore: -100 }), ignoring);
    expect(sum).toBeCloseTo(single(0, 0) + single(2, 1), 6);
    expect(weight).toBe(2);
    const [slope] = gradient(crossEntropy(logits, labels, { ignore: -100 }).sum, [logits]);
    const g = numbers(evaluate({ g: slope as typeof logits }, ignoring).g as NdArray);
    expect([...g.slice(3, 6), ...g.slice(9)].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("weighs rows, and absent ones count nothing", () => {
    const rowWeight = constant(array([1, 0, 0.5, 2], [2, 2]));
    const { sum, weight } = valuesOf(crossEntropy(logits, labels, { rowWeight }), feeds);
    expect(sum).toBeCloseTo(single(0, 0) + 0.5 * single(2, 1) + 2 * single(3, 1), 6);
    expect(weight).toBe(3.5);
  });

  test("smooths labels over all classes", () => {
    const { sum } = valuesOf(crossEntropy(logits, labels, { smoothing: 0.3 }), feeds);
    const rows = [0, 2, 1, 1].map((label, row) => {
      const even = (single(row, 0) + single(row, 1) + single(row, 2)) / 3;
      return 0.7 * single(row, label) + 0.3 * even;
    });
    expect(sum).toBeCloseTo(
      rows.reduce((a, b) => a + b),
      5,
    );
  });

  test("teaches doubt where a label says so: least, 0, at even logits", () => {
    const doubtful = { ...feeds, labels: int32([0, 7, 1, 7], [2, 2]) };
    const { sum, weight } = valuesOf(crossEntropy(logits, labels, { uniform: 7 }), doubtful);
    const doubt = [1, 3].map((row) => (single(row, 0) + single(row, 1) + single(row, 2)) / 3 - Math.log(3));
    expect(sum).toBeCloseTo(single(0, 0) + single(2, 1) + (doubt[0] as number) + (doubt[1] as number), 5);
    expect(weight).toBe(4);
    const even = { logits: array(new Array(12).fill(2), [2, 2, 3]), labels: int32([7, 7, 7, 7], [2, 2]) };
    expect(valuesOf(crossEntropy(logits, labels, { uniform: 7 }), even).sum).toBeCloseTo(0, 5);
  });

  test("takes many rows of many classes in pieces", () => {
    const large = crossEntropy(input("logits", [3, 100, 100_000]), input("labels", [3, 100], "int32"));
    const softmaxes = sortNodes([large.sum]).filter(({ operator }) => operator === "LogSoftmax");
    expect(softmaxes.map(({ outputs }) => outputs[0]?.shape)).toEqual([
      [150, 100_000],
      [150, 100_000],
    ]);
  });

  test.each([
    [
      "labels of another shape",
      { labels: input("labels", [2, 3], "int32") },
      {},
      "crossEntropy: expected labels to have shape [2,2] but found [2,3]",
    ],
    [
      "weights of another shape",
      { labels },
      { rowWeight: input("w", [2]) },
      "crossEntropy: expected rowWeight to have shape [2,2] but found [2]",
    ],
  ])("%s are refused", (_, given, options, message) => {
    expect(() => crossEntropy(logits, given.labels, options)).toThrow(new ShapeError(message));
  });

  test("smoothing out of range is refused", () => {
    expect(() => crossEntropy(logits, labels, { smoothing: 1 })).toThrow(
      new RangeError("crossEntropy: expected smoothing to be at least 0 and below 1 but found 1"),
    );
  });
});

describe.each([
  ["meanSquaredError", meanSquaredError, (x: number, t: number) => (x - t) ** 2],
  ["binaryCrossEntropy", binaryCrossEntropy, (x: number, t: number) => Math.log(1 + Math.exp(x)) - t * x],
])("%s", (name, loss, single) => {
  const predictions = input("predictions", [3, 2]);
  const targets = input("targets", [3, 2]);
  const feeds = {
    predictions: randomNumbers([3, 2], "predictions"),
    targets: array([0, 1, 0.25, 1, 0, 0], [3, 2], "float64"),
  };
  const each = numbers(feeds.predictions).map((x, i) => single(x, numbers(feeds.targets)[i] as number));
  const total = (weights: readonly number[]) =>
    each.reduce((sum, x, i) => sum + x * (weights[Math.floor(i / 2)] as number), 0);

  test("sums over all elements and counts them", () => {
    const { sum, weight } = valuesOf(loss(predictions, targets), feeds);
    expect(sum).toBeCloseTo(total([1, 1, 1]), 6);
    expect(weight).toBe(6);
  });

  test("weighs the rows of a batch", () => {
    const { sum, weight } = valuesOf(loss(predictions, targets, { rowWeight: constant([1, 0, 0.5]) }), feeds);
    expect(sum).toBeCloseTo(total([1, 0, 0.5]), 6);
    expect(weight).toBe(3);
  });

  test("counts a symbolic batch", () => {
    const open = [input("predictions", ["batch", 2]), input("targets", ["batch", 2])] as const;
    expect(valuesOf(loss(...open), feeds).weight).toBe(6);
  });

  test("has the slope of its values as gradient", () => {
    const { sum } = loss(predictions, targets);
    const [g] = gradient(sum, [predictions]);
    const found = evaluate({ g: g as typeof predictions }, feeds).g;
    expectClose(found, centralDifferences(sum, feeds, "predictions"), "differences");
  });

  test("refuses targets of another shape", () => {
    expect(() => loss(predictions, input("targets", [3]))).toThrow(
      new ShapeError(`${name}: expected targets to have shape [3,2] but found [3]`),
    );
    expect(() => loss(predictions, targets, { rowWeight: constant([1, 1]) })).toThrow(
      new ShapeError(`${name}: expected rowWeight to have shape [3] but found [2]`),
    );
  });
});

test("binary cross-entropy stays finite for logits of any size, on both back ends", async () => {
  const logits = input("logits", [1, 4]);
  const { sum } = binaryCrossEntropy(logits, constant(array([1, 0, 1, 0], [1, 4])));
  const feeds = { logits: array([1e4, -1e4, -1e4, 1e4], [1, 4]) };
  expect(numbers(evaluate({ sum }, feeds).sum as NdArray)).toEqual([2e4]);
  expect(numbers((await onOnnxRuntime({ sum }, feeds)).sum as NdArray)).toEqual([2e4]);
});

test.each(["float32", "bool"] as const)("labels of %s are refused by cross-entropy", (dtype) => {
  const message = `crossEntropy: expected labels to be int32 or int64 but found ${dtype}; use cast("int32")`;
  expect(() => crossEntropy(input("logits", [2, 3]), input("labels", [2], dtype))).toThrow(new ShapeError(message));
});
