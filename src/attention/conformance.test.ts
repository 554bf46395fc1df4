import { existsSync } from "node:fs";
import fc from "fast-check";
import ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { type Arrays, onOnnxRuntime, parametersAsInputs } from "../../test/support/runtimes.ts";
import { centralDifferences, randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { initialize, type Parameter } from "../nn/module.ts";
import { traceGraph } from "../nn/trace.ts";
import { writeModel } from "../onnx/write.ts";
import { SESSION_OPTIONS } from "../runtime/node.ts";
import { evaluate } from "../runtime/reference/index.ts";
import type { Dim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { type Outputs, substitute } from "../tensor/graph.ts";
import { array, type NdArray, numbers, product } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { CONFORMANCE, type ConformanceRow } from "./conformance.fixture.ts";
import { MECHANISMS } from "./index.ts";

const BATCH = 2;
const QUERY_LEN = 5;
const KEY_LEN = 7;
const VALUE_DIM = 11;

type Sizes = Readonly<Record<"batch" | "queryLen" | "keyLen", Dim>>;
const SIZES = { batch: BATCH, queryLen: QUERY_LEN, keyLen: KEY_LEN } as const;
const SYMBOLS: Sizes = { batch: "batch", queryLen: "queryLen", keyLen: "keyLen" };

test("every mechanism of the list is put through the contract", () => {
  expect(CONFORMANCE.map(({ mechanism }) => mechanism.name).sort()).toEqual(MECHANISMS.map(({ name }) => name));
});

test.each(MECHANISMS)("the row of $name names its file, its source and its axes", (row) => {
  expect(row.module).toBe(`attention/${row.name}.ts`);
  expect(existsSync(new URL(`../${row.module}`, import.meta.url))).toBe(true);
  expect(row.axes.split(" ").slice(-2)).toEqual(["queryLen", "keyLen"]);
  expect([row.authors, row.title, row.section].every((text) => text.length > 3)).toBe(true);
  expect(row.year).toBeGreaterThan(1960);
});

interface Built {
  readonly outputs: Outputs;
  readonly leaves: ReadonlyMap<string, Tensor>;
  /** Values of the parameters. */
  readonly weights: Arrays;
}

/** A mechanism as a graph over inputs `query`, `key`, `value`, `mask` and its parameters. */
function build(row: ConformanceRow, { batch, queryLen, keyLen }: Sizes = SIZES): Built {
  const leaves = {
    query: input("query", [batch, queryLen, row.queryDim]),
    key: input("key", [batch, keyLen, row.keyDim]),
    value: input("value", [batch, keyLen, VALUE_DIM]),
    mask: input("mask", [batch, queryLen, keyLen], "bool"),
  };
  const { model, forward } = row.make({ dropout: 0 });
  if (model) initialize(model, 3);
  const outputs = { ...traceGraph({ training: false }, () => forward(leaves)).result };
  if (!model) return { outputs, leaves: new Map(Object.entries(leaves)), weights: {} };
  const { inputs, feeds } = parametersAsInputs(model);
  const parameters = [...model.parameters()].map(([name, leaf]) => [name, inputs.get(leaf) as Tensor] as const);
  return {
    outputs: substitute(outputs, inputs),
    leaves: new Map([...Object.entries(leaves), ...parameters]),
    weights: feeds,
  };
}

interface Feeds {
  readonly query: NdArray;
  readonly key: NdArray;
  readonly value: NdArray;
  readonly mask: NdArray;
}

function feedsOf(
  row: ConformanceRow,
  allowed: (i: number) => boolean,
  sizes = SIZES as Record<keyof Sizes, number>,
): Feeds {
  const { batch, queryLen, keyLen } = sizes;
  const mask = Array.from({ length: batch * queryLen * keyLen }, (_, i) => Number(allowed(i)));
  return {
    query: randomNumbers([batch, queryLen, row.queryDim], "query"),
    key: randomNumbers([batch, keyLen, row.keyDim], "key"),
    value: randomNumbers([batch, keyLen, VALUE_DIM], "value"),
    mask: array(mask, [batch, queryLen, keyLen], "bool"),
  };
}

function run({ outputs, weights }: Built, feeds: Feeds): { output: NdArray; weights: NdArray } {
  return evaluate(outputs, { ...weights, ...feeds }) as { output: NdArray; weights: NdArray };
}

/** Elements of an array in another order of one axis. */
function permute(value: NdArray, axis: number, order: readonly number[]): NdArray {
  const inner = product(value.shape.slice(axis + 1));
  const length = value.shape[axis] as number;
  const old = numbers(value);
  const data = old.map((_, i) => {
    const place = Math.floor(i / inner) % length;
    return old[i + ((order[place] as number) - place) * inner] as number;
  });
  return array(data, value.shape, value.dtype);
}

const masks = fc.array(fc.boolean(), {
  minLength: BATCH * QUERY_LEN * KEY_LEN,
  maxLength: BATCH * QUERY_LEN * KEY_LEN,
});
const order = (count: number) =>
  fc.shuffledSubarray(
    Array.from({ length: count }, (_, i) => i),
    { minLength: count },
  );

describe.each(CONFORMANCE)("$mechanism.name", (row) => {
  const built = build(row);

  test("weights are not negative, forbidden ones are 0, and rows sum to 1, or to 0 where no key is allowed", () => {
    fc.assert(
      fc.property(masks, (mask) => {
        const { output, weights } = run(
          built,
          feedsOf(row, (i) => mask[i] as boolean),
        );
        expect(output.shape).toEqual([BATCH, QUERY_LEN, VALUE_DIM]);
        expect(weights.shape).toEqual([BATCH, QUERY_LEN, KEY_LEN]);
        const all = numbers(weights);
        expect(all.every((weight, i) => (mask[i] ? weight > 0 : Object.is(Math.abs(weight), 0)))).toBe(true);
        for (let at = 0; at < all.length; at += KEY_LEN) {
          const sum = all.slice(at, at + KEY_LEN).reduce((a, b) => a + b);
          expect(sum).toBeCloseTo(mask.slice(at, at + KEY_LEN).some(Boolean) ? 1 : 0, 12);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("a row without any key has no weight, no output, and finite gradients", () => {
    const feeds = feedsOf(row, (i) => i >= KEY_LEN);
    const { output, weights } = run(built, feeds);
    expect(numbers(weights).slice(0, KEY_LEN)).toEqual(new Array(KEY_LEN).fill(0));
    expect(numbers(output).slice(0, VALUE_DIM)).toEqual(new Array(VALUE_DIM).fill(0));
    const leaves = [...built.leaves].filter(([name]) => name !== "mask");
    const loss = (built.outputs.output as Tensor).mul(built.outputs.output as Tensor).sum();
    const gradients = gradient(
      loss,
      leaves.map(([, leaf]) => leaf),
    );
    const values = evaluate(Object.fromEntries(leaves.map(([name], i) => [name, gradients[i] as Tensor])), {
      ...built.weights,
      ...feeds,
    });
    for (const [name, value] of Object.entries(values)) expect(numbers(value).every(Number.isFinite), name).toBe(true);
    expect(numbers(values.query as NdArray).slice(0, row.queryDim)).toEqual(new Array(row.queryDim).fill(0));
  });

  test("permuting keys with their values changes nothing", () => {
    fc.assert(
      fc.property(order(KEY_LEN), masks, (keys, mask) => {
        const feeds = feedsOf(row, (i) => mask[i] as boolean);
        const permuted = {
          query: feeds.query,
          key: permute(feeds.key, 1, keys),
          value: permute(feeds.value, 1, keys),
          mask: permute(feeds.mask, 2, keys),
        };
        const [before, after] = [run(built, feeds), run(built, permuted)];
        expectClose(after.output, before.output, "float64", "output");
        expectClose(after.weights, permute(before.weights, 2, keys), "float64", "weights");
      }),
      { numRuns: 10 },
    );
  });

  test("permuting the batch, or the queries, permutes the results", () => {
    const feeds = feedsOf(row, (i) => i % 3 !== 0);
    const before = run(built, feeds);
    const swap = (value: NdArray) => permute(value, 0, [1, 0]);
    const swapped = run(built, {
      query: swap(feeds.query),
      key: swap(feeds.key),
      value: swap(feeds.value),
      mask: swap(feeds.mask),
    });
    expectClose(swapped.output, swap(before.output), "float64", "output");
    const queries = [4, 2, 0, 1, 3];
    const turned = run(built, {
      ...feeds,
      query: permute(feeds.query, 1, queries),
      mask: permute(feeds.mask, 1, queries),
    });
    expectClose(turned.output, permute(before.output, 1, queries), "float64", "output");
    expectClose(turned.weights, permute(before.weights, 1, queries), "float64", "weights");
  });

  test("padding changes nothing", () => {
    const padded = { ...SIZES, keyLen: KEY_LEN + 3 };
    const long = feedsOf(row, (i) => i % padded.keyLen < KEY_LEN, padded);
    const cut = (value: NdArray, axis: number) => {
      const kept = value.shape.with(axis, KEY_LEN);
      const inner = product(value.shape.slice(axis + 1));
      const data = numbers(value).filter((_, i) => Math.floor(i / inner) % padded.keyLen < KEY_LEN);
      return array(data, kept, value.dtype);
    };
    const short = { query: long.query, key: cut(long.key, 1), value: cut(long.value, 1), mask: cut(long.mask, 2) };
    const [expected, actual] = [run(built, short), run(build(row, padded), long)];
    expectClose(actual.output, expected.output, "float64", "output");
    expectClose(cut(actual.weights, 2), expected.weights, "float64", "weights");
  });

  test("ONNX Runtime agrees in float32", async () => {
    const feeds = feedsOf(row, (i) => i >= KEY_LEN && i % 4 !== 1);
    const outputs = { output: built.outputs.output as Tensor, attention: built.outputs.weights as Tensor };
    const exact = run(built, feeds);
    const rough = await onOnnxRuntime(outputs, { ...built.weights, ...feeds });
    expectClose(rough.output, exact.output, "float32", "output");
    expectClose(rough.attention, exact.weights, "float32", "weights");
  });

  test("the derived gradients are the slopes of the values", () => {
    const feeds = { ...built.weights, ...feedsOf(row, (i) => i % 4 !== 1) };
    const [output, weights] = [built.outputs.output as Tensor, built.outputs.weights as Tensor];
    const loss = output.tanh().sum().add(weights.mul(weights).sum());
    const names = [...built.leaves.keys()].filter((name) => name !== "mask");
    const derived = gradient(
      loss,
      names.map((name) => built.leaves.get(name) as Tensor),
    );
    const values = evaluate(Object.fromEntries(names.map((name, i) => [name, derived[i] as Tensor])), feeds);
    for (const name of names) expectClose(values[name], centralDifferences(loss, feeds, name), "differences", name);
  });

  test("the exported model takes any batch, queryLen and keyLen", async () => {
    const open = build(row, SYMBOLS);
    const names = ["query", "key", "value", "mask"];
    const inputs = names.map((name) => open.leaves.get(name) as Tensor);
    const initializers = new Map(
      Object.entries(open.weights).map(([name, { data, shape }]) => {
        const value = array(Array.from(data as Float64Array), shape);
        return [open.leaves.get(name) as Tensor as Parameter, { name, value }];
      }),
    );
    // Parameters are inputs here; as leaves of another kind they become initialisers.
    expect(initializers.size).toBe(Object.keys(open.weights).length);
    const bytes = writeModel(open.outputs, { inputs: [...inputs, ...initializers.keys()] });
    const session = await ort.InferenceSession.create(bytes, SESSION_OPTIONS);
    for (const sizes of [SIZES, { batch: 3, queryLen: 1, keyLen: 2 }]) {
      const feeds = { ...open.weights, ...feedsOf(row, (i) => i % 5 !== 0, sizes) };
      const given = Object.entries(feeds).map(([name, { data, shape, dtype }]) => [
        name,
        dtype === "bool"
          ? new ort.Tensor("bool", data as Uint8Array, shape)
          : new ort.Tensor("float32", Float32Array.from(data as Float64Array), shape),
      ]);
      const results = await session.run(Object.fromEntries(given));
      const exact = run(open, feeds as unknown as Feeds);
      for (const name of ["output", "weights"] as const) {
        const found = results[name] as ort.Tensor;
        expectClose(
          { data: found.data as Float32Array, shape: found.dims, dtype: "float32" },
          exact[name],
          "float32",
          name,
        );
      }
    }
    await session.release();
  });

  test("a value of another length is refused with the name of the axis", () => {
    const { forward } = row.make({ dropout: 0 });
    const [query, key] = [input("query", [2, 5, row.queryDim]), input("key", [2, 7, row.keyDim])];
    const message =
      /^\w+: expected value \[(\.\.\.|batch) keyLen valueDim\] to have keyLen=7, as in key, but found shape \[2,6,11\]$/;
    const attempt = () => forward({ query, key, value: input("value", [2, 6, 11]) });
    expect(attempt).toThrow(ShapeError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(row.owner);
  });

  test("a mask or a bias that the scores do not hold is refused", () => {
    const { forward } = row.make({ dropout: 0 });
    const [query, key, value] = [
      input("query", [2, 5, row.queryDim]),
      input("key", [2, 7, row.keyDim]),
      input("value", [2, 7, 11]),
    ];
    expect(() => forward({ query, key, value, mask: input("mask", [3, 2, 5, 7], "bool") })).toThrow(
      new ShapeError("attend: expected mask to stretch to the scores [2,5,7] but found [3,2,5,7]"),
    );
    expect(() => forward({ query, key, value, bias: input("bias", [3, 2, 5, 7]) })).toThrow(
      new ShapeError("attend: expected bias to stretch to the scores [2,5,7] but found [3,2,5,7]"),
    );
  });

  test("dropout acts on the way to the output, in training only, and weights stay whole", () => {
    const { model, forward } = row.make({ dropout: 0.25 });
    if (model) initialize(model, 3);
    const { inputs, feeds } = model ? parametersAsInputs(model) : { inputs: new Map(), feeds: {} };
    const given = Object.fromEntries(
      ["query", "key", "value", "mask"].map((name) => [name, built.leaves.get(name) as Tensor]),
    );
    const trace = (training: boolean) => traceGraph({ training }, () => forward(given as never));
    expect(trace(false).noise.size).toBe(0);
    const { result, noise } = trace(true);
    expect([...noise.keys()]).toEqual(["noise.dropout.0"]);
    const all = { ...feeds, ...feedsOf(row, () => true) };
    const draws = Array.from({ length: BATCH * QUERY_LEN * KEY_LEN }, (_, i) =>
      i % 4 === 0 ? 0.2 : 0.25 + (i % 3) / 4,
    );
    const dropped = evaluate(substitute({ ...result }, inputs), {
      ...all,
      "noise.dropout.0": array(draws, [BATCH, QUERY_LEN, KEY_LEN]),
    });
    const whole = run(built, all);
    expectClose(dropped.weights, whole.weights, "float64", "weights");
    const kept = numbers(whole.weights).map((weight, i) => (i % 4 === 0 ? 0 : weight / 0.75));
    const [weights, value] = [input("weights", whole.weights.shape), input("value", all.value.shape)];
    const expected = evaluate(
      { y: weights.matmul(value) },
      { weights: array(kept, whole.weights.shape, "float64"), value: all.value },
    );
    expectClose(dropped.output, expected.y as NdArray, "rounded", "output");
  });
});

describe.each(CONFORMANCE.filter(({ heads }) => heads))("$mechanism.name with heads", (row) => {
  test("each head is attention of its own, and one query stretches over a batch", () => {
    const { model, forward } = row.make({ dropout: 0 });
    if (model) initialize(model, 3);
    const { inputs, feeds } = model ? parametersAsInputs(model) : { inputs: new Map(), feeds: {} };
    const shaped = (name: string, shape: readonly number[]) => ({
      leaf: input(name, shape),
      value: randomNumbers(shape, name),
    });
    const parts = {
      query: shaped("query", [1, row.queryDim]),
      key: shaped("key", [2, 3, KEY_LEN, row.keyDim]),
      value: shaped("value", [2, 3, KEY_LEN, VALUE_DIM]),
    };
    const all = { ...feeds, ...Object.fromEntries(Object.entries(parts).map(([name, { value }]) => [name, value])) };
    const outputs = forward({ query: parts.query.leaf, key: parts.key.leaf, value: parts.value.leaf });
    expect(outputs.output.shape).toEqual([2, 3, 1, VALUE_DIM]);
    const whole = evaluate(substitute({ ...outputs }, inputs), all);
    const at = (tensor: Tensor) =>
      tensor.slice({ axis: 0, start: 1 }).squeeze(0).slice({ axis: 0, start: 2 }).squeeze(0);
    const single = forward({ query: parts.query.leaf, key: at(parts.key.leaf), value: at(parts.value.leaf) });
    const alone = evaluate(substitute({ ...single }, inputs), all);
    const last = numbers(whole.output as NdArray).slice(-VALUE_DIM);
    expectClose(array(last, [1, VALUE_DIM], "float64"), alone.output as NdArray, "float64", "output");
  });
});
