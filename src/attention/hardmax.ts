import { isTraining } from "../nn/trace.ts";
import { applyOne } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import { type Mechanism, moduleOf, type Normalize } from "./contract.ts";
import { allowedScores, allowedWeights } from "./masks.ts";
import { scaledDot } from "./scaled-dot-product.ts";
import { softmax } from "./softmax.ts";

/**
 * Hardmax, all the weight on the largest score among the keys that the mask allows:
 *
 *     weights[k] = 1 where k = argmax s, else 0
 *
 * Source: Pérez, Marinković & Barceló 2019, whose hard attention it is; there equals share the weight, here the first of them
 * takes it all, as with the operator Hardmax of ONNX.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `scores` | `[... queryLen keyLen]` |
 * | `mask` (true = may attend) | stretching to `[... queryLen keyLen]` |
 * | `weights` | `[... queryLen keyLen]`, one-hot |
 *
 * Edges: a row whose mask forbids every key is all 0. The choice is flat wherever it is continuous: gradients reach the values and
 * never the scores, so that it trains no query and no key. Train with another normalizer and answer with this one (`isTraining()`
 * tells them apart, as the example of its row does), or use `gumbel` or `sampled`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hardmax } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { array, constant } from "fovea/tensor";
 *
 * const scores = constant(array([1, 3, 3, 9], [1, 4]));
 * const mask = constant(array([1, 1, 1, 0], [1, 4], "bool"));
 * const { weights } = evaluate({ weights: hardmax(scores, mask) }, {});
 * assert.deepEqual([...weights.data], [0, 1, 0, 0]);
 * ```
 */
export const hardmax: Normalize = (scores, mask) => {
  return allowedWeights(applyOne("Hardmax", [allowedScores(scores, mask)], { axis: -1 }), mask);
};

export const HARDMAX: Mechanism = {
  name: "hardmax",
  family: "normalizers",
  authors: "Pérez, Marinković & Barceló",
  year: 2019,
  title: "On the Turing Completeness of Modern Neural Network Architectures",
  section: "hard attention",
  module: "attention/hardmax.ts",
  axes: "... queryLen keyLen",
  choose: "Answers that name one key and read nothing else, of a model trained with another normalizer.",
  example: {
    task: "content",
    build: () =>
      moduleOf((input) => attend({ ...input, score: scaledDot(), normalize: isTraining() ? softmax : hardmax })),
  },
};
