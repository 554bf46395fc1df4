import { stopGradient } from "../autodiff/gradient.ts";
import { constantInitializer } from "../nn/initializers.ts";
import { Module, Parameter } from "../nn/module.ts";
import { requireFractions, requirePositive } from "../nn/options.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import { Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import type { AttentionInput, AttentionOutput, Mechanism, Normalize, Score } from "./contract.ts";
import { dot } from "./dot.ts";

/** Up to so many coordinates differences are taken one by one: exact, and each as small as the scores. */
const FEW_COORDINATES = 4;

/**
 * Score by distance, for `attend`: the logarithm of a Gaussian kernel,
 *
 *     score(q, k) = −|q − k|² / 2σ²
 *
 * so that softmax gives the weights of Nadaraya 1964 and Watson 1964 (see `GaussianKernelAttention`).
 *
 * Axes: `[... queryLen dim]`, `[... keyLen dim]` → `[... queryLen keyLen]`; `variance` (σ²), above 0, is a number or a tensor that
 * stretches to the scores. No tensor has all three of queryLen, keyLen and dim. Up to four coordinates are subtracted one by one,
 * which is exact wherever the points lie. Of more of them |q|² − 2 q · k + |k|² is taken, counted from the mean of the queries, so that
 * an offset common to all points costs nothing; in float32 a score is then wrong by about 10⁻⁷ (|q|² + |k|²) / σ², which tells only
 * where σ is below a hundredth of the distances across all points.
 *
 * @throws RangeError for a variance out of range; ShapeError when query and key differ in size
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attend, gaussianKernel } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { array, constant } from "fovea/tensor";
 *
 * const query = constant(array([63, 170], [1, 2])); // weight and height of somebody; how old?
 * const key = constant(array([50, 160, 65, 165, 60, 175], [3, 2]));
 * const value = constant(array([50, 23, 21], [3, 1]));
 * const { output } = evaluate({ ...attend({ query, key, value, score: gaussianKernel({ variance: 6.166 }) }) }, {});
 * assert.equal(Number(output.data[0]).toFixed(1), "22.2");
 * ```
 */
export function gaussianKernel({ variance }: { variance: number | Tensor }): Score {
  if (!(variance instanceof Tensor)) requirePositive("gaussianKernel", { variance });
  return ({ query, key }) => squaredDistance({ query, key }).div(variance).mul(-0.5);
}

/** |q − k|² of each pair: `[... queryLen keyLen]`. */
function squaredDistance({ query, key }: { query: Tensor; key: Tensor }): Tensor {
  const { dim } = bindAxes("gaussianKernel", { query: [query, "... queryLen dim"], key: [key, "... keyLen dim"] });
  if (typeof dim === "number" && dim <= FEW_COORDINATES) {
    const ones = new Array<number>(dim).fill(1);
    const across = key.split(ones, -1).map((part) => rearrange(part, "... keyLen one -> ... one keyLen"));
    const squares = query.split(ones, -1).map((part, i) => {
      const difference = part.sub(across[i] as Tensor);
      return difference.mul(difference);
    });
    return squares.reduce((sum, square) => sum.add(square));
  }
  // Not a key: it might be one that the mask forbids, and hold anything.
  const origin = stopGradient(query.mean({ axes: -2, keepDims: true }));
  const [from, to] = [query.sub(origin), key.sub(origin)];
  const length = (x: Tensor) => x.mul(x).sum({ axes: -1, keepDims: true });
  return length(from)
    .sub(dot({ query: from, key: to }).mul(2))
    .add(rearrange(length(to), "... keyLen one -> ... one keyLen"));
}

export interface GaussianKernelAttentionOptions {
  /** σ² at the start; default 1. */
  readonly variance?: number;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
}

/**
 * Kernel regression as attention: an average of the values, in which the near ones count more; how near is learned.
 *
 *     weights = exp(−|q − k|² / 2σ²) / Σ exp(−|q − k|² / 2σ²)     output = weights · value
 *
 * Sources: Nadaraya 1964, *On Estimating Regression*, and Watson 1964, *Smooth Regression Analysis*: the estimator, for any kernel.
 * Here it is the Gaussian one, and σ² = exp(`logVariance`).
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen dim]` |
 * | `key` | `[... keyLen dim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 * | `logVariance` (log σ²) | `[1]` |
 *
 * Defaults: σ² = 1 at the start, no mask, no bias, no dropout, softmax. Edges: those of `gaussianKernel`; far from all keys the
 * nearest takes all; to learn σ² on the very points that are the keys, forbid each point itself, or σ² goes to 0; leading axes are
 * free and stretch; a row whose mask forbids every key has zero weights and output.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for an option out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GaussianKernelAttention } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const attention = new GaussianKernelAttention({ variance: 6.166 });
 * const known = { key: input("key", ["people", 2]), value: input("age", ["people", 1]) };
 * const { output, weights } = attention.forward({ query: input("query", ["batch", 2]), ...known });
 * assert.deepEqual([output.shape, weights.shape], [["batch", 1], ["batch", "people"]]);
 * ```
 */
export class GaussianKernelAttention extends Module {
  readonly logVariance: Parameter;
  readonly dropout: number;
  readonly normalize: Normalize | undefined;

  constructor(options: GaussianKernelAttentionOptions = {}) {
    super();
    const { variance = 1, dropout = 0, normalize } = options;
    requirePositive("GaussianKernelAttention", { variance });
    requireFractions("GaussianKernelAttention", { dropout });
    this.logVariance = new Parameter([1], { initializer: constantInitializer(Math.log(variance)) });
    this.dropout = dropout;
    this.normalize = normalize;
  }

  forward(args: AttentionInput): AttentionOutput {
    bindAxes("GaussianKernelAttention", {
      query: [args.query, "... queryLen dim"],
      key: [args.key, "... keyLen dim"],
      value: [args.value, "... keyLen valueDim"],
    });
    const { dropout, normalize } = this;
    const score = gaussianKernel({ variance: this.logVariance.exp() });
    const { output, weights } = attend({ ...args, dropout, normalize, score });
    return { output, weights };
  }
}

export const GAUSSIAN_KERNEL: Mechanism = {
  name: "gaussian-kernel",
  family: "scores",
  authors: "Nadaraya; Watson",
  year: 1964,
  title: "On Estimating Regression; Smooth Regression Analysis",
  section: "the estimator, with a Gaussian kernel",
  module: "attention/gaussian-kernel.ts",
  axes: "... queryLen keyLen",
  choose: "Keys and queries are points, and near ones are alike: an average of neighbours, with one number to learn.",
  example: {
    task: "nearest",
    build: () => new GaussianKernelAttention(),
  },
};
