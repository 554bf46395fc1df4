import { attend } from "./attend.ts";
import { type Mechanism, moduleOf, type Normalize } from "./contract.ts";
import { allowedScores, allowedWeights } from "./masks.ts";
import { scaledDot } from "./scaled-dot-product.ts";

/**
 * Softmax, the smooth form of the largest, over the keys that the mask allows:
 *
 *     weights = exp(s) / Σ exp(s)
 *
 * Source: Bridle 1990, the normalised exponential, which got its name there; in attention since Bahdanau, Cho & Bengio 2014,
 * section 3.1, equation 6.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `scores` | `[... queryLen keyLen]` |
 * | `mask` (true = may attend) | stretching to `[... queryLen keyLen]` |
 * | `weights` | `[... queryLen keyLen]` |
 *
 * Default of every mechanism. Edges: no allowed key ever gets exactly 0 but by underflow; forbidden keys get exactly 0, and a row
 * whose mask forbids every key is all 0, with finite gradients; scores of any finite size give rows that sum to 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { softmax } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { array, constant } from "fovea/tensor";
 *
 * const scores = constant(array([0, Math.log(3), 9], [1, 3]));
 * const mask = constant(array([1, 1, 0], [1, 3], "bool"));
 * const { weights } = evaluate({ weights: softmax(scores, mask) }, {});
 * assert.deepEqual([...weights.data].map((x) => Number(x).toFixed(4)), ["0.2500", "0.7500", "0.0000"]);
 * ```
 */
export const softmax: Normalize = (scores, mask) => {
  if (!mask) return scores.softmax(-1);
  return allowedWeights(allowedScores(scores, mask).softmax(-1), mask);
};

export const SOFTMAX: Mechanism = {
  name: "softmax",
  family: "normalizers",
  authors: "Bridle",
  year: 1990,
  title:
    "Probabilistic Interpretation of Feedforward Classification Network Outputs, with Relationships to Statistical Pattern Recognition",
  section: "the normalised exponential",
  module: "attention/softmax.ts",
  axes: "... queryLen keyLen",
  choose: "The default: smooth, and every allowed key gets a share, however small.",
  example: {
    task: "content",
    build: () => moduleOf((input) => attend({ ...input, score: scaledDot(), normalize: softmax })),
  },
};
