import { dropout as drop } from "../nn/dropout.ts";
import { formatShape, sameShape } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { DType } from "../tensor/nd-array.ts";
import { broadcast } from "../tensor/operators/operator.ts";
import { bindAxes } from "../tensor/patterns.ts";
import { type Tensor, where } from "../tensor/tensor.ts";
import type { AttentionInput, AttentionOutput, Normalize, Score } from "./contract.ts";

/** A case of `attend`: its parts are values that one can exchange. */
export interface AttendInput extends AttentionInput {
  /** How well a key fits a query. */
  readonly score: Score;
  /** Scores → weights; default: `softmax`. */
  readonly normalize?: Normalize | undefined;
  /** Probability of dropping a weight on its way to the output, in training; default 0. */
  readonly dropout?: number | undefined;
}

/**
 * The general form of attention, of which every mechanism is a case:
 *
 *     scores = score(query, key) + bias     weights = normalize(scores, mask)     output = dropout(weights) · value
 *
 * Leading axes stretch against each other, so that one query `[1 queryDim]` may attend to `[batch keyLen keyDim]`. A row whose mask
 * forbids every key has zero weights, zero output and finite gradients. A bias must be finite: forbid with the mask.
 *
 * @returns `output` `[... queryLen valueDim]`, `weights` and `scores` `[... queryLen keyLen]`
 * @throws ShapeError when key and value differ in keyLen, or mask or bias do not stretch to the scores, or the mask is not bool; RangeError for a dropout
 *   outside 0 … 1
 */
export function attend(args: AttendInput): AttentionOutput & { scores: Tensor } {
  const { query, key, value, mask, bias, score, normalize = softmax, dropout = 0 } = args;
  bindAxes("attend", {
    query: [query, "... queryLen queryDim"],
    key: [key, "... keyLen keyDim"],
    value: [value, "... keyLen valueDim"],
  });
  if (mask && mask.dtype !== "bool") {
    throw new ShapeError(`attend: expected mask to be bool but found ${mask.dtype}; use cast("bool")`);
  }
  const plain = score({ query, key });
  const scores = bias ? plain.add(stretching("bias", bias, plain)) : plain;
  const weights = normalize(scores, mask && stretching("mask", mask, plain));
  return { output: drop(weights, dropout).matmul(value), weights, scores };
}

function stretching(name: string, tensor: Tensor, scores: Tensor): Tensor {
  if (!sameShape(broadcast("attend", [scores.shape, tensor.shape]), scores.shape)) {
    throw new ShapeError(
      `attend: expected ${name} to stretch to the scores ${formatShape(scores.shape)} but found ${formatShape(tensor.shape)}`,
    );
  }
  return tensor;
}

/** The lowest number of a type: what stands in place of a forbidden score, finite, so that a row of nothing else has finite gradients. */
const LOWEST: Readonly<Partial<Record<DType, number>>> = {
  float64: -Number.MAX_VALUE,
  float32: -3.4028234663852886e38,
  float16: -65504,
  bfloat16: -3.3895313892515355e38,
};

/** exp(s) / Σ exp(s) over the keys that the mask allows. */
export const softmax: Normalize = (scores, mask) => {
  if (!mask) return scores.softmax(-1);
  const weights = where(mask, scores, LOWEST[scores.dtype] as number).softmax(-1);
  return weights.mul(mask.cast(weights.dtype));
};
