import { constantInitializer } from "../nn/initializers.ts";
import { Module, Parameter } from "../nn/module.ts";
import { requireFractions, requirePositive } from "../nn/options.ts";
import { bindAxes } from "../tensor/patterns.ts";
import { Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import type { AttentionInput, AttentionOutput, Mechanism, Normalize, Score } from "./contract.ts";
import { dot } from "./dot.ts";

export interface CosineSimilarityOptions {
  /** β, above 0: a number, or a tensor that stretches to `[... queryLen 1]`. Default 1. */
  readonly sharpness?: number | Tensor;
  /** Shorter vectors count as this long. Default 1e-6. */
  readonly epsilon?: number;
}

/**
 * Score by direction alone, for `attend`: the cosine of the angle between query and key, times a sharpness,
 *
 *     score(q, k) = β · q · k / (max(|q|, ε) · max(|k|, ε))
 *
 * Source: Graves, Wayne & Danihelka 2014, section 3.3.1, where the query is the key vector k_t that a head emits, the keys are the
 * rows of the memory M_t, and β_t is emitted, too: give it as a tensor.
 *
 * Axes: `[... queryLen headDim]`, `[... keyLen headDim]` → `[... queryLen keyLen]`. Edges: scores stay within ±β, and with softmax
 * no key gets more than e^2β times the weight of another; a zero vector scores 0 against everything, and the slope of a score is
 * β / ε at most.
 *
 * @throws RangeError for a sharpness or an epsilon out of range; ShapeError when query and key differ in size
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attend, cosineSimilarity } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { array, constant } from "fovea/tensor";
 *
 * const query = constant(array([3, 0], [1, 2]));
 * const key = constant(array([7, 0, 0, 1, -2, 0, 0, 0], [4, 2])); // the same way, across, the other way, nowhere
 * const { scores } = evaluate({ ...attend({ query, key, value: key, score: cosineSimilarity({ sharpness: 5 }) }) }, {});
 * assert.deepEqual([...scores.data], [5, 0, -5, 0]);
 * ```
 */
export function cosineSimilarity({ sharpness = 1, epsilon = 1e-6 }: CosineSimilarityOptions = {}): Score {
  requirePositive("cosineSimilarity", { epsilon, ...(sharpness instanceof Tensor ? {} : { sharpness }) });
  return ({ query, key }) => {
    bindAxes("cosineSimilarity", { query: [query, "... queryLen headDim"], key: [key, "... keyLen headDim"] });
    return dot({ query: unit(query, epsilon).mul(sharpness), key: unit(key, epsilon) });
  };
}

/** Vectors of length 1; those shorter than epsilon stay shorter. The larger is taken before the root, which has no slope at 0. */
function unit(x: Tensor, epsilon: number): Tensor {
  const square = x.mul(x).sum({ axes: -1, keepDims: true });
  return x.div(square.maximum(epsilon * epsilon).sqrt());
}

export interface CosineAttentionOptions {
  /** β at the start; default 1. */
  readonly sharpness?: number;
  /** Default 1e-6. */
  readonly epsilon?: number;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
}

/**
 * Attention by the cosine, with a learned sharpness:
 *
 *     weights = softmax(β cos(q, k))     output = weights · value
 *
 * Source: Graves, Wayne & Danihelka 2014, section 3.3.1. There each head emits a β at each step, which `cosineSimilarity` takes as
 * a tensor; here β = exp(`logSharpness`) is one number for all.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen headDim]` |
 * | `key` | `[... keyLen headDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 * | `logSharpness` (log β) | `[1]` |
 *
 * Defaults: β = 1 at the start, epsilon 1e-6, no mask, no bias, no dropout, softmax. Edges: those of `cosineSimilarity`; leading
 * axes are free and stretch; a row whose mask forbids every key has zero weights and output.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for an option out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { CosineAttention } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const attention = new CosineAttention({ sharpness: 5 });
 * const memory = input("memory", ["rows", 3]);
 * const { output, weights } = attention.forward({ query: input("query", ["batch", 1, 3]), key: memory, value: memory });
 * assert.deepEqual([output.shape, weights.shape], [["batch", 1, 3], ["batch", 1, "rows"]]);
 * ```
 */
export class CosineAttention extends Module {
  readonly logSharpness: Parameter;
  readonly epsilon: number | undefined;
  readonly dropout: number;
  readonly normalize: Normalize | undefined;

  constructor(options: CosineAttentionOptions = {}) {
    super();
    const { sharpness = 1, epsilon, dropout = 0, normalize } = options;
    requirePositive("CosineAttention", { sharpness, ...(epsilon === undefined ? {} : { epsilon }) });
    requireFractions("CosineAttention", { dropout });
    this.logSharpness = new Parameter([1], { initializer: constantInitializer(Math.log(sharpness)) });
    this.epsilon = epsilon;
    this.dropout = dropout;
    this.normalize = normalize;
  }

  forward(args: AttentionInput): AttentionOutput {
    bindAxes("CosineAttention", {
      query: [args.query, "... queryLen headDim"],
      key: [args.key, "... keyLen headDim"],
      value: [args.value, "... keyLen valueDim"],
    });
    const { dropout, normalize, epsilon } = this;
    const score = cosineSimilarity({ sharpness: this.logSharpness.exp(), epsilon });
    const { output, weights } = attend({ ...args, dropout, normalize, score });
    return { output, weights };
  }
}

export const COSINE: Mechanism = {
  name: "cosine",
  family: "scores",
  authors: "Graves, Wayne & Danihelka",
  year: 2014,
  title: "Neural Turing Machines",
  section: "section 3.3.1",
  module: "attention/cosine.ts",
  axes: "... queryLen keyLen",
  choose:
    "Keys whose length means nothing, such as rows of a memory: direction alone counts, and one number says how sharply.",
  example: {
    task: "content",
    build: () => new CosineAttention(),
  },
};
