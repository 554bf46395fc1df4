import { Conv1d } from "../nn/conv.ts";
import { dropout as drop } from "../nn/dropout.ts";
import { Linear } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import { scan } from "../nn/scan.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import { type Tensor, zeros } from "../tensor/tensor.ts";
import type { AttentionInput, AttentionOutput, Mechanism, Normalize } from "./contract.ts";
import { checkMask } from "./masks.ts";
import { softmax } from "./softmax.ts";

export interface LocationSensitiveAttentionOptions {
  readonly queryDim: number;
  readonly keyDim: number;
  readonly hiddenDim: number;
  /** How many filters look at the weights before (k). */
  readonly filters: number;
  /** How many places a filter sees at once (r): attention can step by about half as many from query to query. */
  readonly width: number;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number;
  /** Default: `softmax`. */
  readonly normalize?: Normalize;
}

export interface LocationSensitiveInput extends AttentionInput {
  /** The weights before the first query, `[batch keyLen]`; default: zeros. */
  readonly previous?: Tensor | undefined;
}

export interface LocationSensitiveOutput extends AttentionOutput {
  /** The weights of the last query, `[batch keyLen]`: to go on with. */
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
 * | `query` | `[batch queryLen queryDim]` |
 * | `key` | `[batch keyLen keyDim]` |
 * | `value` | `[batch keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[batch queryLen keyLen]` |
 * | `previous`, in and out | `[batch keyLen]` |
 * | `output` | `[batch queryLen valueDim]` |
 * | `weights` | `[batch queryLen keyLen]` |
 * | `queryProjection.weight` (W) | `[queryDim hiddenDim]` |
 * | `keyProjection.weight` (V), `keyProjection.bias` (b) | `[keyDim hiddenDim]`, `[hiddenDim]` |
 * | `convolution.weight` (F) | `[filters 1 width]` |
 * | `locationProjection.weight` (U) | `[filters hiddenDim]` |
 * | `scoreProjection.weight` (w) | `[hiddenDim 1]` |
 *
 * Defaults: no mask, no bias, no dropout, softmax, zeros as the weights before the first query. Edges: queries are taken one after
 * the other, so that all at once or some now and the rest later, with `previous`, give the same; a row whose mask forbids every
 * key has zero weights and output, and the next query then sees zeros; dropout is not seen by the next query.
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
    const { query, key, value, mask, bias, previous } = args;
    const { batch, queryLen, keyLen } = bindAxes("LocationSensitiveAttention", {
      queryProjection: [this.queryProjection.weight, "queryDim hiddenDim"],
      keyProjection: [this.keyProjection.weight, "keyDim hiddenDim"],
      query: [query, "batch queryLen queryDim"],
      key: [key, "batch keyLen keyDim"],
      value: [value, "batch keyLen valueDim"],
    });
    if (previous) {
      bindAxes("LocationSensitiveAttention", {
        key: [key, "batch keyLen keyDim"],
        previous: [previous, "batch keyLen"],
      });
    }
    const scores = [batch, queryLen, keyLen];
    checkMask("LocationSensitiveAttention", { mask, bias }, scores);
    const keys = this.keyProjection.forward(key);
    const byQuery = (x: Tensor) => rearrange(x, "batch queryLen dim -> queryLen batch dim");
    const { last, output: steps } = scan({
      initial: { weights: previous ?? zeros([batch, keyLen], query.dtype) },
      inputs: {
        query: byQuery(this.queryProjection.forward(query)),
        ...(mask ? { mask: byQuery(mask.expand(scores)) } : {}),
        ...(bias ? { bias: byQuery(bias.expand(scores)) } : {}),
      },
      step: (before, at: Step) => {
        const pairs = keys.add(this.#locations(before.weights)).add(at.query.unsqueeze(1));
        const plain = this.scoreProjection.forward(pairs.tanh()).squeeze(-1);
        const weights = this.normalize(at.bias ? plain.add(at.bias) : plain, at.mask);
        return { state: { weights }, output: { weights } };
      },
    });
    const weights = rearrange(steps.weights, "queryLen batch keyLen -> batch queryLen keyLen");
    return { output: drop(weights, this.dropout).matmul(value), weights, previous: last.weights };
  }

  /** U f: `[batch keyLen]` → `[batch keyLen hiddenDim]`. */
  #locations(weights: Tensor): Tensor {
    const features = this.convolution.forward(weights.unsqueeze(1));
    return this.locationProjection.forward(rearrange(features, "batch filters keyLen -> batch keyLen filters"));
  }
}

/** What belongs to one query: `[batch hiddenDim]`, and `[batch keyLen]` of mask and bias. */
interface Step {
  readonly query: Tensor;
  readonly mask?: Tensor;
  readonly bias?: Tensor;
}

export const LOCATION_SENSITIVE: Mechanism = {
  name: "location-sensitive",
  family: "scores",
  authors: "Chorowski, Bahdanau, Serdyuk, Cho & Bengio",
  year: 2015,
  title: "Attention-Based Models for Speech Recognition",
  section: "sections 2.1 and 2.2",
  module: "attention/location-sensitive.ts",
  axes: "batch queryLen keyLen",
  choose:
    "Keys that are read in their order, such as speech: each query sees where the one before looked, and moves on.",
  example: {
    task: "in-order",
    build: ({ dim }) =>
      new LocationSensitiveAttention({ queryDim: dim, keyDim: dim, hiddenDim: 16, filters: 3, width: 3 }),
  },
};
