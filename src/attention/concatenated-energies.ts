import { Linear } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import type { AttentionInput, AttentionOutput, Mechanism, Normalize, ScoreInput } from "./contract.ts";

export interface ConcatenatedEnergiesOptions {
  readonly queryDim: number;
  readonly keyDim: number;
  /** Default 10, as in the source. */
  readonly hiddenDim?: number;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
}

/**
 * Energies from the concatenation of key and query through two small layers:
 *
 *     score(q, k) = relu(w₂ · tanh(W₁ [k; q] + b₁) + b₂)     weights = softmax(score)     output = weights · value
 *
 * Source: the date-normalisation exercise of Andrew Ng's course *Sequence Models* (2018, week 3, `one_step_attention`), after
 * Bahdanau et al. 2014, appendix A.1.2. `W₁ [k; q]` is computed as `W_k k + W_q q`: the keys' share once, however many queries
 * follow.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen queryDim]` |
 * | `key` | `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 * | `keyProjection.weight` (W_k), `.bias` (b₁) | `[keyDim hiddenDim]`, `[hiddenDim]` |
 * | `queryProjection.weight` (W_q) | `[queryDim hiddenDim]` |
 * | `energy.weight` (w₂), `.bias` (b₂) | `[hiddenDim 1]`, `[1]` |
 *
 * Defaults: hiddenDim 10, no mask, no bias, no dropout, softmax. Edges: keys whose energies are below 0 share a score of 0, and
 * where all are, the weights are even and the scores have no gradient (relu); leading axes are free and stretch; a row whose mask
 * forbids every key has zero weights and output.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a size or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ConcatenatedEnergies } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const attention = new ConcatenatedEnergies({ queryDim: 64, keyDim: 64 });
 * assert.equal(attention.parameterCount, (64 + 64) * 10 + 10 + 10 + 1);
 * const states = input("states", ["batch", 30, 64]);
 * const { weights } = attention.forward({ query: input("query", ["batch", 1, 64]), key: states, value: states });
 * assert.deepEqual(weights.shape, ["batch", 1, 30]);
 * ```
 */
export class ConcatenatedEnergies extends Module {
  readonly keyProjection: Linear;
  readonly queryProjection: Linear;
  readonly energy: Linear;
  readonly dropout: number;
  readonly normalize: Normalize | undefined;

  constructor(options: ConcatenatedEnergiesOptions) {
    super();
    const { queryDim, keyDim, hiddenDim = 10, dropout = 0, normalize } = options;
    requirePositiveIntegers("ConcatenatedEnergies", { queryDim, keyDim, hiddenDim });
    requireFractions("ConcatenatedEnergies", { dropout });
    this.keyProjection = new Linear({ inputDim: keyDim, outputDim: hiddenDim });
    this.queryProjection = new Linear({ inputDim: queryDim, outputDim: hiddenDim, bias: false });
    this.energy = new Linear({ inputDim: hiddenDim, outputDim: 1 });
    this.dropout = dropout;
    this.normalize = normalize;
  }

  /**
   * The scores alone, for `attend`: `[... queryLen keyLen]`. Inside, keyLen leads: one query then stretches over long runs of
   * memory.
   */
  score({ query, key }: ScoreInput): Tensor {
    // As many axes on either side, for the lengths to stand before them.
    const rank = Math.max(query.rank, key.rank);
    const first = (x: Tensor) =>
      rearrange(
        x.unsqueeze(Array.from({ length: rank - x.rank }, (_, i) => i)),
        "... length hidden -> length ... hidden",
      );
    const [keys, queries] = [first(this.keyProjection.forward(key)), first(this.queryProjection.forward(query))];
    const energies = this.energy
      .forward(keys.unsqueeze(1).add(queries.unsqueeze(0)).tanh())
      .relu()
      .squeeze(-1);
    return rearrange(energies, "keyLen queryLen ... -> ... queryLen keyLen");
  }

  forward(args: AttentionInput): AttentionOutput {
    bindAxes("ConcatenatedEnergies", {
      keyProjection: [this.keyProjection.weight, "keyDim hiddenDim"],
      queryProjection: [this.queryProjection.weight, "queryDim hiddenDim"],
      query: [args.query, "... queryLen queryDim"],
      key: [args.key, "... keyLen keyDim"],
      value: [args.value, "... keyLen valueDim"],
    });
    const { dropout, normalize } = this;
    const { output, weights } = attend({ ...args, dropout, normalize, score: (pair) => this.score(pair) });
    return { output, weights };
  }
}

export const CONCATENATED_ENERGIES: Mechanism = {
  name: "concatenated-energies",
  family: "scores",
  authors: "Ng, Katanforoosh & Bensouda Mourri",
  year: 2018,
  title: "Sequence Models (course), Neural Machine Translation with Attention",
  section: "week 3, one_step_attention",
  module: "attention/concatenated-energies.ts",
  axes: "... queryLen keyLen",
  choose: "To rebuild the date normaliser of the course; elsewhere additive attention is the same without the relu.",
  example: {
    task: "content",
    build: ({ dim }) => new ConcatenatedEnergies({ queryDim: dim, keyDim: dim, hiddenDim: 16 }),
  },
};
