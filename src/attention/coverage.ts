import { Linear } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import { requireFractions, requirePositive, requirePositiveIntegers } from "../nn/options.ts";
import { bindAxes } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { AttentionInput, AttentionOutput, Mechanism, Normalize } from "./contract.ts";
import { softmax } from "./softmax.ts";
import { attendStepwise } from "./stepwise.ts";

export interface CoverageAttentionOptions {
  readonly queryDim: number;
  readonly keyDim: number;
  readonly hiddenDim: number;
  /** How often a key may be read at most (N; 2 in the source), finite and above 0. Default: each key once. */
  readonly fertility?: number;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
}

export interface CoverageInput extends AttentionInput {
  /** How much of each key earlier queries have read, `[... keyLen]`; default: nothing. */
  readonly coverage?: Tensor | undefined;
}

export interface CoverageOutput extends AttentionOutput {
  /** How much of each key has been read by now, `[... keyLen]`: to go on with. */
  readonly coverage: Tensor;
}

/** A key's fertility never falls below this, so that no reading counts as endlessly many. */
const LEAST_FERTILITY = 1e-6;

/**
 * Additive attention that keeps account of what it has read, so that it can learn to read no key again and to forget none:
 *
 *     score(q_i, k_j) = v · tanh(W_q q_i + W_k k_j + W_c C_{i−1, j})     weights_i = softmax(score)
 *     C_{i, j} = C_{i−1, j} + weights_{i, j} / Φ_j     Φ_j = N · sigmoid(w_f · k_j)     C_0 = 0
 *     output = weights · value
 *
 * Source: Tu, Lu, Liu, Liu & Li 2016, section "Coverage Model", the linguistic one, where W_a is our W_q, U_a our W_k, V_a our W_c
 * and U_f our w_f. Φ is the fertility: how often a key is to be read, at most N times.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen queryDim]` |
 * | `key` | `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `coverage` (C), in and out | `[... keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 * | `queryProjection.weight` (W_q) | `[queryDim hiddenDim]` |
 * | `keyProjection.weight` (W_k) | `[keyDim hiddenDim]` |
 * | `coverageProjection.weight` (W_c) | `[1 hiddenDim]` |
 * | `scoreProjection.weight` (v) | `[hiddenDim 1]` |
 * | `fertilityProjection.weight` (w_f), with a fertility | `[keyDim 1]` |
 *
 * Defaults: no mask, no bias, no dropout, softmax, coverage 0; without `fertility`, Φ is 1. Edges: Φ is at least 1e-6; queries
 * are taken one after the other, each with what the earlier ones have read, so that all queries at once or some now and the
 * rest later give the same; leading axes are free and stretch; a row whose mask forbids every key has zero weights and output and leaves the coverage as it is;
 * dropout leaves it as it is, too.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a size, a fertility or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { CoverageAttention } from "fovea/attention";
 * import { initialize } from "fovea/nn";
 * import { evaluate } from "fovea/runtime";
 * import { full } from "fovea/tensor";
 *
 * const attention = new CoverageAttention({ queryDim: 3, keyDim: 5, hiddenDim: 7 });
 * initialize(attention, 1);
 * const [query, key] = [full([1, 4, 3], 0.1), full([1, 2, 5], 0.1)];
 * const { coverage } = attention.forward({ query, key, value: key });
 * const parameters = new Map([...attention.parameters().values()].map((leaf) => [leaf, leaf.value!]));
 * const found = evaluate({ coverage }, parameters).coverage!;
 * assert.deepEqual([...found.data], [2, 2]); // four queries have read two equal keys
 * ```
 */
export class CoverageAttention extends Module {
  readonly queryProjection: Linear;
  readonly keyProjection: Linear;
  readonly coverageProjection: Linear;
  readonly scoreProjection: Linear;
  readonly fertilityProjection: Linear | undefined;
  readonly fertility: number | undefined;
  readonly dropout: number;
  readonly normalize: Normalize;

  constructor(options: CoverageAttentionOptions) {
    super();
    const { queryDim, keyDim, hiddenDim, fertility, dropout = 0, normalize = softmax } = options;
    requirePositiveIntegers("CoverageAttention", { queryDim, keyDim, hiddenDim });
    if (fertility !== undefined) requirePositive("CoverageAttention", { fertility });
    requireFractions("CoverageAttention", { dropout });
    const linear = (inputDim: number, outputDim: number) => new Linear({ inputDim, outputDim, bias: false });
    this.queryProjection = linear(queryDim, hiddenDim);
    this.keyProjection = linear(keyDim, hiddenDim);
    this.coverageProjection = linear(1, hiddenDim);
    this.scoreProjection = linear(hiddenDim, 1);
    this.fertilityProjection = fertility === undefined ? undefined : linear(keyDim, 1);
    this.fertility = fertility;
    this.dropout = dropout;
    this.normalize = normalize;
  }

  forward(args: CoverageInput): CoverageOutput {
    const { query, key, value, coverage: before } = args;
    bindAxes("CoverageAttention", {
      queryProjection: [this.queryProjection.weight, "queryDim hiddenDim"],
      keyProjection: [this.keyProjection.weight, "keyDim hiddenDim"],
      query: [query, "... queryLen queryDim"],
      key: [key, "... keyLen keyDim"],
      value: [value, "... keyLen valueDim"],
      ...(before ? { coverage: [before, "... keyLen"] as const } : {}),
    });
    const { normalize, dropout, scoreProjection } = this;
    const fertilities = this.#fertilities(key);
    const { output, weights, state } = attendStepwise({
      ...args,
      owner: "CoverageAttention",
      query: this.queryProjection.forward(query),
      key: this.keyProjection.forward(key),
      before,
      see: (coverage) => this.coverageProjection.forward(coverage.unsqueeze(-1)),
      leave: ({ state, weights }) => state.add(fertilities ? weights.div(fertilities) : weights),
      scoreProjection,
      normalize,
      dropout,
    });
    return { output, weights, coverage: state };
  }

  /** Φ: `[... keyLen keyDim]` → `[... keyLen]`. */
  #fertilities(key: Tensor): Tensor | undefined {
    return this.fertilityProjection
      ?.forward(key)
      .squeeze(-1)
      .sigmoid()
      .mul(this.fertility as number)
      .maximum(LEAST_FERTILITY);
  }
}

export const COVERAGE: Mechanism = {
  name: "coverage",
  family: "memory",
  authors: "Tu, Lu, Liu, Liu & Li",
  year: 2016,
  title: "Modeling Coverage for Neural Machine Translation",
  section: "section Coverage Model, the linguistic one",
  module: "attention/coverage.ts",
  axes: "... queryLen keyLen",
  choose:
    "Outputs that are to take up every key, and none twice: a summary or a translation that repeats itself needs it.",
  example: {
    task: "by-strength",
    build: ({ dim }) => new CoverageAttention({ queryDim: dim, keyDim: dim, hiddenDim: 16 }),
  },
};
