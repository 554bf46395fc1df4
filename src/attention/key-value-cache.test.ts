import ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { withParameterInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { initialize, type Module } from "../nn/module.ts";
import { writeModel } from "../onnx/write.ts";
import { SESSION_OPTIONS } from "../runtime/node.ts";
import { evaluate } from "../runtime/reference/index.ts";
import type { Dim } from "../tensor/dim.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { applyOne, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import {
  alibiAttention,
  type CachedAttentionOutput,
  cachedAttention,
  GroupedQueryAttention,
  type GroupedQueryOptions,
  type KeyValueCache,
  LearnedPositionAttention,
  MultiHeadAttention,
  MultiQueryAttention,
  RelativePositionAttention,
  rotaryAttention,
  SinusoidalAttention,
  sinusoidalPositions,
  slidingWindowAttention,
} from "./index.ts";
import type { ProjectedHeads } from "./projected-heads.ts";

const LEN = 7;

/** A part of an array along the axis before the last. */
function places(value: NdArray, from: number, to: number): NdArray {
  const at = value.shape.length - 2;
  const tensor = input("value", value.shape, "float64").slice({ axis: at, start: from, end: to });
  return evaluate({ tensor }, { value }).tensor as NdArray;
}

const sizes = { queryDim: 13, valueDim: 11, outputDim: 17, headDim: 5 };

/** A step of decoding, as a graph over `query`, `key`, `value`, and `pastKey` and `pastValue` of any length. */
interface Decoder {
  readonly name: string;
  readonly model?: Module;
  /** Axes before the length, in queries and in the cache. */
  readonly leading: readonly number[];
  readonly cached: readonly number[];
  readonly dim: number;
  readonly valueDim: number;
  readonly cacheDims: readonly [number, number];
  readonly forward: (given: Record<"query" | "key" | "value", Tensor>, cache?: KeyValueCache) => CachedAttentionOutput;
}

interface HeadsOptions {
  readonly causal?: boolean | undefined;
  /** Vectors of the places from the first new one on, added to queries and keys: `[length dim]`. */
  readonly positions?: (length: Dim, first: Dim) => Tensor;
}

function ofHeads(name: string, model: ProjectedHeads, { causal = true, positions }: HeadsOptions = {}): Decoder {
  return {
    name,
    model,
    leading: [2],
    cached: [2, model.keyValueHeads],
    dim: 13,
    valueDim: 11,
    cacheDims: [5, 5],
    forward: ({ query, key, value }, cache) => {
      const added = positions?.(query.dim(-2), cache?.key.dim(-2) ?? 0);
      const placed = added ? { query: query.add(added), key: key.add(added) } : { query, key };
      return model.forward({ ...placed, value, cache, causal });
    },
  };
}

/** Heads that count places inside, by whatever mechanism. */
function counting(
  name: string,
  attention: NonNullable<GroupedQueryOptions["attention"]>,
  options?: HeadsOptions,
): Decoder {
  const model = new GroupedQueryAttention({ ...sizes, heads: 6, keyValueHeads: 2, attention });
  return ofHeads(`GroupedQueryAttention with ${name}`, model, options);
}

const DECODERS: readonly Decoder[] = [
  {
    name: "cachedAttention",
    leading: [2, 3],
    cached: [2, 3],
    dim: 13,
    valueDim: 11,
    cacheDims: [13, 11],
    forward: (given, cache) => cachedAttention({ ...given, cache }),
  },
  ofHeads("MultiHeadAttention", new MultiHeadAttention({ ...sizes, heads: 3 })),
  ofHeads("GroupedQueryAttention", new GroupedQueryAttention({ ...sizes, heads: 6, keyValueHeads: 2 })),
  ofHeads("MultiQueryAttention", new MultiQueryAttention({ ...sizes, heads: 3 })),
  counting("linear biases", alibiAttention),
  counting("rotary positions", (given) => rotaryAttention({ ...given, rotaryDim: 4 })),
  counting("relative positions", new RelativePositionAttention({ headDim: 5, valueDim: 5, maxDistance: 2 })),
  counting("sinusoidal positions", new SinusoidalAttention({ queryDim: 5, keyDim: 5, headDim: 3 })),
  counting("learned positions", new LearnedPositionAttention({ queryDim: 5, keyDim: 5, headDim: 3, maxLen: LEN })),
  counting("a window", (given) => slidingWindowAttention({ ...given, window: 2 })),
  counting(
    "a causal window, and no other mask",
    (given) => slidingWindowAttention({ ...given, window: 4, causal: true }),
    {
      causal: false,
    },
  ),
  counting(
    "a short causal window in blocks",
    (given) => slidingWindowAttention({ ...given, window: 2, causal: true }),
    {
      causal: false,
    },
  ),
  ofHeads("MultiHeadAttention behind sinusoidal positions", new MultiHeadAttention({ ...sizes, heads: 3 }), {
    positions: (length, first) => sinusoidalPositions(length, 13, first),
  }),
];

const open = (axes: readonly number[], len: Dim, dim: number): Dim[] => {
  return ["batch", ...axes.slice(1), len, dim];
};

function inputsOf(decoder: Decoder, len: Dim): Record<"query" | "key" | "value", Tensor> {
  const leaf = (name: string, dim: number) => input(name, open(decoder.leading, len, dim));
  return { query: leaf("query", decoder.dim), key: leaf("key", decoder.dim), value: leaf("value", decoder.valueDim) };
}

/** A step as it is exported: everything open but the sizes of the vectors. */
function step(decoder: Decoder, len: Dim): Record<string, Tensor> {
  const cache = {
    key: input("pastKey", open(decoder.cached, "past", decoder.cacheDims[0])),
    value: input("pastValue", open(decoder.cached, "past", decoder.cacheDims[1])),
  };
  const { output, weights, cache: next } = decoder.forward(inputsOf(decoder, len), cache);
  return { output, weights, nextKey: next.key, nextValue: next.value };
}

function wholeSequence({ leading, dim, valueDim }: Decoder): Record<"query" | "key" | "value", NdArray> {
  const of = (name: string, last: number) => randomNumbers([...leading, LEN, last], name);
  return { query: of("query", dim), key: of("key", dim), value: of("value", valueDim) };
}

const empty = ({ cached, cacheDims: [keyDim, valueDim] }: Decoder): Record<"pastKey" | "pastValue", NdArray> => ({
  pastKey: array([], [...cached, 0, keyDim], "float64"),
  pastValue: array([], [...cached, 0, valueDim], "float64"),
});

/** What one causal pass gives. */
function wholePass(decoder: Decoder): Record<"output" | "weights", NdArray> {
  const { output, weights } = decoder.forward(inputsOf(decoder, LEN));
  const { outputs, feeds } = decoder.model
    ? withParameterInputs({ output, weights }, decoder.model)
    : { outputs: { output, weights }, feeds: {} };
  return evaluate(outputs, { ...feeds, ...wholeSequence(decoder) }) as Record<"output" | "weights", NdArray>;
}

/** The columns of weights that a step of `total` keys has; the others must be 0. */
function seen(weights: NdArray, total: number): NdArray {
  const all = numbers(weights);
  expect(all.every((weight, i) => i % LEN < total || weight === 0)).toBe(true);
  const data = all.filter((_, i) => i % LEN < total);
  return array(data, [...weights.shape.slice(0, -1), total], "float64");
}

describe.each(DECODERS)("$name", (decoder) => {
  if (decoder.model) initialize(decoder.model, 3);
  const whole = wholePass(decoder);
  const sequence = wholeSequence(decoder);
  const expected = (from: number, to: number) => ({
    output: places(whole.output, from, to),
    weights: seen(places(whole.weights, from, to), to),
  });
  const given = (from: number, to: number) =>
    Object.fromEntries(Object.entries(sequence).map(([name, value]) => [name, places(value, from, to)]));

  test.each([
    ["place by place", [1, 1, 1, 1, 1, 1, 1]],
    ["in steps of several places", [3, 1, 2, 1]],
    ["at once", [7]],
  ])("decoding %s is one causal pass", (_, lengths) => {
    let cache = empty(decoder);
    let from = 0;
    for (const len of lengths) {
      const graph = step(decoder, len);
      const { outputs, feeds } = decoder.model
        ? withParameterInputs(graph, decoder.model)
        : { outputs: graph, feeds: {} };
      const results = evaluate(outputs, { ...feeds, ...given(from, from + len), ...cache });
      for (const [name, value] of Object.entries(expected(from, from + len))) {
        expectClose(results[name], value, "float64", name);
      }
      cache = { pastKey: results.nextKey as NdArray, pastValue: results.nextValue as NdArray };
      from += len;
    }
  });

  test.each<[string, Dim, number[]]>([
    ["of one place", 1, [1, 1, 1, 1, 1, 1, 1]],
    ["of any number of places", "new", [2, 1, 4]],
  ])("an exported step %s decodes in ONNX Runtime behind a cache of any length", async (_, open, lengths) => {
    const graph = step(decoder, open);
    const total = open === 1 ? "(past+1)" : "(new+past)";
    expect([graph.weights?.shape.at(-1), graph.nextKey?.shape.at(-2)]).toEqual([total, total]);
    const parameters = [...(decoder.model?.parameters() ?? [])];
    const bytes = writeModel(graph, {
      initializers: new Map(parameters.map(([name, leaf]) => [leaf, { name, value: leaf.value as NdArray }])),
    });
    const session = await ort.InferenceSession.create(bytes, SESSION_OPTIONS);
    const toOrt = (value: NdArray) => new ort.Tensor("float32", Float32Array.from(numbers(value)), value.shape);
    const past = empty(decoder);
    let cache: Record<string, ort.Tensor> = { pastKey: toOrt(past.pastKey), pastValue: toOrt(past.pastValue) };
    let from = 0;
    for (const len of lengths) {
      const places = Object.entries(given(from, from + len)).map(([name, value]) => [name, toOrt(value)] as const);
      const results = await session.run({ ...Object.fromEntries(places), ...cache });
      for (const [name, value] of Object.entries(expected(from, from + len))) {
        const { data, dims } = results[name] as ort.Tensor;
        expectClose({ data: data as Float32Array, shape: dims, dtype: "float32" }, value, "float32", name);
      }
      cache = { pastKey: results.nextKey as ort.Tensor, pastValue: results.nextValue as ort.Tensor };
      from += len;
    }
    await session.release();
  });
});

const leaves = {
  query: input("query", [2, 3, 5, 7]),
  key: input("key", [2, 3, 5, 7]),
  value: input("value", [2, 3, 5, 11]),
};
const cache = { key: input("pastKey", [2, 3, 13, 7]), value: input("pastValue", [2, 3, 13, 11]) };
const feeds = Object.fromEntries(
  Object.values({ ...leaves, pastKey: cache.key, pastValue: cache.value }).map(({ node, shape }) => {
    const name = node.attributes.name as string;
    return [name, randomNumbers(shape as number[], name)];
  }),
);

test("ONNX's Attention operator gives the same, cache and all", () => {
  const ours = cachedAttention({ ...leaves, cache });
  const { query, key, value } = leaves;
  const inputs = [query, key, value, undefined, cache.key, cache.value];
  const theirs = applyOne("Attention", inputs, { is_causal: 1 });
  const values = evaluate({ ours: ours.output, theirs }, feeds);
  expectClose(values.ours, values.theirs as NdArray, "rounded");
});

test("a mask forbids keys of the past, beside what is still to come", () => {
  const mask = array(
    Array.from({ length: 18 }, (_, i) => Number(i !== 0)),
    [1, 18],
    "bool",
  );
  const { weights } = cachedAttention({ ...leaves, cache, mask: input("mask", [1, 18], "bool") });
  const found = numbers(evaluate({ weights }, { ...feeds, mask }).weights as NdArray);
  for (const [i, weight] of found.entries()) {
    const [row, column] = [Math.floor(i / 18) % 5, i % 18];
    expect(weight > 0).toBe(column !== 0 && column <= row + 13);
  }
});

test.each<[Error, object]>([
  [new RangeError("cachedAttention: expected dropout to be at least 0 and below 1 but found 1"), { dropout: 1 }],
  [new RangeError("cachedAttention: expected scale to be finite but found NaN"), { scale: Number.NaN }],
  [
    new ModelError("cachedAttention: expected a number as headDim but found width; give a scale"),
    { query: input("query", [2, 3, 5, "width"]), key: input("key", [2, 3, 5, "width"]) },
  ],
])("refuses what is out of range: %s", (error, options) => {
  expect(() => cachedAttention({ ...leaves, ...options })).toThrow(error);
});

describe("what does not fit is refused", () => {
  test.each([
    [
      "another headDim in the cache",
      { cache: { ...cache, key: input("k", [2, 3, 13, 5]) } },
      "cachedAttention: expected cache.key [... pastLen headDim] to have headDim=7, as in query, but found shape [2,3,13,5]",
    ],
    [
      "caches of two lengths",
      { cache: { ...cache, value: input("v", [2, 3, 17, 11]) } },
      "cachedAttention: expected cache.value [... pastLen valueDim] to have pastLen=13, as in cache.key, but found shape [2,3,17,11]",
    ],
    [
      "a cache of another batch",
      { cache: { ...cache, value: input("v", [5, 3, 13, 11]) } },
      "cachedAttention: expected cache.value to have the leading axes [2,3] of value but found shape [5,3,13,11]",
    ],
    [
      "a mask for the new keys only",
      { cache, mask: input("mask", [5, 5], "bool") },
      "cachedAttention: expected mask to stretch to the scores [2,3,5,18] but found [5,5]",
    ],
  ])("%s", (_, given, message) => {
    expect(() => cachedAttention({ ...leaves, ...given })).toThrow(new ShapeError(message));
  });
});
