import type { Attributes, DType } from "../../tensor/index.ts";
import { given, type Inputs, type Kernel, type KernelTable } from "./kernel.ts";
import { broadcastShape, broadcastTo, pick } from "./layout.ts";
import { packHeads, unpackHeads } from "./packed-heads.ts";
import { concat } from "./shape.ts";
import { castNumber, type Value } from "./value.ts";

/** What the stages of a call share: the shape of the scores, and the keys before the first query of each batch entry. */
interface Call {
  readonly attributes: Attributes;
  readonly scoresShape: readonly [batch: number, heads: number, queryLen: number, total: number];
  readonly offsets: readonly number[];
  readonly lengths: Float64Array | undefined;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** A mask as numbers to add, over the whole of the scores: what it forbids, and the keys beyond its end, is −∞. */
function maskBias(mask: Value | undefined, scoresShape: readonly number[]): Float64Array {
  const size = scoresShape.reduce((total, dim) => total * dim, 1);
  if (!mask) return new Float64Array(size);
  const added =
    mask.dtype === "bool" ? { ...mask, data: mask.data.map((keep) => (keep ? 0 : Number.NEGATIVE_INFINITY)) } : mask;
  const short = mask.shape.at(-1) as number;
  const total = scoresShape.at(-1) as number;
  const picks = mask.shape.map(upTo);
  const last = upTo(total).map((i) => (i < short ? i : -1));
  const full =
    mask.shape.length > 0 && short < total ? pick(added, picks.with(-1, last), Number.NEGATIVE_INFINITY) : added;
  return broadcastTo(full, broadcastShape([full.shape, scoresShape])).data;
}

/** Adds −∞ where a key is after its query (of a causal call), outside its window, or padding. */
function forbid(bias: Float64Array, { attributes, scoresShape, offsets, lengths }: Call): Float64Array {
  const [batch, heads, queryLen, total] = scoresShape;
  const [left, right] = [attributes.left_window_size as number, attributes.right_window_size as number];
  const rows = batch * heads * queryLen;
  for (let row = 0; row < rows; row++) {
    const entry = Math.floor(row / (heads * queryLen));
    const position = (offsets[entry] as number) + (row % queryLen);
    const end = lengths ? (lengths[entry] as number) : total;
    for (let j = 0; j < total; j++) {
      const late = attributes.is_causal === 1 && j > position;
      const far = (left >= 0 && position - j > left) || (right >= 0 && j - position > right);
      if (late || far || j >= end) (bias[row * total + j] as number) += Number.NEGATIVE_INFINITY;
    }
  }
  return bias;
}

/** `Σ a[row, i] · b[entry and head of the row, column, i]`, each group of query heads sharing a head of b. */
function scoresOf(query: Value, key: Value, scale: number): Float64Array {
  const [batch, heads, queryLen, dim] = query.shape as [number, number, number, number];
  const [, keyHeads, total] = key.shape as [number, number, number];
  const out = new Float64Array(batch * heads * queryLen * total);
  for (let at = 0; at < out.length; at++) {
    const row = Math.floor(at / total);
    const page = Math.floor(row / queryLen / (heads / keyHeads));
    const [a, b] = [row * dim, (page * total + (at % total)) * dim];
    let sum = 0;
    for (let i = 0; i < dim; i++) sum += (query.data[a + i] as number) * (key.data[b + i] as number);
    out[at] = sum * scale;
  }
  return out;
}

/** Softmax of each row, in the precision of a type. A row that forbids every key is 0, whatever its scores. */
function weightsOf(scores: Float64Array, bias: Float64Array, total: number, precision: DType): Float64Array {
  const out = new Float64Array(scores.length);
  for (let start = 0; start < scores.length; start += total) {
    const row = scores.subarray(start, start + total).map((x) => castNumber(x, precision));
    const top = row.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
    const open = bias.subarray(start, start + total).some((x) => x !== Number.NEGATIVE_INFINITY);
    if (!open || top === Number.NEGATIVE_INFINITY) continue;
    const exponentials = row.map((x) => Math.exp(x - top));
    const sum = exponentials.reduce((a, b) => a + b, 0);
    out.set(
      exponentials.map((x) => castNumber(x / sum, precision)),
      start,
    );
  }
  return out;
}

function weighted(weights: Float64Array, value: Value, [batch, heads, queryLen, total]: Call["scoresShape"]): Value {
  const [, valueHeads, , dim] = value.shape as [number, number, number, number];
  const data = new Float64Array(batch * heads * queryLen * dim);
  for (let row = 0; row < batch * heads * queryLen; row++) {
    const page = Math.floor(row / queryLen / (heads / valueHeads));
    for (let j = 0; j < total; j++) {
      const weight = weights[row * total + j] as number;
      const from = (page * total + j) * dim;
      for (let i = 0; i < dim; i++) (data[row * dim + i] as number) += weight * (value.data[from + i] as number);
    }
  }
  return { data, shape: [batch, heads, queryLen, dim], dtype: value.dtype };
}

function joined(past: Value | undefined, now: Value): Value {
  return past ? (concat([past, now], { axis: 2 }, 1)[0] as Value) : now;
}

/** How many keys stand before the first query of each batch entry: the past's, or those of a cache that is not padding. */
function offsetsOf(inputs: Inputs, batch: number, queryLen: number): number[] {
  const [past, lengths] = [inputs[4], inputs[6]];
  if (past) return new Array<number>(batch).fill(past.shape[2] as number);
  return upTo(batch).map((entry) => (lengths ? (lengths.data[entry] as number) - queryLen : 0));
}

const attention: Kernel = (inputs, attributes, outputs) => {
  const { q_num_heads, kv_num_heads, softcap, softmax_precision } = attributes as Record<string, number> & Attributes;
  const q = given(inputs, 0);
  const query = unpackHeads(q, q_num_heads);
  const [key, value] = [1, 2].map((i) => joined(inputs[i + 3], unpackHeads(given(inputs, i), kv_num_heads))) as [
    Value,
    Value,
  ];
  const [batch, heads, queryLen, headDim] = query.shape as [number, number, number, number];
  const scoresShape = [batch, heads, queryLen, key.shape[2] as number] as const;
  const call = { attributes, scoresShape, offsets: offsetsOf(inputs, batch, queryLen), lengths: inputs[6]?.data };
  const bias = forbid(maskBias(inputs[3], scoresShape).slice(), call);
  const scores = scoresOf(query, key, (attributes.scale as number | undefined) ?? 1 / Math.sqrt(headDim));
  const cap = softcap as number;
  const capped = cap > 0 ? scores.map((x) => cap * Math.tanh(x / cap)) : scores;
  const biased = capped.map((x, i) => x + (bias[i] as number));
  const weights = weightsOf(biased, bias, scoresShape[3], (softmax_precision as DType | undefined) ?? "float64");
  const shown = [scores, capped, biased, weights][attributes.qk_matmul_output_mode as number] as Float64Array;
  const output = { ...weighted(weights, value, scoresShape), dtype: q.dtype };
  return [
    q.shape.length === 3 ? packHeads(output) : output,
    key,
    value,
    { data: shown, shape: scoresShape, dtype: q.dtype },
  ].slice(0, outputs);
};

export const ATTENTIONS: KernelTable = { Attention: attention };
