import type { Mechanism } from "./contract.ts";
import { type HeadsOptions, ProjectedHeads } from "./projected-heads.ts";

export { groupedDotProduct } from "./grouped-dot-product.ts";

export interface GroupedQueryOptions extends HeadsOptions {
  /** How many keys and values the heads share; divides heads. */
  readonly keyValueHeads: number;
}

/**
 * Grouped-query attention: each group of heads shares a key and a value:
 *
 *     head h = softmax(Q_h K_gᵀ / √headDim) V_g,  g = ⌊h · keyValueHeads / heads⌋     output = [head 1 … head n] W_o + b_o
 *
 * Source: Ainslie et al. 2023, section 2.2. With as many groups as heads it is multi-head attention, with one it is multi-query
 * attention. Heads lie in groups as in ONNX's Attention operator: neighbours share.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[batch queryLen queryDim]` |
 * | `key` | `[batch keyLen keyDim]` |
 * | `value` | `[batch keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[batch queryLen totalLen]`, or with rank 4 to `[batch heads queryLen totalLen]` |
 * | `output` | `[batch queryLen outputDim]` |
 * | `weights` | `[batch heads queryLen totalLen]` |
 * | `cache.key`, `cache.value` | in `[batch keyValueHeads pastLen headDim]`, out `[batch keyValueHeads totalLen headDim]`, totalLen = pastLen + keyLen |
 * | `queryProjection.weight`, `.bias` | `[queryDim heads·headDim]`, `[heads·headDim]` |
 * | `keyProjection.weight`, `.bias` | `[keyDim keyValueHeads·headDim]`, `[keyValueHeads·headDim]` |
 * | `valueProjection.weight`, `.bias` | `[valueDim keyValueHeads·headDim]`, `[keyValueHeads·headDim]` |
 * | `outputProjection.weight`, `.bias` (W_o, b_o) | `[heads·headDim outputDim]`, `[outputDim]` |
 *
 * Defaults and edges: as `MultiHeadAttention`. No key is copied (`groupedDotProduct`), but for an `attention` of your own, which
 * sees as many key heads as heads.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a size or a dropout out of range, and where keyValueHeads does
 *   not divide heads
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GroupedQueryAttention } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const attention = new GroupedQueryAttention({ queryDim: 64, heads: 8, keyValueHeads: 2 });
 * const states = input("states", ["batch", "len", 64]);
 * const { weights, cache } = attention.forward({ query: states, key: states, value: states, causal: true });
 * assert.deepEqual(weights.shape, ["batch", 8, "len", "len"]);
 * assert.deepEqual(cache.key.shape, ["batch", 2, "len", 8]);
 * ```
 */
export class GroupedQueryAttention extends ProjectedHeads {
  constructor(options: GroupedQueryOptions) {
    super("GroupedQueryAttention", options);
  }
}

export const GROUPED_QUERY: Mechanism = {
  name: "grouped-query",
  family: "heads",
  authors: "Ainslie, Lee-Thorp, de Jong, Zemlyanskiy, Lebrón & Sanghai",
  year: 2023,
  title: "GQA: Training Generalized Multi-Query Transformer Models from Multi-Head Checkpoints",
  section: "section 2.2",
  module: "attention/grouped-query.ts",
  axes: "batch heads queryLen keyLen",
  choose:
    "Decoding with a smaller cache at nearly the quality of multi-head attention: a few keys and values for many heads.",
  example: {
    task: "content",
    build: ({ dim, valueDim }) => {
      const heads = { heads: 4, keyValueHeads: 2, headDim: 8 };
      return new GroupedQueryAttention({ queryDim: dim, valueDim, outputDim: valueDim, ...heads });
    },
  },
};
