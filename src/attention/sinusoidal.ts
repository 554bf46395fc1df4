import { requirePositiveIntegers } from "../nn/options.ts";
import type { Dim } from "../tensor/dim.ts";
import { rearrange } from "../tensor/patterns.ts";
import { constant, stack, type Tensor } from "../tensor/tensor.ts";
import type { Mechanism } from "./contract.ts";
import { placesFrom } from "./places.ts";
import { PositionedAttention, type PositionedAttentionOptions, type Positions } from "./positioned-attention.ts";

/** The longest wave is 2π times as long. */
const BASE = 10_000;

/**
 * The places `first` … first + length − 1 as sines and cosines of waves that grow longer with the dimension, `[length dim]`: even
 * dimensions hold sin(place / 10000^(2i/dim)), odd ones the cosine of the same angle. `length` may be a symbol; an odd `dim` ends
 * with a sine.
 *
 * @param first a number, a dimension, or int32, a scalar or stretching to `[... length]`; default 0. Behind cached keys it is how
 *   many there are: `cache.key.dim(-2)`
 * @throws RangeError for a dim that is not a positive integer
 */
export function sinusoidalPositions(length: Dim, dim: number, first: Dim | Tensor = 0): Tensor {
  requirePositiveIntegers("sinusoidalPositions", { dim });
  const rates = Array.from({ length: Math.ceil(dim / 2) }, (_, i) => BASE ** ((-2 * i) / dim));
  const angles = placesFrom(first, length).cast("float32").unsqueeze(-1).mul(constant(rates));
  const waves = rearrange(stack([angles.sin(), angles.cos()], -1), "... length half pair -> ... length (half pair)");
  return dim % 2 === 0 ? waves : waves.slice({ axis: -1, end: dim });
}

/**
 * Attention that knows places by waves: sinusoidal positions are added to queries and keys, both are projected, and scaled
 * dot-product attention compares them.
 *
 *     PE(p, 2i) = sin(p / 10000^(2i/dim))     PE(p, 2i + 1) = cos(p / 10000^(2i/dim))
 *     output = softmax((Q + PE) W_Q ((K + PE) W_K)ᵀ / √headDim) V
 *
 * Source: Vaswani et al. 2017, section 3.5; the attention is that of section 3.2.1. For a fixed distance d, PE(p + d) is PE(p)
 * turned by angles that do not depend on p: the projections can learn to look a number of places back, or to mirror places.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen queryDim]` |
 * | `key` | `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 * | `sinusoidalPositions(length, dim)` | `[length dim]` |
 * | `queryProjection.weight` (W_Q), `.bias` | `[queryDim headDim]`, `[headDim]` |
 * | `keyProjection.weight` (W_K), `.bias` | `[keyDim headDim]`, `[headDim]` |
 *
 * Defaults: no mask, no bias, no dropout, softmax; the queries are the last places, as in `causalMask`. Edges: nothing is learned of
 * places, so sequences may be longer than any in training; keys that are padded on the right move the queries, unless `queryOffset`
 * says where the first one stands; leading axes are free and stretch; a row whose mask forbids every key has zero weights and
 * output.
 *
 * @throws ShapeError when a dimension does not fit or a queryOffset is not int32; RangeError for a size, a dropout or a queryOffset
 *   out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { SinusoidalAttention, sinusoidalPositions } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { input } from "fovea/tensor";
 *
 * const attention = new SinusoidalAttention({ queryDim: 4, keyDim: 4, headDim: 8 });
 * const states = input("states", ["batch", "time", 4]);
 * const { weights } = attention.forward({ query: states, key: states, value: states });
 * assert.deepEqual(weights.shape, ["batch", "time", "time"]);
 *
 * const { places } = evaluate({ places: sinusoidalPositions(2, 4) }, {});
 * const rounded = [...places.data].map((x) => Number(x).toFixed(3));
 * assert.deepEqual(rounded, ["0.000", "1.000", "0.000", "1.000", "0.841", "0.540", "0.010", "1.000"]);
 * ```
 */
export class SinusoidalAttention extends PositionedAttention {
  constructor(options: PositionedAttentionOptions) {
    const waves = (dim: number): Positions => ({ forward: (length, first) => sinusoidalPositions(length, dim, first) });
    super("SinusoidalAttention", options, { query: waves(options.queryDim), key: waves(options.keyDim) });
  }
}

export const SINUSOIDAL: Mechanism = {
  name: "sinusoidal",
  family: "positions",
  authors: "Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser & Polosukhin",
  year: 2017,
  title: "Attention Is All You Need",
  section: "section 3.5",
  module: "attention/sinusoidal.ts",
  axes: "... queryLen keyLen",
  choose: "Places without anything to learn, for sequences of any length.",
  example: {
    task: "own-place",
    build: ({ dim }) => new SinusoidalAttention({ queryDim: dim, keyDim: dim, headDim: dim }),
  },
};
