import { type Initializer, normal } from "../nn/initializers.ts";
import { Module, Parameter } from "../nn/module.ts";
import { requirePositiveIntegers } from "../nn/options.ts";
import type { Dim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { range, type Tensor } from "../tensor/tensor.ts";
import type { Mechanism } from "./contract.ts";
import { PositionedAttention, type PositionedAttentionOptions } from "./positioned-attention.ts";

/** A learned vector for each place of a sequence, up to a greatest length. */
export class LearnedPositions extends Module {
  /** `[maxLen dim]`; starts normal with deviation 0.1 */
  readonly weight: Parameter;

  /** @throws RangeError for a size that is not a positive integer */
  constructor(options: { maxLen: number; dim: number; initializer?: Initializer }) {
    super();
    const { maxLen, dim, initializer = normal(0.1) } = options;
    requirePositiveIntegers("LearnedPositions", { maxLen, dim });
    this.weight = new Parameter([maxLen, dim], { initializer });
  }

  /**
   * The vectors of the places 0 … length − 1, `[length dim]`. Where a symbolic length comes to more than maxLen, a run fails at
   * the latest when they are added to something of that length.
   *
   * @throws ShapeError for a length above maxLen
   */
  forward(length: Dim): Tensor {
    if (typeof length === "string") return this.weight.gather(range(length));
    const maxLen = this.weight.dim(0) as number;
    if (length > maxLen) {
      throw new ShapeError(`LearnedPositions: expected at most maxLen=${maxLen} places but found ${length}`);
    }
    return this.weight.slice({ axis: 0, end: length });
  }
}

export interface LearnedPositionAttentionOptions extends PositionedAttentionOptions {
  /** Of queries and of keys. */
  readonly maxLen: number;
}

/**
 * Attention that learns a vector for each place: it is added to queries and keys, both are projected, and scaled dot-product
 * attention compares them.
 *
 *     output = softmax((Q + P_Q) W_Q ((K + P_K) W_K)ᵀ / √headDim) V
 *
 * Source: Gehring et al. 2017, section 3.1, position embeddings; Vaswani et al. 2017, section 3.5, find them as good as waves.
 * The attention is that of Vaswani et al., section 3.2.1.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen queryDim]` |
 * | `key` | `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 * | `queryPositions.weight` (P_Q) | `[maxLen queryDim]` |
 * | `keyPositions.weight` (P_K) | `[maxLen keyDim]` |
 * | `queryProjection.weight` (W_Q), `.bias` | `[queryDim headDim]`, `[headDim]` |
 * | `keyProjection.weight` (W_K), `.bias` | `[keyDim headDim]`, `[headDim]` |
 *
 * Defaults: no mask, no bias, no dropout, softmax. Edges: queries and keys are both counted from 0 and have vectors of their
 * own; a place that training has not seen keeps its first, random vector, and there is none from maxLen on; leading axes are
 * free and stretch; a row whose mask forbids every key has zero weights and output.
 *
 * @throws ShapeError when a dimension does not fit or a length is above maxLen; RangeError for a size or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { LearnedPositionAttention } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const attention = new LearnedPositionAttention({ queryDim: 4, keyDim: 4, headDim: 8, maxLen: 10 });
 * const states = input("states", ["batch", "time", 4]);
 * const { output } = attention.forward({ query: states, key: states, value: states });
 * assert.deepEqual(output.shape, ["batch", "time", 4]);
 *
 * const long = input("long", ["batch", 11, 4]);
 * const message = /expected at most maxLen=10 places but found 11/;
 * assert.throws(() => attention.forward({ query: long, key: long, value: long }), message);
 * ```
 */
export class LearnedPositionAttention extends PositionedAttention {
  constructor({ maxLen, ...options }: LearnedPositionAttentionOptions) {
    super("LearnedPositionAttention", options, {
      query: new LearnedPositions({ maxLen, dim: options.queryDim }),
      key: new LearnedPositions({ maxLen, dim: options.keyDim }),
    });
  }
}

export const LEARNED_POSITIONS: Mechanism = {
  name: "learned-positions",
  family: "positions",
  authors: "Gehring, Auli, Grangier, Yarats & Dauphin",
  year: 2017,
  title: "Convolutional Sequence to Sequence Learning",
  section: "section 3.1",
  module: "attention/learned-positions.ts",
  axes: "... queryLen keyLen",
  choose: "Short sequences of a known greatest length, with places that each mean something of their own.",
  example: {
    task: "own-place",
    build: ({ dim, queryLen, keyLen }) =>
      new LearnedPositionAttention({
        queryDim: dim,
        keyDim: dim,
        headDim: dim,
        maxLen: Math.max(queryLen, keyLen),
      }),
  },
};
