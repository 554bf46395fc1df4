import { requirePositiveIntegers } from "../nn/options.ts";
import { nextNoiseName } from "../nn/trace.ts";
import { ModelError } from "../tensor/errors.ts";
import { broadcast } from "../tensor/operators/operator.ts";
import { bindAxes } from "../tensor/patterns.ts";
import { type AttendInput, attend } from "./attend.ts";
import { type AttentionOutput, type Mechanism, moduleOf, requireNoDropout, type Score } from "./contract.ts";
import { inChunks } from "./in-chunks.ts";
import { both, checkMask, upToMask } from "./masks.ts";
import { queryPlaces } from "./places.ts";
import { scaledDot } from "./scaled-dot-product.ts";

export interface ChunkedAttentionInput extends Omit<AttendInput, "score" | "dropout"> {
  /** Default: `scaledDot()`. */
  readonly score?: Score;
  /** Whether no query sees a key behind its own place, as with `causalMask`, which is then never whole in memory; default false. */
  readonly causal?: boolean | undefined;
  /** How many queries are answered at a time; default: 256, and more where their scores stay within a megabyte. */
  readonly chunk?: number | undefined;
}

/**
 * Exact attention in memory that grows linearly with length: queries are answered chunk by chunk, so that only
 * `[... chunk keyLen]` scores are there at a time, and the gradient computes each chunk's scores anew instead of keeping them:
 *
 *     output = [attend(query₁), attend(query₂), …]     queryᵢ the i-th `chunk` queries
 *
 * Source: Rabe & Staats 2021, *Self-attention Does Not Need O(n²) Memory*, sections 2 and 4 (chunks of queries, recomputed
 * in the backward pass); their chunks of keys are left out. Rows of attention do not depend on each other, so any score and any
 * normalizer may be chunked: a score that knows places is told those of the chunk. Only one that holds a tensor of its own for
 * every query, such as a sharpness `[queryLen 1]`, may not.
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
 * Defaults: scaled dot product, softmax, not causal, chunk 256 or more. Without a `score`, examples and heads follow one another,
 * too, where their scores together would not stay in the processor's cache. Edges: a last chunk that is not full is padded; a row whose mask
 * forbids every key has zero weights and output. No dropout and no normalizer that draws: noise for every weight would need the
 * memory that chunks save.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a chunk that is not a positive integer, and for dropout;
 *   ModelError for a normalizer that draws noise
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
  const { query, key, value, mask, bias, queryOffset, normalize, score = scaledDot(), causal = false } = args;
  const { queryLen, keyLen } = bindAxes("chunkedAttention", {
    query: [query, "... queryLen queryDim"],
    key: [key, "... keyLen keyDim"],
    value: [value, "... keyLen valueDim"],
  });
  const { chunk } = args;
  if (chunk !== undefined) requirePositiveIntegers("chunkedAttention", { chunk });
  requireNoDropout("chunkedAttention", args);
  const leading = broadcast("chunkedAttention", [query.shape.slice(0, -2), key.shape.slice(0, -2)]);
  checkMask("chunkedAttention", { mask, bias }, [...leading, queryLen, keyLen]);
  const whole = { query, key, value, mask, bias };
  const places = queryPlaces("chunkedAttention", { queryLen, keyLen, queryOffset });
  const allowed = causal ? both(mask, upToMask(places, keyLen)) : mask;
  const plain = withoutNoise(() => attend({ ...whole, queryOffset, normalize, score, mask: allowed }));
  const output = inChunks(whole, {
    chunk,
    causal,
    places,
    isSeparable: args.score === undefined,
    leading: plain.output.shape.slice(0, -2),
    attend: (part) => attend({ ...part, normalize, score }).output,
  });
  return { output, weights: plain.weights };
}

function withoutNoise<T>(build: () => T): T {
  const before = nextNoiseName("chunked");
  const built = build();
  if (nextNoiseName("chunked") === before) return built;
  throw new ModelError(
    "chunkedAttention: expected a normalizer without noise but found one that draws it for every weight; use attend()",
  );
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
