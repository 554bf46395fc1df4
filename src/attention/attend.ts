import { bindAxes } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { where } from "../tensor/tensor.ts";
import type { AttentionInput, AttentionOutput, Normalize, Score } from "./contract.ts";

/**
 * The general form of attention, of which every mechanism is a case:
 *
 *     scores = score(query, key) + bias     weights = normalize(scores, mask)     output = weights · value
 *
 * @param args.score how well a key fits a query
 * @param args.normalize scores → weights; default: `softmax`
 * @returns `output` `[... queryLen valueDim]`, `weights` and `scores` `[... queryLen keyLen]`
 * @throws ShapeError when key and value differ in keyLen
 */
export function attend({
  query,
  key,
  value,
  mask,
  bias,
  score,
  normalize = softmax,
}: AttentionInput & { score: Score; normalize?: Normalize }): AttentionOutput & { scores: Tensor } {
  bindAxes("attend", {
    query: [query, "... queryLen queryDim"],
    key: [key, "... keyLen keyDim"],
    value: [value, "... keyLen valueDim"],
  });
  const plain = score({ query, key });
  const scores = bias ? plain.add(bias) : plain;
  const weights = normalize(scores, mask);
  return { output: weights.matmul(value), weights, scores };
}

/** What a forbidden score becomes: far below any other, yet finite, so that a row of nothing else has finite gradients. */
const FORBIDDEN = -1e9;

/** exp(s) / Σ exp(s) over the keys that the mask allows. */
export const softmax: Normalize = (scores, mask) => {
  if (!mask) return scores.softmax(-1);
  const weights = scores.add(where(mask, 0, FORBIDDEN)).softmax(-1);
  return weights.mul(mask.cast(weights.dtype));
};
