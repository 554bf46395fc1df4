import { withGradientOf } from "../autodiff/gradient.ts";
import { requirePositive } from "../nn/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import { type Mechanism, moduleOf, type Normalize } from "./contract.ts";
import { perturbed } from "./gumbel-noise.ts";
import { hardmax } from "./hardmax.ts";
import { scaledDot } from "./scaled-dot-product.ts";
import { softmax } from "./softmax.ts";

export { gumbelNoise } from "./gumbel-noise.ts";

export interface GumbelOptions {
  /** τ: the lower, the nearer the soft weights are to a choice, and the rougher their gradients; default 1. */
  readonly temperature?: number;
  /** Whether the weights are the choice itself, with the gradient of the soft ones; default true. */
  readonly hard?: boolean;
  /** Uniform numbers in [0, 1), stretching to the scores, used in training and outside; default: fresh ones in training, none outside. */
  readonly noise?: Tensor;
}

/**
 * Straight-through Gumbel-softmax: a key drawn from the softmax distribution, with the gradient of soft weights:
 *
 *     soft = softmax((s + g) / τ)     weights = one-hot(argmax (s + g)), in backward as if they were soft
 *
 * where g = −log(−log u) with u uniform, for each key its own, so that the argmax is distributed as softmax(s).
 *
 * Source: Jang, Gu & Poole 2016, equations 1 and 2 and section 2.2; at the same time Maddison, Mnih & Teh 2016.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `scores` | `[... queryLen keyLen]` |
 * | `mask` (true = may attend) | stretching to `[... queryLen keyLen]` |
 * | `noise` | stretching to `[... queryLen keyLen]` |
 * | `weights` | `[... queryLen keyLen]`, one-hot unless `hard` is false |
 *
 * Defaults: temperature 1, hard. Edges: outside training there is no noise, and the likeliest key is taken (without a gradient to
 * the scores), or, where `hard` is false, softmax(s / τ); forbidden keys are never drawn, and a row whose mask forbids every key is
 * all 0, with finite gradients; the gradient is biased, but varies less than that of `sampled`.
 *
 * @throws RangeError unless the temperature is finite and above 0
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gumbel } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { array, constant } from "fovea/tensor";
 *
 * const scores = constant(array([2, 1, 0], [1, 3]));
 * const noise = constant(array([0.5, 0.9, 0.5], [1, 3]));
 * const weights = { likeliest: gumbel()(scores, undefined), drawn: gumbel({ noise })(scores, undefined) };
 * const { likeliest, drawn } = evaluate(weights, {});
 * assert.deepEqual([...likeliest.data], [1, 0, 0]);
 * assert.deepEqual([...drawn.data], [0, 1, 0]); // 1 − log(−log 0.9) = 3.25, 2 − log(−log 0.5) = 2.37
 * ```
 */
export function gumbel({ temperature = 1, hard = true, noise }: GumbelOptions = {}): Normalize {
  requirePositive("gumbel", { temperature });
  return (scores, mask) => {
    const noisy = perturbed(scores, { kind: "gumbel", noise });
    if (hard && noisy === scores) return hardmax(scores, mask);
    const soft = softmax(noisy.mul(1 / temperature), mask);
    return hard ? withGradientOf(hardmax(noisy, mask), soft) : soft;
  };
}

export const GUMBEL: Mechanism = {
  name: "gumbel",
  family: "normalizers",
  authors: "Jang, Gu & Poole",
  year: 2016,
  title: "Categorical Reparameterization with Gumbel-Softmax",
  section: "section 2.2",
  module: "attention/gumbel.ts",
  axes: "... queryLen keyLen",
  choose: "One key at a time, chosen in training, too, and trained by ordinary gradients.",
  example: {
    task: "content",
    build: () => moduleOf((input) => attend({ ...input, score: scaledDot(), normalize: gumbel() })),
  },
};
