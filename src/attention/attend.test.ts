import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { gradient } from "../autodiff/gradient.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ModelError } from "../tensor/errors.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { applyOne, constant, input, type Tensor, where } from "../tensor/tensor.ts";
import {
  AdditiveAttention,
  attend,
  gaussianKernel,
  type Normalize,
  scaledDot,
  scaledDotProduct,
  softmax,
} from "./index.ts";

const double = (values: number[], shape: number[]) => constant(array(values, shape, "float64"));
const valuesOf = (tensor: Tensor) => numbers(evaluate({ tensor }, {}).tensor as NdArray);

/** The largest score takes all. */
const hardest: Normalize = (scores, mask) =>
  applyOne("Hardmax", [mask ? where(mask, scores, -1e9) : scores], { axis: -1 });

describe("score and normalizer are values that one exchanges", () => {
  // The article's table: weight and height of three people, and their age.
  const key = double([50, 160, 65, 165, 60, 175], [3, 2]);
  const value = double([50, 23, 21], [3, 1]);
  const query = double([63, 170], [1, 2]);
  const gaussian = gaussianKernel({ variance: 6.166 });

  test("a Gaussian kernel reads the article's table: age 22.2", () => {
    const { output, weights } = attend({ query, key, value, score: gaussian });
    expect(valuesOf(output)[0]).toBeCloseTo(22.2, 3);
    expect(valuesOf(weights).map((weight) => Math.round(weight * 1000) / 1000)).toEqual([0, 0.6, 0.4]);
  });

  test("the hardest choice takes the nearest row", () => {
    const { output, weights } = attend({ query, key, value, score: gaussian, normalize: hardest });
    expect([valuesOf(output), valuesOf(weights)]).toEqual([[23], [0, 1, 0]]);
  });

  test("scores come back as they were before the normalizer", () => {
    const bias = double([0, -3, 0], [1, 3]);
    const { scores, output } = attend({ query, key, value, bias, score: gaussian, normalize: hardest });
    const plain = valuesOf(gaussian({ query, key }));
    expect(valuesOf(scores)).toEqual(plain.map((score, i) => score + (i === 1 ? -3 : 0)));
    expect(valuesOf(output)).toEqual([21]);
  });

  test("a module's normalizer is exchanged too", () => {
    const plain = new AdditiveAttention({ queryDim: 2, keyDim: 2, hiddenDim: 3 });
    const hard = new AdditiveAttention({ queryDim: 2, keyDim: 2, hiddenDim: 3, normalize: hardest });
    const leaf = (name: string, length: number) => input(name, [length, 2]);
    const given = { query: leaf("q", 1), key: leaf("k", 3), value: leaf("k", 3) };
    expect(hard.forward(given).weights.node.operator).toBe("Hardmax");
    expect(plain.forward(given).weights.node.operator).toBe("Softmax");
  });
});

test("softmax survives scores far apart, and its gradient too", () => {
  const scores = input("scores", [1, 3], "float64");
  const mask = constant(array([1, 0, 1], [1, 3], "bool"));
  const weights = softmax(scores, mask);
  const [slope] = gradient(weights.mul(double([1, 2, 3], [1, 3])).sum(), [scores]) as [Tensor];
  const feeds = { scores: array([1000, 5000, -1000], [1, 3], "float64") };
  const values = evaluate({ weights, slope }, feeds);
  expect(numbers(values.weights as NdArray)).toEqual([1, 0, 0]);
  expect(numbers(values.slope as NdArray).map(Math.abs)).toEqual([0, 0, 0]);
});

describe("scaledDotProduct", () => {
  const [query, key] = [double([2, 0, 0, 0], [1, 4]), double([1, 0, 0, 0, 3, 0, 0, 0], [2, 4])];

  test("divides by the root of headDim, or takes another scale", () => {
    expect(valuesOf(scaledDot()({ query, key }))).toEqual([1, 3]);
    expect(valuesOf(scaledDot({ scale: 1 })({ query, key }))).toEqual([2, 6]);
    const { weights } = scaledDotProduct({ query, key, value: key, scale: 0 });
    expect(valuesOf(weights)).toEqual([0.5, 0.5]);
  });

  test("needs a scale where headDim is a symbol", () => {
    const open = input("open", [3, "headDim"]);
    expect(() => scaledDotProduct({ query: open, key: open, value: open })).toThrow(
      new ModelError("scaledDotProduct: expected a number as headDim but found headDim; give a scale"),
    );
    expect(scaledDotProduct({ query: open, key: open, value: open, scale: 1 }).output.shape).toEqual([3, "headDim"]);
  });
});

describe("options out of range", () => {
  test.each([
    [
      { queryDim: 0, keyDim: 2, hiddenDim: 3 },
      "AdditiveAttention: expected queryDim to be a positive integer but found 0",
    ],
    [
      { queryDim: 1, keyDim: 2, hiddenDim: 1.5 },
      "AdditiveAttention: expected hiddenDim to be a positive integer but found 1.5",
    ],
    [
      { queryDim: 1, keyDim: 2, hiddenDim: 3, dropout: 1 },
      "AdditiveAttention: expected dropout to be at least 0 and below 1 but found 1",
    ],
  ])("%j", (options, message) => {
    expect(() => new AdditiveAttention(options)).toThrow(new RangeError(message));
  });
});

describe("softmax gives rows that sum to 1 for any finite allowed score, whatever is forbidden", () => {
  test.each([
    ["allowed scores are very low", [-2e9, -2e9, 0], [1, 1, 0], [0.5, 0.5, 0]],
    ["a forbidden score is very high", [1, 1e30, 1], [1, 0, 1], [0.5, 0, 0.5]],
    ["a forbidden score is infinite", [1, Infinity, 1], [1, 0, 1], [0.5, 0, 0.5]],
    ["a forbidden score is no number", [1, Number.NaN, 1], [1, 0, 1], [0.5, 0, 0.5]],
    ["allowed scores are as low as they get", [-3.4e38, 0, -3.4e38], [1, 0, 1], [0.5, 0, 0.5]],
    ["all are forbidden", [1, 1e30, Infinity], [0, 0, 0], [0, 0, 0]],
  ])("%s", async (_, row, allowed, expected) => {
    const scores = input("scores", [1, 3]);
    const mask = constant(array(allowed, [1, 3], "bool"));
    const weights = softmax(scores, mask);
    const [slope] = gradient(weights.mul(constant(array([1, 2, 3], [1, 3]))).sum(), [scores]) as [Tensor];
    const feeds = { scores: array(row, [1, 3]) };
    for (const found of [evaluate({ weights, slope }, feeds), await onOnnxRuntime({ weights, slope }, feeds)]) {
      expect(numbers(found.weights as NdArray)).toEqual(expected);
      expect(numbers(found.slope as NdArray).every(Number.isFinite)).toBe(true);
    }
  });
});
