import { attend } from "./attend.ts";
import { type Mechanism, moduleOf, type Normalize } from "./contract.ts";
import { allowedWeights } from "./masks.ts";
import { scaledDot } from "./scaled-dot-product.ts";
import { distancesBelow, supportOf } from "./support.ts";

/**
 * Sparsemax, the nearest point of the simplex to the scores, over the keys that the mask allows:
 *
 *     weights = max(0, s − τ)     τ = (Σ s − 1) / |S|, over the keys S that get weight
 *
 * Source: Martins & Astudillo 2016, equations 2 to 4 and algorithm 1. S comes from the sorted scores and has no gradient of its
 * own; with S held, the derivative of the formula is the exact Jacobian: on S, what arrives less its mean; elsewhere nothing.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `scores` | `[... queryLen keyLen]` |
 * | `mask` (true = may attend) | stretching to `[... queryLen keyLen]` |
 * | `weights` | `[... queryLen keyLen]` |
 *
 * Edges: a key whose score lies 1 or more below the row's largest gets exactly 0, and no gradient; forbidden keys take no part and
 * get exactly 0, and a row whose mask forbids every key is all 0, with finite gradients; scores of any finite size give rows that
 * sum to 1. The scale of the scores decides how many keys share: with smaller scores, more. On the kinks (a score exactly at τ)
 * the gradient is that of the side without the key.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sparsemax } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { array, constant } from "fovea/tensor";
 *
 * const scores = constant(array([1, 0.5, -0.5, 9], [1, 4]));
 * const mask = constant(array([1, 1, 1, 0], [1, 4], "bool"));
 * const { weights } = evaluate({ weights: sparsemax(scores, mask) }, {});
 * assert.deepEqual([...weights.data], [0.75, 0.25, 0, 0]); // τ = (1.5 − 1) / 2
 * ```
 */
export const sparsemax: Normalize = (scores, mask) => {
  const distances = distancesBelow(scores, mask);
  const support = supportOf(distances, 1);
  const count = support.sum({ axes: -1, keepDims: true });
  const threshold = distances.mul(support).sum({ axes: -1, keepDims: true }).sub(1).div(count);
  return allowedWeights(distances.sub(threshold).relu(), mask);
};

export const SPARSEMAX: Mechanism = {
  name: "sparsemax",
  family: "normalizers",
  authors: "Martins & Astudillo",
  year: 2016,
  title: "From Softmax to Sparsemax: A Sparse Model of Attention and Multi-Label Classification",
  section: "equations 2 to 4 and algorithm 1",
  module: "attention/sparsemax.ts",
  axes: "... queryLen keyLen",
  choose: "Weights to be read by people: all but a few keys get exactly 0, and it trains like softmax.",
  example: {
    task: "marks",
    build: () => moduleOf((input) => attend({ ...input, score: scaledDot(), normalize: sparsemax })),
  },
};
