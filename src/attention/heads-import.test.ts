import { expect, test } from "vitest";
import { readGolden } from "../../test/support/golden.ts";
import { onReference, withParameterInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { importWeights } from "../nn/frameworks/index.ts";
import { Linear } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import { ModelError } from "../tensor/errors.ts";
import { type NdArray, numbers } from "../tensor/nd-array.ts";
import { input } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { lengthMask, MultiHeadAttention } from "./index.ts";

/** A model around the heads, so that names have a path. */
class Block extends Module {
  readonly selfAttention: MultiHeadAttention;
  readonly readout = new Linear({ inputDim: 2, outputDim: 3 });

  constructor(selfAttention: MultiHeadAttention) {
    super();
    this.selfAttention = selfAttention;
  }
}

const prefixed = (tensors: ReadonlyMap<string, NdArray>) =>
  new Map([
    ...[...tensors].map(([name, value]) => [`self_attention.${name}`, value] as const),
    ["readout.weight", randomNumbers([3, 2], "weight")],
    ["readout.bias", randomNumbers([3], "bias")],
  ]);

const valuesOf = (model: Module) =>
  Object.fromEntries([...model.parameters()].map(([name, { value }]) => [name, numbers(value as NdArray)]));

test("PyTorch's nn.MultiheadAttention, inside a model, computes what PyTorch computed", () => {
  const golden = readGolden("multi-head");
  const selfAttention = new MultiHeadAttention({ queryDim: 15, heads: 3 });
  importWeights(new Block(selfAttention), prefixed(golden.weights), "pytorch");
  const query = input("query", [2, 7, 15]);
  const mask = input("mask", [7, 7], "bool").and(lengthMask(input("lengths", [2], "int32"), 7));
  const { output, weights } = selfAttention.forward({ query, key: query, value: query, mask });
  const { outputs, feeds } = withParameterInputs({ output, weights }, selfAttention);
  const found = onReference(outputs, { ...feeds, ...Object.fromEntries(golden.inputs) });
  for (const [name, value] of golden.outputs) expectClose(found[name], value, "rounded", name);
});

test("PyTorch keeps the projections apart where keys or values have other sizes", () => {
  const golden = readGolden("multi-head-cross");
  const model = new MultiHeadAttention({ queryDim: 15, keyDim: 11, valueDim: 13, heads: 3 });
  importWeights(model, golden.weights, "pytorch");
  const whole = numbers(golden.weights.get("in_proj_bias") as NdArray);
  expect(valuesOf(model)["keyProjection.bias"]).toEqual(whole.slice(15, 30).map(Math.fround));
  const [rows, columns] = [15, 13];
  const theirs = numbers(golden.weights.get("v_proj_weight") as NdArray);
  const turned = Array.from({ length: rows * columns }, (_, i) => theirs[(i % rows) * columns + Math.floor(i / rows)]);
  expect(valuesOf(model)["valueProjection.weight"]).toEqual(turned.map((x) => Math.fround(x as number)));
});

test("PyTorch's module without biases is taken, too", () => {
  const model = new MultiHeadAttention({ queryDim: 15, heads: 3, bias: false });
  const weights = new Map(readGolden("multi-head").weights);
  for (const name of ["in_proj_bias", "out_proj.bias"]) weights.delete(name);
  importWeights(model, weights, "pytorch");
  expect(Object.keys(valuesOf(model))).toEqual(
    ["query", "key", "value", "output"].map((name) => `${name}Projection.weight`),
  );
});

test("Keras's MultiHeadAttention keeps an axis for the heads", () => {
  const model = new MultiHeadAttention({ queryDim: 13, keyDim: 11, valueDim: 17, heads: 3, headDim: 5, outputDim: 7 });
  const shapes = {
    "query/kernel": [13, 3, 5],
    "query/bias": [3, 5],
    "key/kernel": [11, 3, 5],
    "key/bias": [3, 5],
    "value/kernel": [17, 3, 5],
    "value/bias": [3, 5],
    "attention_output/kernel": [3, 5, 7],
    "attention_output/bias": [7],
  };
  const tensors = new Map(Object.entries(shapes).map(([name, shape]) => [name, randomNumbers(shape, name)]));
  importWeights(model, tensors, "keras");
  const rounded = [...tensors.values()].map((value) => numbers(value).map(Math.fround));
  expect(Object.values(valuesOf(model))).toEqual(rounded);
});

test("a missing matrix is named by its whole path", () => {
  const weights = prefixed(readGolden("multi-head").weights);
  weights.delete("self_attention.in_proj_weight");
  const model = new Block(new MultiHeadAttention({ queryDim: 15, heads: 3 }));
  expect(() => importWeights(model, weights, "pytorch")).toThrow(
    new ModelError("importWeights: expected a tensor self_attention.in_proj_weight [45,15] but found none"),
  );
});
