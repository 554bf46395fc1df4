import { Conv1d } from "../nn/conv.ts";
import { Linear } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import { multiplyDims } from "../tensor/dim.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { AttentionInput, AttentionOutput, Mechanism, Normalize } from "./contract.ts";
import { softmax } from "./softmax.ts";
import { attendStepwise } from "./stepwise.ts";

export interface LocationSensitiveAttentionOptions {
  readonly queryDim: number;
  readonly keyDim: number;
  readonly hiddenDim: number;
  /** How many filters look at the weights before (k). */
  readonly filters: number;
  /** How many places a filter sees at once (r): attention can step by about half as many from query to query. */
  readonly width: number;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
}

export interface LocationSensitiveInput extends AttentionInput {
  /** The weights before the first query, `[... keyLen]`; default: zeros. */
  readonly previous?: Tensor | undefined;
}

export interface LocationSensitiveOutput extends AttentionOutput {
  /** The weights of the last query, `[... keyLen]`: to go on with. */
  readonly previous: Tensor;
}

/**
 * Additive attention that sees where the query before looked, and so can move on along the keys:
 *
 *     f_i = F ∗ weights_{i−1}     score(q_i, k_j) = w · tanh(W q_i + V k_j + U f_{i, j} + b)
 *     weights_i = softmax(score)     output = weights · value
 *
 * Source: Chorowski, Bahdanau, Serdyuk, Cho & Bengio 2015, sections 2.1 and 2.2, where q_i is s_{i−1} and k_j is h_j. F is k filters
 * of r places that slide over the weights before, with zeros beyond the ends; an even r sees one place more ahead than behind. They
 * are not reversed, which learned filters do not tell.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen queryDim]` |
 * | `key` | `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `previous`, in and out | `[... keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 * | `queryProjection.weight` (W) | `[queryDim hiddenDim]` |
 * | `keyProjection.weight` (V), `keyProjection.bias` (b) | `[keyDim hiddenDim]`, `[hiddenDim]` |
 * | `convolution.weight` (F) | `[filters 1 width]` |
 * | `locationProjection.weight` (U) | `[filters hiddenDim]` |
 * | `scoreProjection.weight` (w) | `[hiddenDim 1]` |
 *
 * Defaults: no mask, no bias, no dropout, softmax, zeros as the weights before the first query. Edges: queries are taken one after
 * the other, so that all at once or some now and the rest later, with `previous`, give the same; leading axes are free and
 * stretch; a row whose mask forbids every key has zero weights and output, and the next query then sees zeros; dropout is not seen by the next query.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a size or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { LocationSensitiveAttention } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const attention = new LocationSensitiveAttention({ queryDim: 3, keyDim: 5, hiddenDim: 7, filters: 2, width: 11 });
 * const states = input("states", ["batch", "keyLen", 5]);
 * const given = { query: input("query", ["batch", "queryLen", 3]), key: states, value: states };
 * const { output, weights, previous } = attention.forward(given);
 * assert.deepEqual([output.shape, weights.shape], [["batch", "queryLen", 5], ["batch", "queryLen", "keyLen"]]);
 * assert.deepEqual(attention.forward({ ...given, previous }).previous.shape, ["batch", "keyLen"]);
 * ```
 */
export class LocationSensitiveAttention extends Module {
  readonly queryProjection: Linear;
  readonly keyProjection: Linear;
  readonly convolution: Conv1d;
  readonly locationProjection: Linear;
  readonly scoreProjection: Linear;
  readonly dropout: number;
  readonly normalize: Normalize;

  constructor(options: LocationSensitiveAttentionOptions) {
    super();
    const { queryDim, keyDim, hiddenDim, filters, width, dropout = 0, normalize = softmax } = options;
    requirePositiveIntegers("LocationSensitiveAttention", { queryDim, keyDim, hiddenDim, filters, width });
    requireFractions("LocationSensitiveAttention", { dropout });
    const behind = Math.floor((width - 1) / 2);
    this.queryProjection = new Linear({ inputDim: queryDim, outputDim: hiddenDim, bias: false });
    this.keyProjection = new Linear({ inputDim: keyDim, outputDim: hiddenDim });
    this.convolution = new Conv1d({
      channels: 1,
      outChannels: filters,
      width,
      padding: [behind, width - 1 - behind],
      bias: false,
    });
    this.locationProjection = new Linear({ inputDim: filters, outputDim: hiddenDim, bias: false });
    this.scoreProjection = new Linear({ inputDim: hiddenDim, outputDim: 1, bias: false });
    this.dropout = dropout;
    this.normalize = normalize;
  }

  forward(args: LocationSensitiveInput): LocationSensitiveOutput {
    const { query, key, value, previous: before } = args;
    bindAxes("LocationSensitiveAttention", {
      queryProjection: [this.queryProjection.weight, "queryDim hiddenDim"],
      keyProjection: [this.keyProjection.weight, "keyDim hiddenDim"],
      query: [query, "... queryLen queryDim"],
      key: [key, "... keyLen keyDim"],
      value: [value, "... keyLen valueDim"],
      ...(before ? { previous: [before, "... keyLen"] as const } : {}),
    });
    const { normalize, dropout, scoreProjection } = this;
    const { output, weights, state } = attendStepwise({
      ...args,
      owner: "LocationSensitiveAttention",
      query: this.queryProjection.forward(query),
      key: this.keyProjection.forward(key),
      before,
      see: (previous) => this.#locations(previous),
      leave: ({ weights }) => weights,
      scoreProjection,
      normalize,
      dropout,
    });
    return { output, weights, previous: state };
  }

  /** U f: `[... keyLen]` → `[... keyLen hiddenDim]`. */
  #locations(weights: Tensor): Tensor {
    const leading = weights.shape.slice(0, -1);
    const keyLen = weights.dim(-1);
    const features = this.convolution.forward(weights.reshape([multiplyDims(leading), 1, keyLen]));
    const located = this.locationProjection.forward(rearrange(features, "rows filters keyLen -> rows keyLen filters"));
    return located.reshape([...leading, keyLen, located.dim(-1)]);
  }
}

export const LOCATION_SENSITIVE: Mechanism = {
  name: "location-sensitive",
  family: "scores",
  authors: "Chorowski, Bahdanau, Serdyuk, Cho & Bengio",
  year: 2015,
  title: "Attention-Based Models for Speech Recognition",
  section: "sections 2.1 and 2.2",
  module: "attention/location-sensitive.ts",
  axes: "... queryLen keyLen",
  choose:
    "Keys that are read in their order, such as speech: each query sees where the one before looked, and moves on.",
  example: {
    task: "in-order",
    build: ({ dim }) =>
      new LocationSensitiveAttention({ queryDim: dim, keyDim: dim, hiddenDim: 16, filters: 3, width: 3 }),
  },
};
