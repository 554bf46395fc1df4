import { times, withPullback } from "../autodiff/index.ts";
import { sameShape } from "../tensor/dim.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * `weights · value`, where the weights are the softmax of scores (or 0, where a mask forbids), with its gradient in a short form:
 *
 *     output = W V     dV = Wᵀ g     dS = W ∘ (g Vᵀ − d)     d = Σ g ∘ output, a number for each row
 *
 * The sum over all keys that the slope of softmax asks for is a sum over valueDim: half the passes over `[... queryLen keyLen]`.
 * Where there are fewer keys than values have numbers, nothing is gained, and the plain product stands.
 *
 * Source: Dao, Fu, Ermon, Rudra & Ré 2022, *FlashAttention*, appendix B.2.
 */
export function softmaxProduct(args: {
  readonly scores: Tensor;
  readonly weights: Tensor;
  readonly value: Tensor;
}): Tensor {
  const { scores, weights, value } = args;
  const output = weights.matmul(value);
  const [keyLen, valueDim] = [value.dim(-2), value.dim(-1)];
  if (typeof keyLen === "number" && typeof valueDim === "number" && keyLen <= valueDim) return output;
  // A stretched value would need its gradient summed again.
  if (!sameShape(weights.shape.slice(0, -2), value.shape.slice(0, -2)) || !sameShape(scores.shape, weights.shape)) {
    return output;
  }
  return withPullback(output, { inputs: [scores, value], given: [weights] }, ({ inputs, given, output, gradient }) => {
    const [[, value], [weights]] = [inputs, given] as [[Tensor, Tensor], [Tensor]];
    const mean = gradient.mul(output).sum({ axes: -1, keepDims: true });
    const ofScores = weights.mul(times(gradient, false, value, true).sub(mean));
    return [ofScores, times(weights, true, gradient, false)];
  });
}
