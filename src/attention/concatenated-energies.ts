import { Linear } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import type { AttentionInput, AttentionOutput } from "./contract.ts";

/**
 * Energies from the concatenation of key and query through two small layers:
 *
 *     score(q, k) = relu(w₂ · tanh(W₁ [k; q] + b₁) + b₂)     weights = softmax(score)
 *
 * Source: the date-normalisation exercise of Andrew Ng's course *Sequence Models* (2018, week 3), after Bahdanau et al. 2014.
 * `W₁ [k; q]` is computed as `W_k k + W_q q`: the keys' share once, however many queries follow.
 */
export class ConcatenatedEnergies extends Module {
  /** `[keyDim hiddenDim]`, with the bias b₁ */
  readonly keyProjection: Linear;
  /** `[queryDim hiddenDim]`, without bias */
  readonly queryProjection: Linear;
  /** `[hiddenDim 1]`, with the bias b₂ */
  readonly energy: Linear;

  /** @param options.hiddenDim default 10, as in the source */
  constructor(options: { queryDim: number; keyDim: number; hiddenDim?: number }) {
    super();
    const { queryDim, keyDim, hiddenDim = 10 } = options;
    this.keyProjection = new Linear({ inputDim: keyDim, outputDim: hiddenDim });
    this.queryProjection = new Linear({ inputDim: queryDim, outputDim: hiddenDim, bias: false });
    this.energy = new Linear({ inputDim: hiddenDim, outputDim: 1 });
  }

  /** The scores alone: `[batch queryLen keyLen]`. Inside, keyLen leads: one query then stretches over long runs of memory. */
  score({ query, key }: { query: Tensor; key: Tensor }): Tensor {
    const keys = rearrange(this.keyProjection.forward(key), "batch keyLen hidden -> keyLen batch hidden");
    const queries = rearrange(this.queryProjection.forward(query), "batch queryLen hidden -> queryLen batch hidden");
    const energies = this.energy
      .forward(keys.unsqueeze(1).add(queries.unsqueeze(0)).tanh())
      .relu()
      .squeeze(-1);
    return rearrange(energies, "keyLen queryLen batch -> batch queryLen keyLen");
  }

  /**
   * @returns `output` `[batch queryLen valueDim]`, `weights` `[batch queryLen keyLen]`
   * @throws ShapeError when a dimension does not fit
   */
  forward({ query, key, value, mask, bias }: AttentionInput): AttentionOutput {
    bindAxes("ConcatenatedEnergies", {
      query: [query, "batch queryLen queryDim"],
      key: [key, "batch keyLen keyDim"],
      value: [value, "batch keyLen valueDim"],
      keyProjection: [this.keyProjection.weight, "keyDim hiddenDim"],
      queryProjection: [this.queryProjection.weight, "queryDim hiddenDim"],
    });
    const rest = { ...(mask ? { mask } : {}), ...(bias ? { bias } : {}) };
    return attend({ query, key, value, ...rest, score: (args) => this.score(args) });
  }
}
