import { Linear } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import { bindAxes } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import type { AttentionInput, AttentionOutput, Mechanism, Normalize } from "./contract.ts";

export interface AdditiveAttentionOptions {
  readonly queryDim: number;
  readonly keyDim: number;
  readonly hiddenDim: number;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
}

/**
 * Additive attention, one small network with a hidden layer for query and key together, without biases:
 *
 *     score(q, k) = v · tanh(W_q q + W_k k)     weights = softmax(score)     output = weights · value
 *
 * Source: Bahdanau, Cho & Bengio 2014, section 3.1, equations 5 and 6, and appendix A.1.2, where W_a is our W_q and U_a our W_k.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen queryDim]` |
 * | `key` | `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 * | `queryProjection.weight` (W_q) | `[queryDim hiddenDim]` |
 * | `keyProjection.weight` (W_k) | `[keyDim hiddenDim]` |
 * | `scoreProjection.weight` (v) | `[hiddenDim 1]` |
 *
 * Defaults: no mask, no bias, no dropout, softmax. Edges: leading axes stretch, so one query can attend to a whole batch; query
 * and key may differ in size; `[... queryLen keyLen hiddenDim]` is held in memory; a row whose mask forbids every key has zero
 * weights and output.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a size or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { AdditiveAttention } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const attention = new AdditiveAttention({ queryDim: 3, keyDim: 5, hiddenDim: 7 });
 * const states = input("states", ["batch", "keyLen", 5]);
 * const { output, weights } = attention.forward({ query: input("query", ["batch", 2, 3]), key: states, value: states });
 * assert.deepEqual(output.shape, ["batch", 2, 5]);
 * assert.deepEqual(weights.shape, ["batch", 2, "keyLen"]);
 * ```
 */
export class AdditiveAttention extends Module {
  readonly queryProjection: Linear;
  readonly keyProjection: Linear;
  readonly scoreProjection: Linear;
  readonly dropout: number;
  readonly normalize: Normalize | undefined;

  constructor(options: AdditiveAttentionOptions) {
    super();
    const { queryDim, keyDim, hiddenDim, dropout = 0, normalize } = options;
    requirePositiveIntegers("AdditiveAttention", { queryDim, keyDim, hiddenDim });
    requireFractions("AdditiveAttention", { dropout });
    this.queryProjection = new Linear({ inputDim: queryDim, outputDim: hiddenDim, bias: false });
    this.keyProjection = new Linear({ inputDim: keyDim, outputDim: hiddenDim, bias: false });
    this.scoreProjection = new Linear({ inputDim: hiddenDim, outputDim: 1, bias: false });
    this.dropout = dropout;
    this.normalize = normalize;
  }

  /** The scores alone, for `attend`: `[... queryLen keyLen]`. */
  score({ query, key }: { query: Tensor; key: Tensor }): Tensor {
    return this.#compare(query, this.projectKey(key));
  }

  /** The keys' share of the hidden layer, W_k k: `[... keyLen hiddenDim]`, once for all queries that come one after the other. */
  projectKey(key: Tensor): Tensor {
    return this.keyProjection.forward(key);
  }

  forward(args: AttentionInput): AttentionOutput {
    bindAxes("AdditiveAttention", {
      keyProjection: [this.keyProjection.weight, "keyDim hiddenDim"],
      key: [args.key, "... keyLen keyDim"],
    });
    return this.forwardProjected({ ...args, key: this.projectKey(args.key) });
  }

  /** `forward` for keys that `projectKey` has projected. */
  forwardProjected(args: AttentionInput): AttentionOutput {
    bindAxes("AdditiveAttention", {
      queryProjection: [this.queryProjection.weight, "queryDim hiddenDim"],
      query: [args.query, "... queryLen queryDim"],
      key: [args.key, "... keyLen hiddenDim"],
      value: [args.value, "... keyLen valueDim"],
    });
    const { dropout, normalize } = this;
    const score = ({ query, key }: { query: Tensor; key: Tensor }) => this.#compare(query, key);
    const { output, weights } = attend({ ...args, dropout, normalize, score });
    return { output, weights };
  }

  #compare(query: Tensor, projectedKey: Tensor): Tensor {
    const queries = this.queryProjection.forward(query).unsqueeze(-2);
    return this.scoreProjection.forward(queries.add(projectedKey.unsqueeze(-3)).tanh()).squeeze(-1);
  }
}

export const ADDITIVE: Mechanism = {
  name: "additive",
  family: "scores",
  authors: "Bahdanau, Cho & Bengio",
  year: 2014,
  title: "Neural Machine Translation by Jointly Learning to Align and Translate",
  section: "section 3.1 and appendix A.1.2",
  module: "attention/additive.ts",
  axes: "... queryLen keyLen",
  choose:
    "Queries and keys of different sizes, or few of them: a hidden layer compares them, at the price of memory for each pair.",
  example: {
    task: "content",
    build: ({ dim }) => new AdditiveAttention({ queryDim: dim, keyDim: dim, hiddenDim: 16 }),
  },
};
