import { Module } from "../nn/module.ts";
import { requireFractions } from "../nn/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import {
  type AttentionInput,
  type AttentionOutput,
  exampleOf,
  type Mechanism,
  type Normalize,
  type Score,
} from "./contract.ts";
import { perturbed } from "./gumbel-noise.ts";
import { hardmax } from "./hardmax.ts";
import { allowedLogSoftmax } from "./masks.ts";
import { MovingBaseline, reinforce } from "./reinforce.ts";
import { scaledDot } from "./scaled-dot-product.ts";
import { softmax } from "./softmax.ts";

export { MovingBaseline, type ReinforceInput, reinforce } from "./reinforce.ts";

export interface SampledOptions {
  /** Uniform numbers in [0, 1), stretching to the scores, used in training and outside; default: fresh ones in training, none outside. */
  readonly noise?: Tensor | undefined;
}

export interface SampledAttentionInput extends AttentionInput, SampledOptions {
  /** How well a key fits a query. */
  readonly score: Score;
  /** Probability of dropping a weight on its way to the output, in training; default 0. */
  readonly dropout?: number | undefined;
}

export interface SampledAttentionOutput extends AttentionOutput {
  /** softmax(scores): `[... queryLen keyLen]`. */
  readonly probabilities: Tensor;
  /** Of the key that was taken: `[... queryLen]`; 0 where the mask forbids every key. */
  readonly logProbability: Tensor;
  /** −Σ p log p, to be rewarded so that the draws stay open: `[... queryLen]`; 0 where the mask forbids every key. */
  readonly entropy: Tensor;
}

/** Draws one key by its softmax probability, in training; takes the likeliest outside. No gradient reaches the scores. */
export function sampled({ noise }: SampledOptions = {}): Normalize {
  return (scores, mask) => hardmax(perturbed(scores, { kind: "sampled", noise }), mask);
}

/**
 * Sampled attention, stochastic "hard" attention: each query reads one key, drawn by its probability:
 *
 *     p = softmax(s)     k ~ p     output = value[k]
 *
 * Source: Xu et al. 2015, section 4.1. The draw lets no gradient through to query and key: they learn by `reinforce` (their
 * lower bound's second term, with its baseline, `MovingBaseline`) and, where wanted, from `entropy`. k is drawn as
 * argmax (s − log(−log u)) with u uniform, the Gumbel-max trick.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query`, `key`, as `score` takes them | `[... queryLen queryDim]`, `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias`, `noise` (u) | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights`, one-hot; `probabilities` | `[... queryLen keyLen]` |
 * | `logProbability`, `entropy` | `[... queryLen]` |
 *
 * Defaults: no mask, no bias, no dropout; fresh noise in training. Edges: outside training the likeliest key is taken; given
 * `noise` is used in either; forbidden keys are never drawn; a row whose mask forbids every key has zero weights, output,
 * log-probability and entropy, and finite gradients.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { reinforce, sampledAttention, scaledDot } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { array, constant } from "fovea/tensor";
 *
 * const query = constant(array([1], [1, 1]));
 * const key = constant(array([0, Math.log(3)], [2, 1]));
 * const value = constant(array([10, 20], [2, 1]));
 * const noise = constant(array([0.99, 0.5], [1, 2])); // draws the first key, though the second is likelier
 * const drawn = sampledAttention({ query, key, value, score: scaledDot(), noise });
 * const loss = reinforce({ logProbability: drawn.logProbability, reward: constant([2]), baseline: 1 });
 * const { output, probabilities, found } = evaluate({ ...drawn, found: loss }, {});
 * assert.deepEqual([...output.data], [10]);
 * assert.deepEqual([...probabilities.data].map((p) => Number(p).toFixed(4)), ["0.2500", "0.7500"]);
 * assert.equal(Number(found.data[0]).toFixed(4), Math.log(4).toFixed(4));
 * ```
 */
export function sampledAttention({ noise, ...args }: SampledAttentionInput): SampledAttentionOutput {
  requireFractions("sampledAttention", { dropout: args.dropout ?? 0 });
  const { output, weights, scores } = attend({ ...args, normalize: sampled({ noise }) });
  const logProbabilities = allowedLogSoftmax(scores, args.mask);
  const probabilities = softmax(scores, args.mask);
  return {
    output,
    weights,
    probabilities,
    logProbability: weights.mul(logProbabilities).sum({ axes: -1 }),
    entropy: probabilities.mul(logProbabilities).sum({ axes: -1 }).neg(),
  };
}

/** Sampled attention with the baseline that its training keeps. */
class SampledWithBaseline extends Module {
  readonly baseline: MovingBaseline = new MovingBaseline();

  forward(input: AttentionInput): SampledAttentionOutput {
    return sampledAttention({ ...input, score: scaledDot() });
  }
}

export const SAMPLED: Mechanism = {
  name: "sampled",
  family: "normalizers",
  authors: "Xu, Ba, Kiros, Cho, Courville, Salakhutdinov, Zemel & Bengio",
  year: 2015,
  title: "Show, Attend and Tell: Neural Image Caption Generation with Visual Attention",
  section: "section 4.1",
  module: "attention/sampled.ts",
  axes: "... queryLen keyLen",
  choose: "One key at a time where only a reward tells how good it was, which need not be differentiable.",
  example: exampleOf({
    task: "marks",
    build: () => new SampledWithBaseline(),
    /** Each query's reward is its own loss, negated; the baseline is what earlier steps got on average. */
    loss: ({ model, answer, losses }) => {
      const reward = losses.neg();
      const baseline = model.baseline.forward(reward);
      return reinforce({ logProbability: answer.logProbability, reward, baseline }).sum({ axes: -1 });
    },
  }),
};
