import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../../test/support/runtimes.ts";
import { randomNumbers } from "../../autodiff/central-differences.fixture.ts";
import {
  type Attributes,
  apply,
  applyOne,
  array,
  concat,
  constant,
  input,
  type NdArray,
  numbers,
  type Tensor,
} from "../../tensor/index.ts";
import { expectClose } from "../../tensor/tolerances.fixture.ts";
import { evaluate } from "./evaluate.ts";

const [batch, heads, queryLen, keyLen, headDim] = [2, 3, 4, 5, 7];
const feeds: Record<string, NdArray> = {
  query: randomNumbers([batch, heads, queryLen, headDim], "query"),
  key: randomNumbers([batch, heads, keyLen, headDim], "key"),
  value: randomNumbers([batch, heads, keyLen, headDim], "value"),
  past: randomNumbers([batch, heads, 2, headDim], "past"),
};
const leaf = (name: string) => input(name, feeds[name]?.shape ?? [], "float64");
const [query, key, value, past] = ["query", "key", "value", "past"].map(leaf) as [Tensor, Tensor, Tensor, Tensor];

/** Where `attends(query, key, entry)` holds, over the whole batch. */
function mask(total: number, attends: (i: number, j: number, entry: number) => boolean): Tensor {
  const flags = Array.from({ length: batch * queryLen * total }, (_, at) => {
    const row = Math.floor(at / total);
    return Number(attends(row % queryLen, at % total, Math.floor(row / queryLen)));
  });
  return constant(array(flags, [batch, 1, queryLen, total], "bool"));
}

function valuesOf(inputs: readonly (Tensor | undefined)[], attributes: Attributes = {}): NdArray {
  const { y } = evaluate({ y: applyOne("Attention", [query, key, value, ...inputs], attributes) }, feeds);
  return y as NdArray;
}

describe("Attention, where ONNX Runtime has no version of it to compare with", () => {
  const windows: [left: number, right: number, causal: number][] = [
    [1, -1, 0],
    [-1, 0, 0],
    [2, 1, 0],
    [1, 3, 1],
    [0, 0, 0],
  ];
  const attends = ([left, right, causal]: (typeof windows)[number], position: number, j: number) =>
    (left < 0 || position - j <= left) && (right < 0 || j - position <= right) && (causal === 0 || j <= position);

  test.each(windows)("a window of %i before and %i after, causal %i, is a mask", (...window) => {
    const [left_window_size, right_window_size, is_causal] = window;
    const attributes = { left_window_size, right_window_size, is_causal };
    const plain = mask(keyLen, (i, j) => attends(window, i, j));
    expect(valuesOf([], attributes)).toEqual(valuesOf([plain]));
    const after = mask(keyLen + 2, (i, j) => attends(window, 2 + i, j));
    expect(valuesOf([undefined, past, past], attributes)).toEqual(valuesOf([after, past, past]));
    const lengths = constant(array([5, 2], [2], "int64"));
    const count = (entry: number) => (entry === 0 ? 5 : 2);
    const cached = mask(keyLen, (i, j, entry) => j < count(entry) && attends(window, i + count(entry) - queryLen, j));
    expect(valuesOf([undefined, undefined, undefined, lengths], attributes)).toEqual(valuesOf([cached]));
  });

  test("a mask that ends early forbids the keys beyond its end", () => {
    const short = array([1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0], [queryLen, 3], "bool");
    const long = array([1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0], [queryLen, keyLen], "bool");
    expect(valuesOf([constant(short)])).toEqual(valuesOf([constant(long)]));
    const added = constant(array([0, 0, -Infinity, -Infinity, -Infinity]));
    expect(valuesOf([constant(array([0, 0]))])).toEqual(valuesOf([added]));
  });

  test("a row that forbids every key is 0, even of scores that are no numbers", () => {
    const poisoned = { ...feeds, query: randomNumbers([batch, heads, queryLen, headDim], "query") };
    poisoned.query.data[0] = Number.POSITIVE_INFINITY;
    const closed = mask(keyLen, (i) => i > 0);
    const [y, , , weights] = apply("Attention", [query, key, value, closed], { qk_matmul_output_mode: 3 }, 4);
    const found = evaluate({ y: y as Tensor, weights: weights as Tensor }, poisoned);
    expect(numbers(found.y as NdArray).slice(0, headDim)).toEqual(new Array(headDim).fill(0));
    expect(numbers(found.weights as NdArray).slice(0, keyLen)).toEqual(new Array(keyLen).fill(0));
  });

  test("softmax in 16 bits rounds the scores and the weights", () => {
    const attributes = { qk_matmul_output_mode: 3, softmax_precision: "float16" };
    const weights = apply("Attention", [query, key, value], attributes, 4)[3] as Tensor;
    const raw = apply("Attention", [query, key, value], {}, 4)[3] as Tensor;
    const expected = raw.cast("float16").softmax().cast("float64").cast("float16").cast("float64");
    const found = evaluate({ weights, expected }, feeds);
    expect(found.weights).toEqual(found.expected);
  });
});

describe("LinearAttention is its formula", () => {
  const sizes = { batch: 2, len: 3, keyValueHeads: 2, headDim: 3, valueDim: 5 };

  interface Gates {
    readonly decay?: number;
    readonly beta?: number;
  }

  /** One step after another, for the state `[batch keyValueHeads headDim valueDim]` of every key-value head. */
  function unrolled(leaves: Record<string, Tensor>, groupSize: number, { decay, beta }: Gates): Tensor {
    const { batch, len, keyValueHeads, headDim, valueDim } = sizes;
    let state = leaves.past as Tensor;
    const outputs: Tensor[] = [];
    const at = (name: string, t: number, shape: number[]) =>
      (leaves[name] as Tensor).slice({ axis: 1, start: t, end: t + 1 }).reshape(shape);
    for (let t = 0; t < len; t++) {
      const key = at("key", t, [batch, keyValueHeads, headDim, 1]);
      let written = at("value", t, [batch, keyValueHeads, 1, valueDim]);
      if (decay) state = state.mul(at("decay", t, [batch, keyValueHeads, decay / keyValueHeads, 1]).exp());
      if (beta) {
        const known = key.transpose([0, 1, 3, 2]).matmul(state);
        written = written.sub(known).mul(at("beta", t, [batch, beta, 1, 1]));
      }
      state = state.add(key.matmul(written));
      const query = at("query", t, [batch, keyValueHeads, groupSize, headDim]);
      outputs.push(
        query
          .matmul(state)
          .mul(0.5)
          .reshape([batch, 1, keyValueHeads * groupSize * valueDim]),
      );
    }
    return concat(outputs, 1);
  }

  test.each<[rule: string, groupSize: number, gates: Gates]>([
    ["linear", 1, {}],
    ["gated", 3, { decay: 2 }],
    ["gated", 1, { decay: 6 }],
    ["delta", 2, { beta: 2 }],
    ["gated_delta", 1, { decay: 6, beta: 1 }],
    ["gated_delta", 3, { decay: 2, beta: 2 }],
  ])("%s, with %i query heads for each, %o", async (update_rule, groupSize, gates) => {
    const { batch, len, keyValueHeads, headDim, valueDim } = sizes;
    const shapes: Record<string, number[]> = {
      query: [batch, len, keyValueHeads * groupSize * headDim],
      key: [batch, len, keyValueHeads * headDim],
      value: [batch, len, keyValueHeads * valueDim],
      past: [batch, keyValueHeads, headDim, valueDim],
      ...(gates.decay ? { decay: [batch, len, gates.decay] } : {}),
      ...(gates.beta ? { beta: [batch, len, gates.beta] } : {}),
    };
    const leaves = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, input(name, shape)]));
    const given = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, randomNumbers(shape, name)]));
    const attributes = { update_rule, scale: 0.5, q_num_heads: keyValueHeads * groupSize, kv_num_heads: keyValueHeads };
    const inputs = ["query", "key", "value", "past", "decay", "beta"].map((name) => leaves[name]);
    const node = applyOne("LinearAttention", inputs, attributes);
    const formula = unrolled(leaves, groupSize, gates);
    const exact = evaluate({ node, formula }, given);
    expectClose(exact.node, exact.formula as NdArray, "float64");
    expectClose((await onOnnxRuntime({ formula }, given)).formula, exact.node as NdArray, "float32");
  });
});
