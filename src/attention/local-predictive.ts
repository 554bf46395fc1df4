import { Linear } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import type { Dim } from "../tensor/dim.ts";
import type { DType } from "../tensor/nd-array.ts";
import { bindAxes } from "../tensor/patterns.ts";
import { shapeTensor } from "../tensor/symbolic-shape.ts";
import { full, range, type Tensor, where } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import type { AttentionInput, AttentionOutput, Mechanism, Normalize, Score } from "./contract.ts";
import { checkMask, windowMask } from "./masks.ts";
import { placeType } from "./places.ts";
import { scaledDot } from "./scaled-dot-product.ts";
import { within } from "./windows.ts";

export interface LocalPredictiveAttentionOptions {
  readonly queryDim: number;
  readonly hiddenDim: number;
  /** How far from its place a query sees, in keys, a positive integer. */
  readonly radius: number;
  /** Default: `scaledDot()`. */
  readonly score?: Score | undefined;
  /** Inside the window, before the Gaussian; default: `softmax`. */
  readonly normalize?: Normalize | undefined;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
}

export interface LocalPredictiveAttentionOutput extends AttentionOutput {
  /** The place that each query looks at, `[... queryLen]`, from 0 to the number of its keys. */
  readonly place: Tensor;
}

/**
 * Local attention whose window stands where the query says (local-p): a small network predicts a place between keys, and the
 * keys around it count the less the farther they lie.
 *
 *     p_t = S · sigmoid(v · tanh(W_p q_t))
 *     weights = softmax(score) · exp(−(s − p_t)² / (2σ²))     σ = radius / 2     output = weights · value
 *
 * with the softmax over the keys s of [p_t − radius, p_t + radius]. Source: Luong, Pham & Manning 2015, section 3.2, equations 9
 * and 10, where the radius is called D. S is the number of keys that the mask allows the query, or keyLen without a mask.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen queryDim]` |
 * | `key` | `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 * | `place` (p_t) | `[... queryLen]`, leading axes as far as query and mask have them |
 * | `placeProjection.weight` (W_p) | `[queryDim hiddenDim]` |
 * | `placeScore.weight` (v) | `[hiddenDim 1]` |
 *
 * Defaults: no mask, no bias, no dropout, softmax, the scaled dot product as the score. Edges: keys are counted from 0; weights are not
 * normalised again, as in the source, so that a row sums to at most 1; keys outside the window get exactly 0; a mask should
 * allow keys from the first on, for S counts them; a row whose mask forbids every key has zero weights and output. The places
 * learn through the Gaussian only, so from the keys that lie in the window to begin with: it should not start narrow.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a size, a radius or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { LocalPredictiveAttention } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const attention = new LocalPredictiveAttention({ queryDim: 3, hiddenDim: 5, radius: 2 });
 * const states = input("states", ["batch", "keyLen", 3]);
 * const { output, place } = attention.forward({ query: input("query", ["batch", 7, 3]), key: states, value: states });
 * assert.deepEqual(output.shape, ["batch", 7, 3]);
 * assert.deepEqual(place.shape, ["batch", 7]);
 * ```
 */
export class LocalPredictiveAttention extends Module {
  readonly placeProjection: Linear;
  readonly placeScore: Linear;
  readonly radius: number;
  readonly dropout: number;
  readonly score: Score;
  readonly normalize: Normalize | undefined;

  constructor(options: LocalPredictiveAttentionOptions) {
    super();
    const { queryDim, hiddenDim, radius, score = scaledDot(), normalize, dropout = 0 } = options;
    requirePositiveIntegers("LocalPredictiveAttention", { queryDim, hiddenDim, radius });
    requireFractions("LocalPredictiveAttention", { dropout });
    this.placeProjection = new Linear({ inputDim: queryDim, outputDim: hiddenDim, bias: false });
    this.placeScore = new Linear({ inputDim: hiddenDim, outputDim: 1, bias: false });
    this.radius = radius;
    this.dropout = dropout;
    this.score = score;
    this.normalize = normalize;
  }

  /** The place that each query looks at: `[... queryLen queryDim]` → `[... queryLen]`, in float32 at least. */
  place({ query, keyLen, mask }: { query: Tensor; keyLen: Dim; mask?: Tensor | undefined }): Tensor {
    const hidden = this.placeProjection.forward(query).tanh();
    const type = placeType(query.dtype);
    return this.placeScore.forward(hidden).squeeze(-1).sigmoid().cast(type).mul(keyCount({ keyLen, mask, type }));
  }

  forward(args: AttentionInput): LocalPredictiveAttentionOutput {
    const { keyLen } = bindAxes("LocalPredictiveAttention", {
      placeProjection: [this.placeProjection.weight, "queryDim hiddenDim"],
      query: [args.query, "... queryLen queryDim"],
      key: [args.key, "... keyLen keyDim"],
      value: [args.value, "... keyLen valueDim"],
    });
    const { score, dropout, radius } = this;
    // Before the mask is read for the places: attend would be too late.
    checkMask("LocalPredictiveAttention", args, score(args).shape);
    const place = this.place({ query: args.query, keyLen, mask: args.mask });
    const normalize = gaussian({ place, keyLen, radius, normalize: this.normalize });
    const { output, weights } = attend({ ...args, dropout, score, normalize });
    return { output, weights, place };
  }
}

interface GaussianOptions {
  readonly place: Tensor;
  readonly keyLen: Dim;
  readonly radius: number;
  readonly normalize: Normalize | undefined;
}

/** Normalized inside the window, times a Gaussian around the place (equation 10). */
function gaussian({ place, keyLen, radius, normalize }: GaussianOptions): Normalize {
  const inside = within(windowMask(place, { keyLen, radius }), normalize);
  const distance = range(keyLen).cast(place.dtype).sub(place.unsqueeze(-1));
  const deviation = radius / 2;
  const nearness = distance
    .mul(distance)
    .mul(-1 / (2 * deviation * deviation))
    .exp();
  return (scores, mask) => inside(scores, mask).mul(nearness.cast(scores.dtype));
}

/** How many keys each query may attend to: `[... queryLen]`, or a scalar without a mask. */
function keyCount({ keyLen, mask, type }: { keyLen: Dim; mask: Tensor | undefined; type: DType }): Tensor {
  if (!mask) return shapeTensor([keyLen]).squeeze(0).cast(type);
  return where(mask, full([keyLen], 1, type), 0).sum({ axes: -1 });
}

export const LOCAL_PREDICTIVE: Mechanism = {
  name: "local-predictive",
  family: "windows",
  authors: "Luong, Pham & Manning",
  year: 2015,
  title: "Effective Approaches to Attention-based Neural Machine Translation",
  section: "section 3.2, local-p, equations 9 and 10",
  module: "attention/local-predictive.ts",
  axes: "... queryLen keyLen",
  choose: "Queries that know about where to look, in another order than the keys: they name a place and see around it.",
  example: {
    task: "nearby",
    build: ({ dim }) => new LocalPredictiveAttention({ queryDim: dim, hiddenDim: 16, radius: 3 }),
    steps: 150,
  },
};
