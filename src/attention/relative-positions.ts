import { dropout as drop } from "../nn/dropout.ts";
import { glorot } from "../nn/initializers.ts";
import { Module, Parameter } from "../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import { broadcast } from "../tensor/operators/operator.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import { applyOne, type Tensor, zeros } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import type { AttentionOutput, Mechanism, Normalize, ScoreInput } from "./contract.ts";
import { distances, type PlacedInput, type Places } from "./places.ts";
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

/**
 * Which of the 2k + 1 distances lies from each query to each key: `[... queryLen keyLen]` int32, clip(key − query, −k, k) + k.
 * The queries are the last places, unless `queryOffset` says where the first one stands.
 *
 * @throws RangeError for a maxDistance that is not a positive integer, and a queryOffset that is no integer; ShapeError for one that
 *   is not int32
 */
export function clippedDistances({ maxDistance, ...places }: Places & { readonly maxDistance: number }): Tensor {
  requirePositiveIntegers("clippedDistances", { maxDistance });
  const all = distances("clippedDistances", places);
  return all.maximum(-maxDistance).minimum(maxDistance).add(maxDistance);
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
 * Defaults: no mask, no bias, no dropout, softmax; the queries are the last places, as in `causalMask`. Edges: keys that are padded
 * on the right move the queries, unless `queryOffset` says where the first one stands; leading axes (batch, heads) are free, and
 * all heads share the vectors; keys farther off than k can be told apart by content only; a row whose mask forbids every key has
 * zero weights and output.
 *
 * @throws ShapeError when a dimension does not fit or a queryOffset is not int32; RangeError for a size, a dropout or a queryOffset
 *   out of range
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
 * const last = clippedDistances({ queryLen: 1, keyLen: 4, maxDistance: 2 }); // 3, 2, 1 and 0 places before the query
 * const { distances } = evaluate({ distances: last }, {});
 * assert.deepEqual([...distances.data], [0, 0, 1, 2]);
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
  score({ query, key, queryOffset }: ScoreInput): Tensor {
    const [queryLen, keyLen] = [query.dim(-2), key.dim(-2)];
    const distance = this.#distances({ queryLen, keyLen, queryOffset });
    const leading = broadcast("RelativePositionAttention", [query.shape.slice(0, -2), distance.shape.slice(0, -2)]);
    const scale = 1 / Math.sqrt(this.keyDistances.dim(1) as number);
    const byDistance = query.mul(scale).matmul(rearrange(this.keyDistances, "distance headDim -> headDim distance"));
    const all =
      byDistance.rank - 2 < leading.length
        ? byDistance.expand([...leading, ...byDistance.shape.slice(-2)])
        : byDistance;
    const ofKeys = all.gatherElements(distance.expand([...leading, queryLen, keyLen]));
    return scaledDot({ scale })({ query, key }).add(ofKeys);
  }

  forward({ queryOffset, ...args }: PlacedInput): AttentionOutput {
    const { queryLen, keyLen } = bindAxes("RelativePositionAttention", {
      keyDistances: [this.keyDistances, "distance headDim"],
      valueDistances: [this.valueDistances, "distance valueDim"],
      query: [args.query, "... queryLen headDim"],
      key: [args.key, "... keyLen headDim"],
      value: [args.value, "... keyLen valueDim"],
    });
    const { normalize } = this;
    const { weights } = attend({ ...args, normalize, queryOffset, score: (pair) => this.score(pair) });
    const kept = drop(weights, this.dropout);
    const distance = this.#distances({ queryLen, keyLen, queryOffset });
    const output = kept.matmul(args.value).add(this.#sumByDistance(kept, distance).matmul(this.valueDistances));
    return { output, weights };
  }

  /** Weights `[... queryLen keyLen]` → `[... queryLen 2k+1]` */
  #sumByDistance(weights: Tensor, distance: Tensor): Tensor {
    const empty = zeros([...weights.shape.slice(0, -1), this.valueDistances.dim(0)], weights.dtype);
    return applyOne("ScatterElements", [empty, distance.expand(weights.shape), weights], {
      axis: -1,
      reduction: "add",
    });
  }

  #distances(places: Places): Tensor {
    return clippedDistances({ ...places, maxDistance: this.maxDistance });
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
