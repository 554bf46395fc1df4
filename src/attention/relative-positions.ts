import { dropout as drop } from "../nn/dropout.ts";
import { glorot } from "../nn/initializers.ts";
import { Module, Parameter } from "../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import type { Dim, Shape } from "../tensor/dim.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import { applyOne, range, type Tensor, zeros } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import type { AttentionInput, AttentionOutput, Mechanism, Normalize } from "./contract.ts";
import { scaledDot } from "./scaled-dot-product.ts";

export interface RelativePositionAttentionOptions {
  readonly headDim: number;
  readonly valueDim: number;
  /** Distances beyond it, to either side, count as it: k. */
  readonly maxDistance: number;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
}

/** Which of the 2k + 1 distances lies from each query to each key: `[queryLen keyLen]` int32, clip(key − query, −k, k) + k. */
export function clippedDistances(queryLen: Dim, keyLen: Dim, maxDistance: number): Tensor {
  const distances = range(keyLen).unsqueeze(0).sub(range(queryLen).unsqueeze(1));
  return distances.maximum(-maxDistance).minimum(maxDistance).add(maxDistance);
}

/**
 * Relative positions: each distance between a query and a key, up to ±k, has a learned vector that counts as part of the key,
 * and one that counts as part of the value.
 *
 *     score(i, j) = q_i · (k_j + a^K_ij) / √headDim     output_i = Σ_j weights_ij (v_j + a^V_ij)
 *     a_ij = w_clip(j − i)     clip(x) = max(−k, min(k, x))
 *
 * Source: Shaw, Uszkoreit & Vaswani 2018, section 3.1, equations 3 and 4, with clipped distances as in section 3.2. As in
 * section 3.3 the score's second part is taken apart: q_i · w_d for each of the 2k + 1 distances d first, then the one that
 * belongs to each key; and the output's second part the other way round: weights summed by distance, then Σ_d w_d. Nothing is as
 * large as `[queryLen keyLen headDim]`.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen headDim]` |
 * | `key` | `[... keyLen headDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 * | `keyDistances` (w^K) | `[2k+1 headDim]`, from −k (keys before the query) to k |
 * | `valueDistances` (w^V) | `[2k+1 valueDim]` |
 *
 * Defaults: no mask, no bias, no dropout, softmax. Edges: queries and keys are both counted from 0; leading axes (batch, heads)
 * are free, and all heads share the vectors; keys farther off than k can be told apart by content only; a row whose mask forbids
 * every key has zero weights and output.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a size or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clippedDistances, RelativePositionAttention } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { input } from "fovea/tensor";
 *
 * const attention = new RelativePositionAttention({ headDim: 4, valueDim: 6, maxDistance: 2 });
 * const states = input("states", ["batch", "heads", "time", 4]);
 * const { output } = attention.forward({ query: states, key: states, value: input("value", ["batch", "heads", "time", 6]) });
 * assert.deepEqual(output.shape, ["batch", "heads", "time", 6]);
 *
 * const { distances } = evaluate({ distances: clippedDistances(1, 4, 2) }, {});
 * assert.deepEqual([...distances.data], [2, 3, 4, 4]);
 * ```
 */
export class RelativePositionAttention extends Module {
  readonly keyDistances: Parameter;
  readonly valueDistances: Parameter;
  readonly maxDistance: number;
  readonly dropout: number;
  readonly normalize: Normalize | undefined;

  constructor(options: RelativePositionAttentionOptions) {
    super();
    const { headDim, valueDim, maxDistance, dropout = 0, normalize } = options;
    requirePositiveIntegers("RelativePositionAttention", { headDim, valueDim, maxDistance });
    requireFractions("RelativePositionAttention", { dropout });
    this.keyDistances = new Parameter([2 * maxDistance + 1, headDim], { initializer: glorot() });
    this.valueDistances = new Parameter([2 * maxDistance + 1, valueDim], { initializer: glorot() });
    this.maxDistance = maxDistance;
    this.dropout = dropout;
    this.normalize = normalize;
  }

  /** The scores alone, for `attend`: `[... queryLen keyLen]`. */
  score({ query, key }: { query: Tensor; key: Tensor }): Tensor {
    const scale = 1 / Math.sqrt(this.keyDistances.dim(1) as number);
    const byDistance = query.mul(scale).matmul(rearrange(this.keyDistances, "distance headDim -> headDim distance"));
    const ofKeys = byDistance.gatherElements(this.#distances([...query.shape.slice(0, -1), key.dim(-2)]));
    return scaledDot({ scale })({ query, key }).add(ofKeys);
  }

  forward(args: AttentionInput): AttentionOutput {
    bindAxes("RelativePositionAttention", {
      keyDistances: [this.keyDistances, "distance headDim"],
      valueDistances: [this.valueDistances, "distance valueDim"],
      query: [args.query, "... queryLen headDim"],
      key: [args.key, "... keyLen headDim"],
      value: [args.value, "... keyLen valueDim"],
    });
    const { weights } = attend({ ...args, normalize: this.normalize, score: (pair) => this.score(pair) });
    const kept = drop(weights, this.dropout);
    const output = kept.matmul(args.value).add(this.#sumByDistance(kept).matmul(this.valueDistances));
    return { output, weights };
  }

  /** Weights `[... queryLen keyLen]` → `[... queryLen 2k+1]` */
  #sumByDistance(weights: Tensor): Tensor {
    const empty = zeros([...weights.shape.slice(0, -1), this.valueDistances.dim(0)], weights.dtype);
    return applyOne("ScatterElements", [empty, this.#distances(weights.shape), weights], {
      axis: -1,
      reduction: "add",
    });
  }

  #distances(shape: Shape): Tensor {
    const [queryLen, keyLen] = shape.slice(-2) as [Dim, Dim];
    return clippedDistances(queryLen, keyLen, this.maxDistance).expand(shape);
  }
}

export const RELATIVE_POSITIONS: Mechanism = {
  name: "relative-positions",
  family: "positions",
  authors: "Shaw, Uszkoreit & Vaswani",
  year: 2018,
  title: "Self-Attention with Relative Position Representations",
  section: "sections 3.1 to 3.3",
  module: "attention/relative-positions.ts",
  axes: "... queryLen keyLen",
  choose: "Distances matter, not places, and each short one may mean something of its own.",
  example: {
    task: "previous",
    build: ({ dim, valueDim }) => new RelativePositionAttention({ headDim: dim, valueDim, maxDistance: 3 }),
  },
};
