import type { Mechanism } from "./contract.ts";
import { type HeadsOptions, ProjectedHeads } from "./projected-heads.ts";

/**
 * Multi-query attention: the heads have queries of their own, but one key and one value between them:
 *
 *     head h = softmax(Q_h Kᵀ / √headDim) V     output = [head 1 … head n] W_o + b_o
 *
 * Source: Shazeer 2019, section 3. A cache for decoding is smaller by the number of heads.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[batch queryLen queryDim]` |
 * | `key` | `[batch keyLen keyDim]` |
 * | `value` | `[batch keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[batch queryLen totalLen]`, or with rank 4 to `[batch heads queryLen totalLen]` |
 * | `output` | `[batch queryLen outputDim]` |
 * | `weights` | `[batch heads queryLen totalLen]` |
 * | `cache.key`, `cache.value` | in `[batch 1 pastLen headDim]`, out `[batch 1 totalLen headDim]`, totalLen = pastLen + keyLen |
 * | `queryProjection.weight`, `.bias` | `[queryDim heads·headDim]`, `[heads·headDim]` |
 * | `keyProjection.weight`, `.bias` | `[keyDim headDim]`, `[headDim]` |
 * | `valueProjection.weight`, `.bias` | `[valueDim headDim]`, `[headDim]` |
 * | `outputProjection.weight`, `.bias` (W_o, b_o) | `[heads·headDim outputDim]`, `[outputDim]` |
 *
 * Defaults and edges: as `MultiHeadAttention`. An `attention` of your own sees the key as one head, which stretches.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a size or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { MultiQueryAttention } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const attention = new MultiQueryAttention({ queryDim: 64, heads: 8 });
 * assert.deepEqual(attention.keyProjection.weight.shape, [64, 8]);
 * const states = input("states", ["batch", "len", 64]);
 * const { weights, cache } = attention.forward({ query: states, key: states, value: states, causal: true });
 * assert.deepEqual(weights.shape, ["batch", 8, "len", "len"]);
 * assert.deepEqual(cache.key.shape, ["batch", 1, "len", 8]);
 * ```
 */
export class MultiQueryAttention extends ProjectedHeads {
  constructor(options: HeadsOptions) {
    super("MultiQueryAttention", { ...options, keyValueHeads: 1 });
  }
}

export const MULTI_QUERY: Mechanism = {
  name: "multi-query",
  family: "heads",
  authors: "Shazeer",
  year: 2019,
  title: "Fast Transformer Decoding: One Write-Head is All You Need",
  section: "section 3",
  module: "attention/multi-query.ts",
  axes: "batch heads queryLen keyLen",
  choose: "Decoding where the cache must be as small as can be: one key and one value for all heads.",
  example: {
    task: "content",
    build: ({ dim, valueDim }) =>
      new MultiQueryAttention({ queryDim: dim, valueDim, outputDim: valueDim, heads: 4, headDim: 8 }),
  },
};
