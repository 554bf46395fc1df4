import { describe, expect, test } from "vitest";
import { checkInference, checkTraining } from "../../test/support/parity.ts";
import { onOnnxRuntime, withParameterInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { initialize, type Module } from "../nn/module.ts";
import { traceGraph } from "../nn/trace.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ShapeError } from "../tensor/errors.ts";
import { type Outputs, sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers, product } from "../tensor/nd-array.ts";
import { applyOne, constant, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import {
  AdditiveAttention,
  type AttentionInput,
  alibiAttention,
  GroupedQueryAttention,
  groupedDotProduct,
  type HeadsInput,
  type HeadsOutput,
  lengthMask,
  MultiHeadAttention,
  MultiQueryAttention,
  scaledDotProduct,
} from "./index.ts";
import { MULTI_HEAD_CROSS } from "./parity-heads.fixture.ts";

const sizes = { queryDim: 13, keyDim: 17, valueDim: 11, headDim: 5, outputDim: 19 };
const leaves = { query: input("query", [2, 3, 13]), key: input("key", [2, 7, 17]), value: input("value", [2, 7, 11]) };
const states = input("states", [2, 7, 13]);

function feedsOf(...tensors: readonly Tensor[]): Record<string, NdArray> {
  const named = tensors.map(({ node, shape }) => {
    const name = node.attributes.name as string;
    return [name, randomNumbers(shape as number[], name)] as const;
  });
  return Object.fromEntries(named);
}

type Heads = Module & { forward(args: HeadsInput): HeadsOutput };

/** Output and weights of a model whose every parameter, biases too, holds random numbers. */
function run(
  model: Heads,
  given: HeadsInput,
  more: Record<string, NdArray> = {},
): { output: NdArray; weights: NdArray } {
  initialize(model, 3);
  const { output, weights } = model.forward(given);
  const { outputs, feeds } = withParameterInputs({ output, weights }, model);
  const random = Object.entries(feeds).map(([name, { shape }]) => [name, randomNumbers(shape, name)]);
  const all = { ...Object.fromEntries(random), ...feedsOf(...Object.values(leaves), states), ...more };
  return evaluate(outputs, all) as { output: NdArray; weights: NdArray };
}

const countOf = (outputs: Outputs, ...operators: readonly string[]) =>
  sortNodes(Object.values(outputs)).filter(({ operator }) => operators.includes(operator)).length;

describe("projections", () => {
  test.each([
    ["MultiHeadAttention", new MultiHeadAttention({ queryDim: 13, heads: 3, headDim: 5 })],
    ["GroupedQueryAttention", new GroupedQueryAttention({ queryDim: 13, heads: 6, keyValueHeads: 2, headDim: 5 })],
    ["without biases", new MultiQueryAttention({ queryDim: 13, heads: 3, headDim: 5, bias: false })],
  ])("in one product give what each gives for itself: %s", (_, heads) => {
    const copies = { query: states, key: states.add(0), value: states.mul(1) };
    const [one, apart] = [run(heads, { query: states, key: states, value: states }), run(heads, copies)];
    expectClose(one.output, apart.output, "float64", "output");
    expectClose(one.weights, apart.weights, "float64", "weights");
  });
});

describe("groups of heads", () => {
  test("as many as heads are multi-head attention, to the bit", () => {
    const grouped = run(new GroupedQueryAttention({ ...sizes, heads: 3, keyValueHeads: 3 }), leaves);
    expect(grouped).toEqual(run(new MultiHeadAttention({ ...sizes, heads: 3 }), leaves));
  });

  test("of which there is one are multi-query attention, to the bit", () => {
    const grouped = run(new GroupedQueryAttention({ ...sizes, heads: 3, keyValueHeads: 1 }), leaves);
    expect(grouped).toEqual(run(new MultiQueryAttention({ ...sizes, heads: 3 }), leaves));
  });

  const query = input("query", [2, 6, 3, 5]);
  const key = input("key", [2, 2, 7, 5]);
  const value = input("value", [2, 2, 7, 11]);
  const mask = input("mask", [2, 1, 3, 7], "bool");
  const allowed = array(
    Array.from({ length: 42 }, (_, i) => Number(i % 4 !== 1)),
    [2, 1, 3, 7],
    "bool",
  );
  const feeds = { ...feedsOf(query, key, value), mask: allowed };

  test("share keys as in ONNX's Attention operator", () => {
    const { output } = groupedDotProduct({ query, key, value, mask });
    const theirs = applyOne("Attention", [query, key, value, mask]);
    const values = evaluate({ output, theirs }, feeds);
    expectClose(values.output, values.theirs as NdArray, "rounded");
  });

  test("share keys without copies: copied for each head they give the same", async () => {
    const copied = (x: Tensor) => x.gather(constant([0, 0, 0, 1, 1, 1], "int32"), 1);
    const grouped = groupedDotProduct({ query, key, value, mask });
    const plain = scaledDotProduct({ query, key: copied(key), value: copied(value), mask });
    const [found, expected] = [evaluate({ ...grouped }, feeds), evaluate({ ...plain }, feeds)];
    for (const name of ["output", "weights"]) expectClose(found[name], expected[name] as NdArray, "float64", name);
    expect(countOf({ ...grouped }, "Expand", "Tile", "Gather")).toBe(0);
    const rough = await onOnnxRuntime({ found: grouped.output }, feeds);
    expectClose(rough.found, expected.output as NdArray, "float32");
  });

  test("that do not divide the heads are refused", () => {
    expect(() => groupedDotProduct({ query: input("query", [2, 5, 3, 5]), key, value })).toThrow(
      new ShapeError("groupedDotProduct: expected heads to be a multiple of keyValueHeads=2 but found 5"),
    );
  });
});

describe("masks and biases", () => {
  const model = new GroupedQueryAttention({ ...sizes, heads: 6, keyValueHeads: 2 });
  const bits = (shape: readonly number[]) =>
    array(
      Array.from({ length: product(shape) }, (_, i) => Number((i * i) % 5 !== 1)),
      shape,
      "bool",
    );

  test.each([["mask"], ["bias"]])("a %s of rank 2 or 3 is that of every head", (name) => {
    const dtype = name === "mask" ? "bool" : "float32";
    const value = (shape: readonly number[]) => (name === "mask" ? bits(shape) : randomNumbers(shape, "bias"));
    const given = (shape: readonly number[]) => ({ ...leaves, [name]: input(name, shape, dtype) });
    const [two, three] = [value([3, 7]), value([2, 3, 7])];
    const every = (shape: readonly number[], rank3: boolean) => {
      const data = numbers(rank3 ? three : two);
      const [, , rows, columns] = shape as [number, number, number, number];
      const at = (i: number) => Math.floor(i / (6 * rows * columns)) * (rank3 ? rows * columns : 0);
      const full = Array.from({ length: product(shape) }, (_, i) => data[at(i) + (i % (rows * columns))] as number);
      return array(full, shape, name === "mask" ? "bool" : "float64");
    };
    for (const [shape, small] of [
      [[3, 7], two],
      [[2, 3, 7], three],
    ] as const) {
      const whole = run(model, given([2, 6, 3, 7]), { [name]: every([2, 6, 3, 7], shape.length === 3) });
      expect(run(model, given(shape), { [name]: small })).toEqual(whole);
    }
  });

  test("of rank 4 may differ from head to head", () => {
    const mask = bits([2, 6, 3, 7]);
    const { weights } = run(model, { ...leaves, mask: input("mask", mask.shape, "bool") }, { mask });
    expect(numbers(weights).map((weight) => Number(weight > 0))).toEqual(numbers(mask));
  });

  test("where every key is forbidden, the output is the bias of the output projection", () => {
    const { output, weights } = run(
      model,
      { ...leaves, mask: lengthMask(input("lengths", [2], "int32"), 7) },
      {
        lengths: array([0, 5], [2], "int32"),
      },
    );
    const bias = numbers(randomNumbers([19], "outputProjection.bias"));
    expect(numbers(output).slice(0, 57)).toEqual([...bias, ...bias, ...bias]);
    expect(numbers(weights).slice(0, product([6, 3, 7]))).toEqual(new Array(126).fill(0));
  });
});

describe("another attention inside the heads", () => {
  const shapes: number[][] = [];
  const watch = ({ dropout, ...given }: AttentionInput & { dropout: number }) => {
    shapes.push([...(given.query.shape as number[])], [...(given.key.shape as number[])]);
    return alibiAttention(given);
  };

  test("sees a key for each head, so that what it knows of heads fits", () => {
    const model = new GroupedQueryAttention({ ...sizes, heads: 6, keyValueHeads: 2, attention: watch });
    const plain = new GroupedQueryAttention({ ...sizes, heads: 6, keyValueHeads: 2 });
    const found = run(model, leaves);
    expect(shapes.splice(0)).toEqual([
      [2, 6, 3, 5],
      [2, 6, 7, 5],
    ]);
    // The same biases given from outside, −slope · |query − key| with the last query at the last key.
    const slopes = [1 / 4, 1 / 16, 1 / 64, 1 / 256, 1 / 2, 1 / 8];
    const bias = array(
      Array.from({ length: 126 }, (_, i) => {
        const distance = Math.abs((i % 7) - (Math.floor(i / 7) % 3) - 4);
        return -(slopes[Math.floor(i / 21)] as number) * distance;
      }),
      [1, 6, 3, 7],
      "float64",
    );
    const expected = run(plain, { ...leaves, bias: input("bias", [1, 6, 3, 7]) }, { bias });
    expectClose(found.output, expected.output, "rounded", "output");
    expectClose(found.weights, expected.weights, "rounded", "weights");
  });

  test("sees the one key of multi-query attention once", () => {
    run(new MultiQueryAttention({ ...sizes, heads: 3, attention: watch }), leaves);
    expect(shapes.splice(0)).toEqual([
      [2, 3, 3, 5],
      [2, 1, 7, 5],
    ]);
  });

  test("may be a module, whose parameters are found", () => {
    const attention = new AdditiveAttention({ queryDim: 5, keyDim: 5, hiddenDim: 3 });
    const model = new MultiHeadAttention({ ...sizes, heads: 3, attention });
    expect([...model.parameters().keys()]).toContain("attention.scoreProjection.weight");
    expect(run(model, leaves).weights.shape).toEqual([2, 3, 3, 7]);
  });

  test("is given the dropout, and in training drops by it", () => {
    const model = new MultiHeadAttention({ ...sizes, heads: 3, dropout: 0.25, attention: scaledDotProduct });
    const { noise } = traceGraph({ training: true }, () => model.forward(leaves));
    expect([...noise.values()].map(({ shape }) => shape)).toEqual([[2, 3, 3, 7]]);
  });
});

describe("options out of range", () => {
  test.each([
    [{ queryDim: 16, heads: 3 }, "MultiHeadAttention: expected modelDim to be a multiple of heads=3 but found 16"],
    [{ queryDim: 16, heads: 0 }, "MultiHeadAttention: expected heads to be a positive integer but found 0"],
    [
      { queryDim: 16, heads: 2, headDim: 1.5 },
      "MultiHeadAttention: expected headDim to be a positive integer but found 1.5",
    ],
    [
      { queryDim: 16, heads: 2, dropout: 1 },
      "MultiHeadAttention: expected dropout to be at least 0 and below 1 but found 1",
    ],
    [
      {
        queryDim: 16,
        heads: 2,
        dropout: 0.5,
        attention: new AdditiveAttention({ queryDim: 8, keyDim: 8, hiddenDim: 3 }),
      },
      "MultiHeadAttention: expected no dropout beside a module as attention but found 0.5; give it to that module",
    ],
  ])("%#", (options, message) => {
    expect(() => new MultiHeadAttention(options)).toThrow(new RangeError(message));
  });

  test("key heads that do not divide the heads", () => {
    expect(() => new GroupedQueryAttention({ queryDim: 16, heads: 4, keyValueHeads: 3 })).toThrow(
      new RangeError("GroupedQueryAttention: expected heads to be a multiple of keyValueHeads=3 but found 4"),
    );
  });

  test("a cache of another number of heads", () => {
    const model = new GroupedQueryAttention({ ...sizes, heads: 6, keyValueHeads: 2 });
    const cache = { key: input("k", [2, 6, 13, 5]), value: input("v", [2, 6, 13, 5]) };
    expect(() => model.forward({ ...leaves, cache })).toThrow(
      new ShapeError(
        "GroupedQueryAttention: expected cache.key [batch keyValueHeads pastLen headDim] to have keyValueHeads=2, as in the module, but found shape [2,6,13,5]",
      ),
    );
  });
});

describe("nn.MultiheadAttention with keys and values of other sizes, and a bias for each head", () => {
  test("agrees in values and gradients of the training form", () => checkTraining(MULTI_HEAD_CROSS));
  test("agrees in values of the inference form", () => checkInference(MULTI_HEAD_CROSS));
});
