import { Linear } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import { bindAxes } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import type { AttentionInput, AttentionOutput, Mechanism, Normalize } from "./contract.ts";
import { dot } from "./dot.ts";

export interface GeneralAttentionOptions {
  readonly queryDim: number;
  readonly keyDim: number;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
}

/**
 * General (bilinear) attention: a learned matrix says what of the query fits what of the key.
 *
 *     score(q, k) = qᵀ W k     weights = softmax(score)     output = weights · value
 *
 * Source: Luong, Pham & Manning 2015, section 3.1, the score called general, where W is W_a.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen queryDim]` |
 * | `key` | `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 * | `projection.weight` (W) | `[queryDim keyDim]` |
 *
 * Defaults: no mask, no bias, no dropout, softmax. Edges: query and key may differ in size; W is applied to the queries, so that
 * a decoder that asks step by step projects one row a step; leading axes are free and stretch; with W the identity it is
 * `dotProduct`; a row whose mask forbids every key has zero weights and output.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a size or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GeneralAttention } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const attention = new GeneralAttention({ queryDim: 3, keyDim: 5 });
 * const states = input("states", ["batch", "keyLen", 5]);
 * const { output, weights } = attention.forward({ query: input("query", ["batch", 2, 3]), key: states, value: states });
 * assert.deepEqual([output.shape, weights.shape], [["batch", 2, 5], ["batch", 2, "keyLen"]]);
 * assert.deepEqual([...attention.parameters().keys()], ["projection.weight"]);
 * ```
 */
export class GeneralAttention extends Module {
  readonly projection: Linear;
  readonly dropout: number;
  readonly normalize: Normalize | undefined;

  constructor(options: GeneralAttentionOptions) {
    super();
    const { queryDim, keyDim, dropout = 0, normalize } = options;
    requirePositiveIntegers("GeneralAttention", { queryDim, keyDim });
    requireFractions("GeneralAttention", { dropout });
    this.projection = new Linear({ inputDim: queryDim, outputDim: keyDim, bias: false });
    this.dropout = dropout;
    this.normalize = normalize;
  }

  /** The scores alone, for `attend`: `[... queryLen keyLen]`. */
  score({ query, key }: { query: Tensor; key: Tensor }): Tensor {
    return dot({ query: this.projection.forward(query), key });
  }

  forward(args: AttentionInput): AttentionOutput {
    bindAxes("GeneralAttention", {
      projection: [this.projection.weight, "queryDim keyDim"],
      query: [args.query, "... queryLen queryDim"],
      key: [args.key, "... keyLen keyDim"],
      value: [args.value, "... keyLen valueDim"],
    });
    const { dropout, normalize } = this;
    const { output, weights } = attend({ ...args, dropout, normalize, score: (pair) => this.score(pair) });
    return { output, weights };
  }
}

export const GENERAL: Mechanism = {
  name: "general",
  family: "scores",
  authors: "Luong, Pham & Manning",
  year: 2015,
  title: "Effective Approaches to Attention-based Neural Machine Translation",
  section: "section 3.1, the score general",
  module: "attention/general.ts",
  axes: "... queryLen keyLen",
  choose: "Queries and keys of different spaces: one matrix turns the one into the other, and scores stay a product.",
  example: {
    task: "content",
    build: ({ dim }) => new GeneralAttention({ queryDim: dim, keyDim: dim }),
  },
};
