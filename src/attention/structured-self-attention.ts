import { glorot } from "../nn/initializers.ts";
import { Linear } from "../nn/linear.ts";
import { Module, Parameter } from "../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import { range, type Tensor } from "../tensor/tensor.ts";
import { type AttentionInput, type AttentionOutput, exampleOf, type Mechanism, type Normalize } from "./contract.ts";
import { attendByContexts } from "./learned-queries.ts";

export interface StructuredSelfAttentionOptions {
  readonly keyDim: number;
  readonly hiddenDim: number;
  /** How many summaries there are (r). */
  readonly hops: number;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
}

export interface StructuredSelfAttentionOutput extends AttentionOutput {
  /** How alike the hops are, `[...]`: `hopPenalty(weights)`, to be added to the loss. */
  readonly penalty: Tensor;
}

/**
 * Several summaries of one sequence, a matrix in place of a vector: each hop has weights of its own.
 *
 *     A = softmax(W_s2 tanh(W_s1 Hᵀ))     M = A H     penalty = ‖A Aᵀ − I‖²
 *
 * Source: Lin, Feng, dos Santos, Yu, Xiang, Zhou & Bengio 2017, section 2.1, equations 6 to 8, and section 2.2 for the penalty,
 * which keeps hops from looking all at the same keys. A are our weights, H the keys, and the values too in the source, M our output.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `key` (H) | `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... hops keyLen]` |
 * | `output` (M) | `[... hops valueDim]` |
 * | `weights` (A) | `[... hops keyLen]` |
 * | `penalty` | `[...]` |
 * | `keyProjection.weight` (W_s1) | `[keyDim hiddenDim]` |
 * | `contexts` (W_s2) | `[hops hiddenDim]` |
 *
 * Defaults: no mask, no bias, no dropout, softmax; a `query` that is given is not read. Edges: the penalty is 0 where each hop reads
 * one key and no two the same, and never where hops are more than keys; a row whose mask forbids every key has zero weights and
 * output, and adds 1 to the penalty.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a size or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { StructuredSelfAttention } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const attention = new StructuredSelfAttention({ keyDim: 5, hiddenDim: 7, hops: 3 });
 * const words = input("words", ["batch", "keyLen", 5]);
 * const { output, penalty } = attention.forward({ key: words, value: words });
 * assert.deepEqual(output.shape, ["batch", 3, 5]);
 * assert.deepEqual(penalty.shape, ["batch"]);
 * ```
 */
export class StructuredSelfAttention extends Module {
  readonly keyProjection: Linear;
  /** `[hops hiddenDim]` */
  readonly contexts: Parameter;
  readonly dropout: number;
  readonly normalize: Normalize | undefined;

  constructor(options: StructuredSelfAttentionOptions) {
    super();
    const { keyDim, hiddenDim, hops, dropout = 0, normalize } = options;
    requirePositiveIntegers("StructuredSelfAttention", { keyDim, hiddenDim, hops });
    requireFractions("StructuredSelfAttention", { dropout });
    this.keyProjection = new Linear({ inputDim: keyDim, outputDim: hiddenDim, bias: false });
    this.contexts = new Parameter([hops, hiddenDim], { initializer: glorot() });
    this.dropout = dropout;
    this.normalize = normalize;
  }

  forward(args: Omit<AttentionInput, "query">): StructuredSelfAttentionOutput {
    bindAxes("StructuredSelfAttention", {
      keyProjection: [this.keyProjection.weight, "keyDim hiddenDim"],
      key: [args.key, "... keyLen keyDim"],
      value: [args.value, "... keyLen valueDim"],
    });
    const { contexts, keyProjection, normalize, dropout } = this;
    const { output, weights } = attendByContexts({ ...args, contexts, keyProjection, normalize, dropout });
    return { output, weights, penalty: hopPenalty(weights) };
  }
}

/**
 * How far the rows of weights are from reading one key each, and no two the same: ‖A Aᵀ − I‖², the sum of squares, of weights A
 * `[... hops keyLen]` → `[...]`.
 *
 * @throws ShapeError for weights of fewer than two axes
 */
export function hopPenalty(weights: Tensor): Tensor {
  const { hops } = bindAxes("hopPenalty", { weights: [weights, "... hops keyLen"] });
  const alike = weights.matmul(rearrange(weights, "... hops keyLen -> ... keyLen hops"));
  const identity = range(hops).unsqueeze(1).equal(range(hops)).cast(weights.dtype);
  const excess = alike.sub(identity);
  return excess.mul(excess).sum({ axes: [-2, -1] });
}

export const STRUCTURED_SELF_ATTENTION: Mechanism = {
  name: "structured-self-attention",
  family: "pooling",
  authors: "Lin, Feng, dos Santos, Yu, Xiang, Zhou & Bengio",
  year: 2017,
  title: "A Structured Self-attentive Sentence Embedding",
  section: "sections 2.1 and 2.2, equations 6 to 8",
  module: "attention/structured-self-attention.ts",
  axes: "... hops keyLen",
  choose: "Several summaries of a sequence, each of another side of it, kept apart by a penalty.",
  example: exampleOf({
    task: "marks",
    build: ({ dim, queryLen }) => new StructuredSelfAttention({ keyDim: dim, hiddenDim: 16, hops: queryLen }),
    loss: ({ answer }) => answer.penalty,
  }),
};
