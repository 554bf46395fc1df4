import { requirePositiveIntegers } from "../nn/options.ts";
import { scan } from "../nn/scan.ts";
import type { Dim } from "../tensor/dim.ts";
import { bindAxes } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type AttendInput, attend } from "./attend.ts";
import { joinBlocks, splitBlocks } from "./blocks.ts";
import { type AttentionOutput, type Mechanism, moduleOf, type Score } from "./contract.ts";
import { causalMask, causalPlaces, checkMask, upToMask } from "./masks.ts";
import { scaledDot } from "./scaled-dot-product.ts";

export interface ChunkedAttentionInput extends Omit<AttendInput, "score" | "dropout"> {
  /** Default: `scaledDot()`. */
  readonly score?: Score;
  /** Whether no query sees a key behind its own place, as with `causalMask`, which is then never whole in memory; default false. */
  readonly causal?: boolean;
  /** How many queries are answered at a time; default 128. */
  readonly chunk?: number;
}

/**
 * Exact attention in memory that grows linearly with length: queries are answered chunk by chunk, so that only
 * `[... chunk keyLen]` scores are there at a time, and the gradient computes each chunk's scores anew instead of keeping them:
 *
 *     output = [attend(query₁), attend(query₂), …]     queryᵢ the i-th `chunk` queries
 *
 * Source: Rabe & Staats 2021, *Self-attention Does Not Need O(n²) Memory*, sections 2 and 4 (chunks of queries, recomputed
 * in the backward pass). Rows of attention do not depend on each other, so any score and any normalizer may be chunked.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen queryDim]` |
 * | `key` | `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]`, by the plain formula: nothing of that size is computed unless they are fetched |
 *
 * Defaults: scaled dot product, softmax, not causal, chunk 128. Edges: a last chunk that is not full is padded; up to one chunk it is plain
 * attention; a row whose mask forbids every key has zero weights and output. No dropout: it would need noise for every weight.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a chunk that is not a positive integer
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { chunkedAttention, scaledDotProduct } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { array, constant } from "fovea/tensor";
 *
 * const states = constant(array(Array.from({ length: 50 }, (_, i) => Math.sin(i)), [25, 2]));
 * const input = { query: states, key: states, value: states };
 * const { chunked, plain } = evaluate(
 *   { chunked: chunkedAttention({ ...input, chunk: 4 }).output, plain: scaledDotProduct(input).output },
 *   {},
 * );
 * assert.ok(chunked.data.every((x, i) => Math.abs(Number(x) - Number(plain.data[i])) < 1e-12));
 * ```
 */
export function chunkedAttention(args: ChunkedAttentionInput): AttentionOutput {
  const { query, key, value, mask, bias, score = scaledDot(), causal = false, chunk = 128 } = args;
  requirePositiveIntegers("chunkedAttention", { chunk });
  const { queryLen, keyLen } = bindAxes("chunkedAttention", {
    query: [query, "... queryLen queryDim"],
    key: [key, "... keyLen keyDim"],
    value: [value, "... keyLen valueDim"],
  });
  const allowed = causal ? both(mask, causalMask(queryLen, keyLen)) : mask;
  const plain = attend({ ...args, mask: allowed, score });
  if (typeof queryLen === "number" && queryLen <= chunk) return { output: plain.output, weights: plain.weights };
  checkMask("chunkedAttention", { mask, bias }, plain.scores.shape);
  const places = causal ? causalPlaces(queryLen, keyLen).unsqueeze(-1) : undefined;
  const varying = Object.entries({ query, mask, bias, places }).filter(
    ([, tensor]) => tensor && variesByQuery(tensor, queryLen),
  );
  const { output } = scan({
    initial: {},
    inputs: Object.fromEntries(varying.map(([name, tensor]) => [name, chunksOf(tensor as Tensor, chunk)])),
    step: (_, { places, ...part }: Readonly<Record<string, Tensor>>) => {
      const own = { ...args, ...part, score };
      const seen = places ? both(own.mask, upToMask(places.squeeze(-1), keyLen)) : own.mask;
      return { state: {}, output: { output: attend({ ...own, mask: seen }).output } };
    },
    unroll: false,
  });
  return { output: joined(output.output, queryLen), weights: plain.weights };
}

function both(mask: Tensor | undefined, other: Tensor): Tensor {
  return mask ? mask.and(other) : other;
}

function variesByQuery(tensor: Tensor, queryLen: Dim): boolean {
  return tensor.rank > 1 && tensor.dim(-2) === queryLen;
}

/** `[... queryLen width]` → `[chunks ... chunk width]`, the last chunk filled up with zeros. */
function chunksOf(x: Tensor, chunk: number): Tensor {
  const blocks = splitBlocks(x, chunk);
  const [at, last] = [blocks.rank - 3, blocks.rank - 1];
  return blocks.transpose([at, ...new Array(at).keys(), last - 1, last]);
}

/** `[chunks ... chunk width]` → `[... queryLen width]` */
function joined(chunks: Tensor, queryLen: Dim): Tensor {
  const [at, last] = [chunks.rank - 3, chunks.rank - 1];
  const leading = Array.from({ length: at }, (_, axis) => axis + 1);
  return joinBlocks(chunks.transpose([...leading, 0, last - 1, last]), queryLen);
}

export const CHUNKED: Mechanism = {
  name: "chunked",
  family: "efficient",
  authors: "Rabe & Staats",
  year: 2021,
  title: "Self-attention Does Not Need O(n²) Memory",
  section: "sections 2 and 4",
  module: "attention/chunked.ts",
  axes: "... queryLen keyLen",
  choose: "Sequences of thousands: exact, with memory that grows with the length and not with its square.",
  example: {
    task: "content",
    build: () => moduleOf((input) => chunkedAttention({ ...input, chunk: 2 })),
  },
};
