import { expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { centralDifferences, randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { scan } from "../nn/scan.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { sortNodes } from "../tensor/graph.ts";
import type { NdArray } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { softmaxProduct } from "./softmax-product.ts";

const shapes = { scores: [2, 5, 7], value: [2, 7, 3] };
const leaves = { scores: input("scores", shapes.scores), value: input("value", shapes.value) };
const feeds = { scores: randomNumbers(shapes.scores, "scores"), value: randomNumbers(shapes.value, "value") };
const weights = leaves.scores.softmax(-1);
const product = softmaxProduct({ scores: leaves.scores, weights, value: leaves.value });
const plain = weights.matmul(leaves.value);
const squares = (y: Tensor) => y.mul(y).sum();
const slope = (loss: Tensor, by: Tensor) => gradient(loss, [by])[0] as Tensor;

test("the short form gives the slope of the long one, with fewer passes over the weights", async () => {
  for (const name of ["scores", "value"] as const) {
    const [short, long] = [slope(squares(product), leaves[name]), slope(squares(plain), leaves[name])];
    const expected = evaluate({ slope: long }, feeds).slope as NdArray;
    expectClose(evaluate({ slope: short }, feeds).slope, expected, "float64", name);
    expectClose((await onOnnxRuntime({ slope: short }, feeds)).slope, expected, "float32", name);
    expectClose(expected, centralDifferences(squares(product), feeds, name), "differences", name);
  }
  const sized = (y: Tensor) =>
    sortNodes([slope(squares(y), leaves.scores)]).filter(({ outputs }) => String(outputs[0]?.shape) === "2,5,7").length;
  expect(sized(product)).toBeLessThan(sized(plain));
});

test("a gradient by the weights themselves, or by what lies between, takes the long way", () => {
  const found = evaluate({ short: slope(squares(product), weights), long: slope(squares(plain), weights) }, feeds);
  expectClose(found.short, found.long as NdArray, "float64", "weights");
  const twice = leaves.scores.softmax(-1).mul(1);
  const between = softmaxProduct({ scores: leaves.scores, weights: twice.mul(1), value: leaves.value });
  expectClose(evaluate({ y: slope(squares(between), twice) }, feeds).y, found.long as NdArray, "float64", "between");
});

test("weights may be used elsewhere, too", () => {
  const both = (y: Tensor) => squares(y).add(weights.mul(weights).mul(weights).sum());
  const [short, long] = [slope(both(product), leaves.scores), slope(both(plain), leaves.scores)];
  const found = evaluate({ short, long }, feeds);
  expectClose(found.short, found.long as NdArray, "float64", "scores");
});

test("second derivatives are those of the long form", () => {
  const second = (y: Tensor) => slope(squares(slope(squares(y), leaves.scores)), leaves.scores);
  const found = evaluate({ short: second(product), long: second(plain) }, feeds);
  expectClose(found.short, found.long as NdArray, "float64", "scores");
});

test("inside a scan it is the same", () => {
  const { output } = scan({
    initial: {},
    inputs: leaves,
    step: (_, { scores, value }) => ({
      state: {},
      output: { y: softmaxProduct({ scores, weights: scores.softmax(-1), value }) },
    }),
    unroll: false,
  });
  for (const name of ["scores", "value"] as const) {
    const found = evaluate(
      { short: slope(squares(output.y), leaves[name]), long: slope(squares(plain), leaves[name]) },
      feeds,
    );
    expectClose(found.short, found.long as NdArray, "float64", name);
  }
});

test("a value that stretches keeps its gradient", () => {
  const shared = input("value", [7, 3]);
  const y = softmaxProduct({ scores: leaves.scores, weights, value: shared });
  const given = { ...feeds, value: randomNumbers([7, 3], "shared") };
  const found = evaluate({ slope: slope(squares(y), shared) }, given).slope as NdArray;
  expectClose(found, centralDifferences(squares(y), given, "value"), "differences", "value");
});

test("with fewer keys than values have numbers it is the plain product", () => {
  const wide = softmaxProduct({ scores: leaves.scores, weights, value: input("value", [2, 7, 11]) });
  expect([wide.node.operator, product.node.operator]).toEqual(["MatMul", "Identity"]);
});
