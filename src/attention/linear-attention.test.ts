import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { applyOne, concat, constant, full, input, type Tensor, zeros } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import {
  causalMask,
  eluPlusOne,
  type LinearAttentionInput,
  type LinearAttentionState,
  linearAttention,
} from "./index.ts";

const [QUERY_LEN, KEY_LEN, DIM, VALUE_DIM] = [67, 71, 3, 5];

const feeds = {
  query: randomNumbers([2, QUERY_LEN, DIM], "query"),
  key: randomNumbers([2, KEY_LEN, DIM], "key"),
  ownKey: randomNumbers([2, QUERY_LEN, DIM], "ownKey"),
  value: randomNumbers([2, KEY_LEN, VALUE_DIM], "value"),
  ownValue: randomNumbers([2, QUERY_LEN, VALUE_DIM], "ownValue"),
};
const leaf = (name: keyof typeof feeds) => input(name, feeds[name].shape);
const across = { query: leaf("query"), key: leaf("key"), value: leaf("value") };
const within = { query: leaf("query"), key: leaf("ownKey"), value: leaf("ownValue"), causal: true };
/** Which keys may be attended to, alike for all queries: every third may not. */
const forbidding = (length: number) =>
  constant(
    array(
      Array.from({ length: 2 * length }, (_, i) => Number(i % 3 > 0)),
      [2, 1, length],
      "bool",
    ),
  );

const CASES: readonly (readonly [string, LinearAttentionInput, linear: boolean])[] = [
  ["without a mask", across, true],
  ["with a mask of keys", { ...across, mask: forbidding(KEY_LEN) }, true],
  [
    "with a mask of one axis",
    { ...across, mask: constant(array([1, 0, 1, ...new Array(68).fill(1)], [71], "bool")) },
    true,
  ],
  ["causal", within, true],
  ["causal, with a mask of keys", { ...within, mask: forbidding(QUERY_LEN) }, true],
  ["with any other mask", { ...within, causal: false, mask: causalMask(QUERY_LEN) }, false],
  ["with a bias", { ...across, bias: constant(array([2], [1, 1])) }, false],
];

describe.each(CASES)("%s", (_, args, isLinear) => {
  const { output, weights } = linearAttention(args);

  test("the output is what its weights make of the values", async () => {
    const expected = weights.matmul(args.value);
    const exact = evaluate({ output, expected }, feeds);
    expectClose(exact.output, exact.expected as NdArray, "float64");
    const rough = await onOnnxRuntime({ output }, feeds);
    expectClose(rough.output, exact.output as NdArray, "float32");
  });

  test(isLinear ? "nothing is as large as the weights" : "the output is made of the weights", () => {
    const [queryLen, keyLen] = weights.shape.slice(-2) as [number, number];
    const large = sortNodes([output]).flatMap(({ outputs }) =>
      outputs.filter(({ shape }) => shape.includes(queryLen) && shape.lastIndexOf(keyLen) > shape.indexOf(queryLen)),
    );
    expect(large.length > 0).toBe(!isLinear);
  });
});

test.each([1, 3, 63, 64, 65, 130])("the causal form is the plain one with a causal mask, at length %i", (length) => {
  const shaped = (name: string, dim: number) => constant(randomNumbers([length, dim], name));
  const states = { query: shaped("query", DIM), key: shaped("key", DIM), value: shaped("value", VALUE_DIM) };
  const { output } = linearAttention({ ...states, causal: true });
  const plain = linearAttention({ ...states, mask: causalMask(length) });
  const found = evaluate({ output, expected: plain.output }, {});
  expectClose(found.output, found.expected as NdArray, "float64");
});

test("changing the future leaves causal outputs alone", () => {
  const { output } = linearAttention(within);
  const place = 30;
  const later = (value: NdArray) => {
    const width = value.shape[2] as number;
    return array(
      numbers(value).map((x, i) => (Math.floor(i / width) % QUERY_LEN > place ? x + 1 : x)),
      value.shape,
      "float64",
    );
  };
  const changed = { ...feeds, ownKey: later(feeds.ownKey), ownValue: later(feeds.ownValue) };
  const [before, after] = [feeds, changed].map((given) => numbers(evaluate({ output }, given).output as NdArray));
  const end = (place + 1) * VALUE_DIM;
  expect(after?.slice(0, end)).toEqual(before?.slice(0, end));
  expect(after?.slice(end, end + VALUE_DIM)).not.toEqual(before?.slice(end, end + VALUE_DIM));
});

test.each([false, true])("lengths may be symbols, causal: %s", async (causal) => {
  const lead = ["batch", "heads"];
  const [queryLen, keyLen] = causal ? ["len", "len"] : ["queryLen", "keyLen"];
  const query = input("query", [...lead, queryLen, DIM]);
  const key = input("key", [...lead, keyLen, DIM]);
  const value = input("value", [...lead, keyLen, VALUE_DIM]);
  const { output, weights } = linearAttention({ query, key, value, causal });
  expect(output.shape).toEqual([...lead, queryLen, VALUE_DIM]);
  for (const [from, to] of [[1, 1], [64, 64], causal ? [67, 67] : [67, 2]] as [number, number][]) {
    const given = {
      query: randomNumbers([2, 3, from, DIM], "query"),
      key: randomNumbers([2, 3, to, DIM], "key"),
      value: randomNumbers([2, 3, to, VALUE_DIM], "value"),
    };
    const exact = evaluate({ output, expected: weights.matmul(value) }, given);
    expectClose(exact.output, exact.expected as NdArray, "float64", `${from} and ${to}`);
    const rough = await onOnnxRuntime({ output }, given);
    expectClose(rough.output, exact.output as NdArray, "float32", `${from} and ${to}`);
  }
});

test.each([
  ["causal", { ...within, mask: forbidding(QUERY_LEN) }],
  ["all keys", { ...across, mask: forbidding(KEY_LEN) }],
])("the linear form has the gradients of the plain one: %s", (_, args) => {
  const { output, weights } = linearAttention(args);
  const inputs = [args.query, args.key, args.value];
  const gradientsOf = (result: Tensor) => gradient(result.tanh().sum(), inputs) as Tensor[];
  const [found, expected] = [output, weights.matmul(args.value)].map((result) =>
    evaluate(Object.fromEntries(gradientsOf(result).entries()), feeds),
  );
  for (const i of inputs.keys()) expectClose(found?.[i], expected?.[i] as NdArray, "float64", `input ${i}`);
});

test("the causal sums are those of ONNX's operator", () => {
  const features = [eluPlusOne(within.query), eluPlusOne(within.key)];
  const heads = { q_num_heads: 1, kv_num_heads: 1 };
  const read = (value: Tensor) =>
    applyOne("LinearAttention", [...features, value], { ...heads, update_rule: "linear", scale: 1 });
  const expected = read(within.value).div(read(constant(array(new Array(134).fill(1), [2, QUERY_LEN, 1]))));
  const found = evaluate({ output: linearAttention(within).output, expected }, feeds);
  expectClose(found.output, found.expected as NdArray, "float64");
});

/** Rows `start … end` of the sequence that attends to itself. */
const part = (start: number, end: number) => {
  const cut = (x: Tensor) => x.slice({ axis: -2, start, end });
  return { query: cut(within.query), key: cut(within.key), value: cut(within.value) };
};
const ownMask = forbidding(QUERY_LEN);
const maskOf = (start: number, end: number) => ownMask.slice({ axis: -1, start, end });

describe("a state", () => {
  test("steps of one place and of many give what one causal pass gives, and its gradients", async () => {
    const whole = linearAttention({ ...within, mask: ownMask });
    const outputs: Tensor[] = [];
    let state: LinearAttentionState | undefined;
    for (const [start, end] of [
      [0, 1],
      [1, 2],
      [2, 5],
      [5, QUERY_LEN],
    ] as [number, number][]) {
      const step = linearAttention({ ...part(start, end), mask: maskOf(start, end), causal: true, state });
      outputs.push(step.output);
      state = step.state;
    }
    const steps = concat(outputs, -2);
    const inputs = [within.query, within.key, within.value];
    const slopes = (output: Tensor) => gradient(output.tanh().sum(), inputs) as Tensor[];
    const named = (output: Tensor, last: LinearAttentionState) =>
      Object.fromEntries([output, last.keyValue, last.key, ...slopes(output)].entries());
    const [found, rough, expected] = [
      evaluate(named(steps, state as LinearAttentionState), feeds),
      await onOnnxRuntime(named(steps, state as LinearAttentionState), feeds),
      evaluate(named(whole.output, whole.state), feeds),
    ];
    for (const [name, values] of Object.entries(expected)) {
      expectClose(found[name], values, "float64", name);
      // Sums of 67 places: their size, and with it what float32 leaves of them, grows with the length.
      if (name === "0") expectClose(rough[name], values, "float32", name);
    }
  });

  test("a query sees its keys and those of the state, and its weights leave out the latter's share", () => {
    const { state } = linearAttention(part(0, 30));
    const later = linearAttention({ ...part(30, QUERY_LEN), state });
    const all = linearAttention({ ...across, query: part(30, QUERY_LEN).query, key: within.key, value: within.value });
    const weights = all.weights.slice({ axis: -1, start: 30 });
    const found = evaluate(
      { output: later.output, weights: later.weights, all: all.output, expected: weights },
      feeds,
    ) as Record<string, NdArray>;
    expectClose(found.output, found.all as NdArray, "float64");
    expectClose(found.weights, found.expected as NdArray, "float64");
  });

  test("of a mask that differs from query to query counts what the last one may attend to", () => {
    const { state } = linearAttention({ ...within, causal: false, mask: causalMask(QUERY_LEN).and(ownMask) });
    const { state: expected } = linearAttention({ ...within, causal: false, mask: ownMask });
    const found = evaluate({ ...state, ofKeys: expected.keyValue, ofOnes: expected.key }, feeds);
    expectClose(found.keyValue, found.ofKeys as NdArray, "float64");
    expectClose(found.key, found.ofOnes as NdArray, "float64");
  });

  test("is refused where it cannot tell what came before, or does not fit", () => {
    const { state } = linearAttention(within);
    const message =
      "linearAttention: expected no bias and a mask [... 1 keyLen] beside a state but found what differs from query to query";
    expect(() => linearAttention({ ...within, state, mask: causalMask(QUERY_LEN) })).toThrow(new ShapeError(message));
    expect(() => linearAttention({ ...within, state, bias: zeros([QUERY_LEN]) })).toThrow(new ShapeError(message));
    expect(() => linearAttention({ ...within, state: { ...state, key: zeros([2, 7]) } })).toThrow(
      new ShapeError(
        "linearAttention: expected state.key [... featureDim] to have featureDim=3, as in φ(key), but found shape [2,7]",
      ),
    );
  });
});

test.each([true, false])("a forbidden key may hold anything, even what is no number; causal: %s", async (causal) => {
  const length = QUERY_LEN;
  const query = input("query", [2, length, DIM]);
  const leaves = { query, key: input("ownKey", [2, length, DIM]), value: input("ownValue", [2, length, VALUE_DIM]) };
  const per = forbidding(length);
  const perQuery = per.and(full([2, length, length], 1, "bool"));
  const spoilt = array(
    numbers(feeds.ownKey).map((x, i) => (Math.floor(i / DIM) % 3 === 0 ? Number.NaN : x)),
    feeds.ownKey.shape,
    "float64",
  );
  for (const mask of [per, perQuery]) {
    const { output, weights } = linearAttention({ ...leaves, mask, causal });
    for (const run of [
      async (given: typeof feeds) => evaluate({ output, weights }, given),
      (given: typeof feeds) => onOnnxRuntime({ output, weights }, given),
    ]) {
      const [clean, found] = [await run(feeds), await run({ ...feeds, ownKey: spoilt })];
      expect(numbers(found.output as NdArray).every(Number.isFinite)).toBe(true);
      expectClose(found.output, clean.output as NdArray, "float32");
      expectClose(found.weights, clean.weights as NdArray, "float32");
    }
  }
});

test("features are elu + 1, with slope 1 at 0", () => {
  const x = input("x", [5]);
  const [slope] = gradient(eluPlusOne(x).sum(), [x]) as [Tensor];
  const found = evaluate({ y: eluPlusOne(x), slope }, { x: array([-1e4, -1, 0, 2, 1e4], [5], "float64") });
  expect(numbers(found.y as NdArray)).toEqual([0, Math.exp(-1), 1, 3, 10001]);
  expect(numbers(found.slope as NdArray)).toEqual([0, Math.exp(-1), 1, 1, 1]);
});

describe("rows without any weight", () => {
  const [query, key, value] = [input("query", [2, 1]), input("key", [2, 1]), input("value", [2, 1])];

  test.each([
    ["features vanish", [-1e4, 0], [0, 0], undefined],
    ["features nearly vanish", [-45, 0], [-45, -45], undefined],
    ["a mask forbids every key", [0, 0], [0, 0], constant(array([0, 0], [1, 2], "bool"))],
    ["a mask forbids every key to the first", [0, 0], [0, 0], constant(array([0, 0, 1, 1], [2, 2], "bool"))],
  ])("%s: zero weights and output, finite gradients", async (_, queries, keys, mask) => {
    const { output, weights } = linearAttention({ query, key, value, ...(mask ? { mask } : {}) });
    const [ofQuery, ofKey] = gradient(output.sum(), [query, key]) as [Tensor, Tensor];
    const given = { query: array(queries, [2, 1]), key: array(keys, [2, 1]), value: array([1, 2], [2, 1]) };
    const outputs = { output, weights, ofQuery, ofKey };
    for (const found of [evaluate(outputs, given), await onOnnxRuntime(outputs, given)]) {
      expect(numbers(found.output as NdArray)[0]).toBe(0);
      expect(numbers(found.weights as NdArray).slice(0, 2)).toEqual([0, 0]);
      expect(Object.values(found).every((value) => numbers(value).every(Number.isFinite))).toBe(true);
    }
  });
});

test("a bias multiplies by its exponential, however large it is", async () => {
  const rows = { query: input("query", [1, 1]), key: input("key", [3, 1]), value: input("value", [3, 1]) };
  const given = { query: array([0], [1, 1]), key: array([0, 1, 3], [3, 1]), value: array([1, 2, 3], [3, 1]) };
  const weightsOf = async (bias: number[], mask?: number[]) => {
    const { weights } = linearAttention({
      ...rows,
      bias: constant(array(bias, [1, 3])),
      ...(mask ? { mask: constant(array(mask, [1, 3], "bool")) } : {}),
    });
    return (await onOnnxRuntime({ weights }, given)).weights as NdArray;
  };
  const close = (found: NdArray, expected: number[]) => expectClose(found, array(expected, [1, 3]), "float32");
  close(await weightsOf([Math.log(4), 0, 0]), [0.4, 0.2, 0.4]);
  close(await weightsOf([5000, 5000, 4000]), [1 / 3, 2 / 3, 0]);
  close(await weightsOf([0, 0, 5000], [1, 1, 0]), [1 / 3, 2 / 3, 0]);
});

test("shapes that do not fit are refused", () => {
  expect(() => linearAttention({ ...across, causal: true })).toThrow(
    new ShapeError(
      "linearAttention: expected key [... keyLen headDim] to have keyLen=67, as in query, but found shape [2,71,3]",
    ),
  );
  expect(() => linearAttention({ ...within, value: input("open", [2, QUERY_LEN, "valueDim"]) })).toThrow(
    new ModelError("linearAttention: expected a number as valueDim but found valueDim"),
  );
});
