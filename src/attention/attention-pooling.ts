import { glorot } from "../nn/initializers.ts";
import { Linear } from "../nn/linear.ts";
import { Module, Parameter } from "../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import { bindAxes } from "../tensor/patterns.ts";
import type { AttentionInput, AttentionOutput, Mechanism, Normalize } from "./contract.ts";
import { attendByContexts } from "./learned-queries.ts";

export interface AttentionPoolingOptions {
  readonly keyDim: number;
  readonly hiddenDim: number;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
}

/**
 * One summary of a whole sequence: a learned vector asks every key how much it matters.
 *
 *     u_t = tanh(W h_t + b)     weights = softmax(u_w · u_t)     output = Σ weights_t value_t
 *
 * Source: Yang, Yang, Dyer, He, Smola & Hovy 2016 (Hierarchical Attention Networks), word attention, equations 5 to 7, where the
 * values are the keys h.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `key` (h) | `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 * | `keyProjection.weight` (W), `.bias` (b) | `[keyDim hiddenDim]`, `[hiddenDim]` |
 * | `context` (u_w) | `[queryLen hiddenDim]` |
 *
 * with a queryLen of 1: the query is the context, learned, and a `query` that is given is not read.
 *
 * Defaults: no mask, no bias, no dropout, softmax. Edges: leading axes are free; a row whose mask forbids every key has zero
 * weights and output.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a size or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { AttentionPooling } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const pooling = new AttentionPooling({ keyDim: 5, hiddenDim: 7 });
 * const words = input("words", ["batch", "keyLen", 5]);
 * const { output, weights } = pooling.forward({ key: words, value: words });
 * assert.deepEqual(output.shape, ["batch", 1, 5]);
 * assert.deepEqual(weights.shape, ["batch", 1, "keyLen"]);
 * ```
 */
export class AttentionPooling extends Module {
  readonly keyProjection: Linear;
  /** `[queryLen hiddenDim]`, queryLen 1 */
  readonly context: Parameter;
  readonly dropout: number;
  readonly normalize: Normalize | undefined;

  constructor(options: AttentionPoolingOptions) {
    super();
    const { keyDim, hiddenDim, dropout = 0, normalize } = options;
    requirePositiveIntegers("AttentionPooling", { keyDim, hiddenDim });
    requireFractions("AttentionPooling", { dropout });
    this.keyProjection = new Linear({ inputDim: keyDim, outputDim: hiddenDim });
    this.context = new Parameter([1, hiddenDim], { initializer: glorot() });
    this.dropout = dropout;
    this.normalize = normalize;
  }

  forward(args: Omit<AttentionInput, "query">): AttentionOutput {
    bindAxes("AttentionPooling", {
      keyProjection: [this.keyProjection.weight, "keyDim hiddenDim"],
      key: [args.key, "... keyLen keyDim"],
      value: [args.value, "... keyLen valueDim"],
    });
    const { keyProjection, normalize, dropout } = this;
    return attendByContexts({ ...args, contexts: this.context, keyProjection, normalize, dropout });
  }
}

export const ATTENTION_POOLING: Mechanism = {
  name: "attention-pooling",
  family: "pooling",
  authors: "Yang, Yang, Dyer, He, Smola & Hovy",
  year: 2016,
  title: "Hierarchical Attention Networks for Document Classification",
  section: "word attention, equations 5 to 7",
  module: "attention/attention-pooling.ts",
  axes: "... queryLen keyLen",
  choose: "One vector for a whole sequence, as a classifier needs it, that shows which words it was made of.",
  example: {
    task: "mark",
    build: ({ dim }) => new AttentionPooling({ keyDim: dim, hiddenDim: 16 }),
  },
};
