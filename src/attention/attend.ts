import { dropout as drop } from "../nn/dropout.ts";
import { requireFractions } from "../nn/options.ts";
import { stage } from "../nn/trace.ts";
import { bindAxes } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { AttentionInput, AttentionOutput, Normalize, Score } from "./contract.ts";
import { checkMask } from "./masks.ts";
import { softmax } from "./softmax.ts";
import { softmaxProduct } from "./softmax-product.ts";

/** A case of `attend`: its parts are values that one can exchange. */
export interface AttendInput extends AttentionInput {
  /** How well a key fits a query. */
  readonly score: Score;
  /** Scores → weights; default: `softmax`. */
  readonly normalize?: Normalize | undefined;
  /** Place of the first query among the keys, for scores that know places; default: the queries are the last places. */
  readonly queryOffset?: number | Tensor | undefined;
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
  const { query, key, value, mask, bias, queryOffset, score, normalize = softmax, dropout = 0 } = args;
  bindAxes("attend", {
    query: [query, "... queryLen queryDim"],
    key: [key, "... keyLen keyDim"],
    value: [value, "... keyLen valueDim"],
  });
  requireFractions("attend", { dropout });
  const plain = score({ query, key, queryOffset });
  checkMask("attend", { mask, bias }, plain.shape);
  const scores = bias ? plain.add(bias) : plain;
  stage("scores", scores);
  const weights = normalize(scores, mask);
  const dropped = drop(weights, dropout);
  const isPlain = normalize === softmax && dropped === weights;
  return { output: isPlain ? softmaxProduct({ scores, weights, value }) : dropped.matmul(value), weights, scores };
}
