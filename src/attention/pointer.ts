import { Module } from "../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import { bindAxes } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { AdditiveAttention } from "./additive.ts";
import { attend } from "./attend.ts";
import { type AttentionInput, type AttentionOutput, exampleOf, type Mechanism } from "./contract.ts";
import { allowedLogSoftmax } from "./masks.ts";

export interface PointerAttentionOptions {
  readonly queryDim: number;
  readonly keyDim: number;
  readonly hiddenDim: number;
  /** Probability of dropping a weight on its way to `output`, in training; default 0. */
  readonly dropout?: number | undefined;
}

export interface PointerOutput extends AttentionOutput {
  /** `[... queryLen keyLen]`: logarithms of the weights; of forbidden keys −10,000. */
  readonly logProbabilities: Tensor;
}

/**
 * A pointer into the keys: the weights themselves are the answer, a distribution over as many classes as there are keys.
 *
 *     u_j = v · tanh(W_k k_j + W_q q)     weights = softmax(u)     logProbabilities = log softmax(u)     output = weights · value
 *
 * Source: Vinyals, Fortunato & Jaitly 2015, section "Ptr-Net", where W₁ is our W_k and W₂ our W_q. It scores as additive
 * attention does; what it is trained for is new.
 *
 * To train it, take the index of the right key as the label of each query, and `logProbabilities` as logits:
 * `crossEntropy(logProbabilities, index)`. To answer, `logProbabilities.argMax()`.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen queryDim]` |
 * | `key` | `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights`, `logProbabilities` | `[... queryLen keyLen]` |
 * | `energy.queryProjection.weight` (W_q) | `[queryDim hiddenDim]` |
 * | `energy.keyProjection.weight` (W_k) | `[keyDim hiddenDim]` |
 * | `energy.scoreProjection.weight` (v) | `[hiddenDim 1]` |
 *
 * Defaults: no mask, no bias, no dropout. Edges: a forbidden key's log-probability is −10,000, finite, so that its share of any loss
 * is; it has no gradient. A row whose mask forbids every key has zero weights and output, and −10,000 throughout.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a size or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { PointerAttention } from "fovea/attention";
 * import { crossEntropy } from "fovea/nn";
 * import { input } from "fovea/tensor";
 *
 * const pointer = new PointerAttention({ queryDim: 3, keyDim: 5, hiddenDim: 7 });
 * const places = input("places", ["batch", "keyLen", 5]);
 * const query = input("query", ["batch", 2, 3]);
 * const { logProbabilities } = pointer.forward({ query, key: places, value: places });
 * const { sum } = crossEntropy(logProbabilities, input("index", ["batch", 2], "int32"));
 * assert.deepEqual(sum.shape, []);
 * assert.deepEqual(logProbabilities.argMax().shape, ["batch", 2]);
 * ```
 */
export class PointerAttention extends Module {
  readonly energy: AdditiveAttention;

  constructor(options: PointerAttentionOptions) {
    super();
    const { queryDim, keyDim, hiddenDim, dropout = 0 } = options;
    requirePositiveIntegers("PointerAttention", { queryDim, keyDim, hiddenDim });
    requireFractions("PointerAttention", { dropout });
    this.energy = new AdditiveAttention(options);
  }

  forward(args: AttentionInput): PointerOutput {
    bindAxes("PointerAttention", {
      queryProjection: [this.energy.queryProjection.weight, "queryDim hiddenDim"],
      keyProjection: [this.energy.keyProjection.weight, "keyDim hiddenDim"],
      query: [args.query, "... queryLen queryDim"],
      key: [args.key, "... keyLen keyDim"],
      value: [args.value, "... keyLen valueDim"],
    });
    const { dropout } = this.energy;
    const { output, weights, scores } = attend({ ...args, dropout, score: (pair) => this.energy.score(pair) });
    return { output, weights, logProbabilities: allowedLogSoftmax(scores, args.mask) };
  }
}

export const POINTER: Mechanism = {
  name: "pointer",
  family: "memory",
  authors: "Vinyals, Fortunato & Jaitly",
  year: 2015,
  title: "Pointer Networks",
  section: "section Ptr-Net",
  module: "attention/pointer.ts",
  axes: "... queryLen keyLen",
  choose: "Answers that are among the keys themselves, however many there are: sorting, routes, copying a word.",
  example: exampleOf({
    task: "smallest",
    build: ({ dim }) => new PointerAttention({ queryDim: dim, keyDim: dim, hiddenDim: 16 }),
    /** The cross-entropy of what is pointed at. */
    loss: ({ answer, where }) =>
      answer.logProbabilities.gatherElements(where.unsqueeze(-1)).squeeze(-1).sum({ axes: -1 }).neg(),
  }),
};
