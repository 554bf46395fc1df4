import { attend } from "./attend.ts";
import { type Mechanism, moduleOf, type Normalize } from "./contract.ts";
import { allowedWeights } from "./masks.ts";
import { scaledDot } from "./scaled-dot-product.ts";
import { distancesBelow, supportOf } from "./support.ts";

/**
 * 1.5-entmax, half way from softmax to sparsemax, over the keys that the mask allows:
 *
 *     weights = max(0, s / 2 − τ)²     τ such that they sum to 1
 *
 * With M the mean of s / 2 over the keys S that get weight, and V the sum of its squared deviations there, τ = M − √((1 − V) / |S|).
 *
 * Source: Peters, Niculae & Martins 2019, α-entmax with α = 1.5, by the exact algorithm 2. S comes from the sorted scores and has no
 * gradient of its own; with S held, the derivative of the formula is the exact Jacobian: diag(r) − r rᵀ / Σ r, with r = √weights.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `scores` | `[... queryLen keyLen]` |
 * | `mask` (true = may attend) | stretching to `[... queryLen keyLen]` |
 * | `weights` | `[... queryLen keyLen]` |
 *
 * Edges: a key whose score lies 2 or more below the row's largest gets exactly 0, and no gradient; forbidden keys take no part and
 * get exactly 0, and a row whose mask forbids every key is all 0, with finite gradients; scores of any finite size give rows that
 * sum to 1. Unlike those of sparsemax, the weights have no kinks.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { entmax15 } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { array, constant } from "fovea/tensor";
 *
 * const scores = constant(array([1.2, 0.8, -1, 9], [1, 4]));
 * const mask = constant(array([1, 1, 1, 0], [1, 4], "bool"));
 * const { weights } = evaluate({ weights: entmax15(scores, mask) }, {});
 * assert.deepEqual([...weights.data].map((x) => Number(x).toFixed(4)), ["0.6400", "0.3600", "0.0000", "0.0000"]); // τ = −0.2
 * ```
 */
export const entmax15: Normalize = (scores, mask) => {
  const distances = distancesBelow(scores.mul(0.5), mask);
  const support = supportOf(distances, 2);
  const count = support.sum({ axes: -1, keepDims: true });
  const mean = distances.mul(support).sum({ axes: -1, keepDims: true }).div(count);
  const deviations = distances.sub(mean).mul(support);
  const spread = deviations.mul(deviations).sum({ axes: -1, keepDims: true });
  const threshold = mean.sub(spread.neg().add(1).div(count).sqrt());
  const roots = distances.sub(threshold).relu();
  return allowedWeights(roots.mul(roots), mask);
};

export const ENTMAX_15: Mechanism = {
  name: "entmax-15",
  family: "normalizers",
  authors: "Peters, Niculae & Martins",
  year: 2019,
  title: "Sparse Sequence-to-Sequence Models",
  section: "α-entmax with α = 1.5, algorithm 2",
  module: "attention/entmax-15.ts",
  axes: "... queryLen keyLen",
  choose: "Sparse weights without kinks: far keys get exactly 0, near ones share more smoothly than with sparsemax.",
  example: {
    task: "content",
    build: () => moduleOf((input) => attend({ ...input, score: scaledDot(), normalize: entmax15 })),
  },
};
