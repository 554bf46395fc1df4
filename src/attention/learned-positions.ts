import { type Initializer, normal } from "../nn/initializers.ts";
import { Module, Parameter } from "../nn/module.ts";
import { requirePositiveIntegers } from "../nn/options.ts";
import type { Dim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { type Tensor, where } from "../tensor/tensor.ts";
import type { Mechanism } from "./contract.ts";
import { placesFrom } from "./places.ts";
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
   * The vectors of the places `first` … first + length − 1, `[length dim]`. Where only a run knows the places and one of them has no
   * vector, the run fails, at the latest when the vectors are added to something of that length.
   *
   * @param first a number, a dimension, or int32, a scalar or stretching to `[... length]`; default 0
   * @throws ShapeError for a place before 0 or from maxLen on
   */
  forward(length: Dim, first: Dim | Tensor = 0): Tensor {
    const maxLen = this.weight.dim(0) as number;
    if (typeof first !== "number" || typeof length === "string") {
      const places = placesFrom(first, length);
      // A negative index would count from the last row.
      return this.weight.gather(typeof first === "object" ? where(places.less(0), maxLen, places) : places);
    }
    const end = first + length;
    if (end > maxLen) {
      throw new ShapeError(`LearnedPositions: expected at most maxLen=${maxLen} places but found ${end}`);
    }
    if (first < 0) throw new ShapeError(`LearnedPositions: expected places from 0 on but found ${first}`);
    return this.weight.slice({ axis: 0, start: first, end });
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
 * Defaults: no mask, no bias, no dropout, softmax; the queries are the last places, as in `causalMask`. Edges: queries and keys have
 * vectors of their own; a place that training has not seen keeps its first, random vector, and there is none from maxLen on, nor
 * before the first key: where queries are more than keys, `queryOffset` must say where the first one stands; keys that are padded on
 * the right move the queries, unless it does; leading axes are free and stretch; a row whose mask forbids every key has zero weights
 * and output.
 *
 * @throws ShapeError when a dimension does not fit, a place has no vector, or a queryOffset is not int32; RangeError for a size, a
 *   dropout or a queryOffset out of range
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
