import { describe, expect, test } from "vitest";
import { onOnnxRuntime, withParameterInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { initialize } from "../nn/module.ts";
import { traceGraph } from "../nn/trace.ts";
import { lower } from "../runtime/program.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ModelError } from "../tensor/errors.ts";
import { type Outputs, sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, product } from "../tensor/nd-array.ts";
import { type Body, constant, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import {
  AdditiveAttention,
  type AttentionInput,
  type AttentionOutput,
  alibiScore,
  attend,
  causalMask,
  chunkedAttention,
  gumbel,
  MultiHeadAttention,
  type Normalize,
  RelativePositionAttention,
  type ScoreInput,
  scaledDotProduct,
  sparsemax,
} from "./index.ts";

const SHAPE = [2, 3, 13, 5];
const NAMES = ["query", "key", "value"] as const;
const leaves = Object.fromEntries(NAMES.map((name) => [name, input(name, SHAPE)])) as Record<
  "query" | "key" | "value",
  Tensor
>;
const bias = input("bias", [3, 13, 13]);
const feeds = {
  ...Object.fromEntries(NAMES.map((name) => [name, randomNumbers(SHAPE, name)])),
  bias: randomNumbers([3, 13, 13], "bias"),
};

function withGradients({ output }: { output: Tensor }): Outputs {
  const slopes = gradient(output.mul(output).sum(), Object.values(leaves));
  return { output, ...Object.fromEntries(NAMES.map((name, i) => [`slope of ${name}`, slopes[i] as Tensor])) };
}

describe.each([1, 4, 5, 12, 13, 128])("in chunks of %d", (chunk) => {
  const [causal, odd] = [
    causalMask(13),
    constant(
      array(
        Array.from({ length: 13 }, (_, i) => i % 3 && 1),
        [13],
        "bool",
      ),
    ),
  ];
  const plain = scaledDotProduct({ ...leaves, bias, mask: causal.and(odd) });
  const chunked = chunkedAttention({ ...leaves, bias, mask: odd, causal: true, chunk });

  test("output, weights and gradients are those of plain attention", async () => {
    const expected = evaluate({ ...withGradients(plain), weights: plain.weights }, feeds);
    const outputs = { ...withGradients(chunked), weights: chunked.weights };
    const [exact, rough] = [evaluate(outputs, feeds), await onOnnxRuntime(outputs, feeds)];
    for (const [name, value] of Object.entries(expected)) {
      expectClose(exact[name], value, "float64", name);
      expectClose(rough[name], value, "float32", name);
    }
  });

  test("the output is the weights times the values", () => {
    const { product: expected, output } = evaluate(
      { product: chunked.weights.matmul(leaves.value), output: chunked.output },
      feeds,
    );
    expectClose(output, expected as NdArray, "float64", "output");
  });
});

/** The most numbers that a tensor of a program holds, those of its bodies included. */
function largest(outputs: Outputs): number {
  const sizes = sortNodes(Object.values(outputs)).flatMap((node) => {
    const own = node.outputs.map(({ shape }) => product(shape as readonly number[]));
    const { body } = node.attributes as { body?: Body };
    return body ? [...own, largest(Object.fromEntries(body.outputs.map((output, i) => [i, output])))] : own;
  });
  return Math.max(...sizes);
}

test("neither forward nor backward holds all scores: memory grows with the length, not with its square", () => {
  const sizeAt = (length: number) => {
    const [query, key, value] = NAMES.map((name) => input(name, [1, length, 8])) as [Tensor, Tensor, Tensor];
    const { output } = chunkedAttention({ query, key, value, causal: true, chunk: 16 });
    const slopes = gradient(output.mul(output).sum(), [query, key, value]);
    return largest(lower({ output, ...Object.fromEntries(slopes.map((slope, i) => [`slope${i}`, slope])) }).outputs);
  };
  expect(sizeAt(16384)).toBe(16 * 16384);
  expect(sizeAt(32768)).toBe(16 * 32768);
});

test("a mask may be given for each query, too", async () => {
  const mask = causalMask(13);
  const [plain, chunked] = [scaledDotProduct({ ...leaves, mask }), chunkedAttention({ ...leaves, mask, chunk: 5 })];
  const expected = evaluate(withGradients(plain), feeds);
  const [exact, rough] = [evaluate(withGradients(chunked), feeds), await onOnnxRuntime(withGradients(chunked), feeds)];
  for (const [name, value] of Object.entries(expected)) {
    expectClose(exact[name], value, "float64", name);
    expectClose(rough[name], value, "float32", name);
  }
});

test("any score and any normalizer can be chunked", () => {
  const flat = NAMES.map((name) => input(name, [2, 13, 5])) as [Tensor, Tensor, Tensor];
  const [query, key, value] = flat;
  const additive = new AdditiveAttention({ queryDim: 5, keyDim: 5, hiddenDim: 7 });
  const score = (pair: { query: Tensor; key: Tensor }) => additive.score(pair);
  const normalize: Normalize = sparsemax;
  const expected = attend({ query, key, value, score, normalize });
  const found = chunkedAttention({ query, key, value, score, normalize, chunk: 3 });
  const parameters = Object.fromEntries(
    [...additive.parameters()].map(([name, leaf]) => [
      name,
      { leaf, value: randomNumbers(leaf.shape as number[], name) },
    ]),
  );
  const given = new Map<Tensor, NdArray>([
    ...flat.map((leaf, i) => [leaf, randomNumbers([2, 13, 5], NAMES[i] as string)] as const),
    ...Object.values(parameters).map(({ leaf, value: numbers }) => [leaf as Tensor, numbers] as const),
  ]);
  expectClose(evaluate({ y: found.output }, given).y, evaluate({ y: expected.output }, given).y as NdArray, "float64");
});

test("a score that knows places is told where a chunk begins", () => {
  const [query, key, value] = NAMES.map((name) => input(name, [2, 13, 5])) as [Tensor, Tensor, Tensor];
  const given = Object.fromEntries(NAMES.map((name) => [name, randomNumbers([2, 13, 5], name)]));
  const relative = new RelativePositionAttention({ headDim: 5, valueDim: 5, maxDistance: 3 });
  const weights = [...relative.parameters()].map(
    ([name, leaf]) => [leaf as Tensor, randomNumbers(leaf.shape as number[], name)] as const,
  );
  for (const score of [alibiScore({ slopes: [0.5] }), (args: ScoreInput) => relative.score(args)]) {
    const { output, weights: shown } = chunkedAttention({ query, key, value, score, chunk: 3 });
    const leaves = [query, key, value].map((leaf, i) => [leaf, given[NAMES[i] as string] as NdArray] as const);
    const found = evaluate({ output, expected: shown.matmul(value) }, new Map([...leaves, ...weights]));
    expectClose(found.output, found.expected as NdArray, "float64");
  }
});

describe("scores of several heads", () => {
  const shaped = NAMES.map((name) => input(name, [2, 3, name === "query" ? 13 : 17, name === "value" ? 7 : 5]));
  const [query, key, value] = shaped as [Tensor, Tensor, Tensor];
  const given = Object.fromEntries(NAMES.map((name, i) => [name, randomNumbers(shaped[i]?.shape as number[], name)]));
  const places = constant(
    array(
      Array.from({ length: 13 }, (_, i) => (i % 4) + 1),
      [13],
      "int32",
    ),
  );

  test.each([
    ["a slope for each head", { score: alibiScore() }],
    ["a slope for each head, causal", { score: alibiScore(), causal: true }],
    ["from another place on", { score: alibiScore(), causal: true, queryOffset: 2 }],
    ["with a place for each query", { score: alibiScore(), queryOffset: places }],
    ["plain, causal", { causal: true }],
    ["plain, causal, from another place on", { causal: true, queryOffset: constant(3, "int32") }],
  ])("%s: parts are what they are together", async (_, options) => {
    for (const chunk of [3, 13, undefined]) {
      const { output, weights } = chunkedAttention({ query, key, value, ...options, ...(chunk && { chunk }) });
      const all = { output, expected: weights.matmul(value) };
      const [exact, rough] = [evaluate(all, given), await onOnnxRuntime(all, given)];
      expectClose(exact.output, exact.expected as NdArray, "float64", `output in chunks of ${chunk}`);
      expectClose(rough.output, exact.expected as NdArray, "float32", `output in chunks of ${chunk}`);
    }
  });

  test("heads around it see all of them, too", () => {
    const inside = (attention: (args: AttentionInput) => AttentionOutput) => {
      const model = new MultiHeadAttention({ queryDim: 6, heads: 3, bias: false, attention });
      const states = input("states", [2, 13, 6]);
      const { outputs, feeds: parameters } = withParameterInputs(
        { ...outputOf(model.forward({ query: states, key: states, value: states })) },
        initialized(model),
      );
      return evaluate(outputs, { ...parameters, states: randomNumbers([2, 13, 6], "states") }).output as NdArray;
    };
    const score = alibiScore();
    const chunked = inside((args) => chunkedAttention({ ...args, score, chunk: 4 }));
    expectClose(
      chunked,
      inside((args) => attend({ ...args, score })),
      "float64",
    );
  });
});

/** With the initial values of a seed. */
function initialized<M extends MultiHeadAttention>(model: M): M {
  initialize(model, 3);
  return model;
}

const outputOf = ({ output }: AttentionOutput) => ({ output });

describe("noise for every weight would need the memory that chunks save", () => {
  test("so dropout is refused, also by way of heads", () => {
    const heads = new MultiHeadAttention({
      queryDim: 5,
      heads: 1,
      dropout: 0.5,
      attention: (args) => chunkedAttention(args),
    });
    const states = input("states", [2, 13, 5]);
    expect(() => heads.forward({ query: states, key: states, value: states })).toThrow(
      new RangeError("chunkedAttention: expected no dropout, which needs noise for every weight, but found 0.5"),
    );
  });

  test("and so are normalizers that draw", () => {
    const attempt = () => traceGraph({ training: true }, () => chunkedAttention({ ...leaves, normalize: gumbel() }));
    expect(attempt).toThrow(
      new ModelError(
        "chunkedAttention: expected a normalizer without noise but found one that draws it for every weight; use attend()",
      ),
    );
  });
});

test("a chunk must be a positive integer", () => {
  expect(() => chunkedAttention({ ...leaves, chunk: 0 })).toThrow(
    new RangeError("chunkedAttention: expected chunk to be a positive integer but found 0"),
  );
});
