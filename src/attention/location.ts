import { Linear, project } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import type { Dim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { broadcast } from "../tensor/operators/operator.ts";
import { bindAxes } from "../tensor/patterns.ts";
import { range, type Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import type { AttentionInput, AttentionOutput, Mechanism, Normalize, ScoreInput } from "./contract.ts";

export interface LocationAttentionOptions {
  readonly queryDim: number;
  /** The longest keyLen. */
  readonly maxLen: number;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
}

/**
 * Location-based attention: the query alone says which places to read, whatever keys stand there.
 *
 *     scores = W q     weights = softmax(the first keyLen scores)     output = weights · value
 *
 * Source: Luong, Pham & Manning 2015, section 3.1, the location-based function, where W is W_a. There, too, only the first of the
 * maxLen places count for a shorter sequence; here they are taken before softmax, so that rows sum to 1 at any length. Words
 * beyond the longest length, which are left unread there, are refused here.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen queryDim]` |
 * | `key`, of which only keyLen is read | `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 * | `projection.weight` (W transposed) | `[queryDim maxLen]` |
 *
 * Defaults: no mask, no bias, no dropout, softmax. Edges: a place beyond those seen in training has the weight that it started with;
 * where keyLen is a symbol, a run with more than maxLen keys fails in the back end; leading axes are free and stretch, so
 * that one query can read a whole batch; a row whose mask forbids every key has zero weights and output.
 *
 * @throws ShapeError when a dimension does not fit, or keyLen is above maxLen; RangeError for a size or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { LocationAttention } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const attention = new LocationAttention({ queryDim: 3, maxLen: 50 });
 * const states = input("states", ["batch", "keyLen", 5]);
 * const { output, weights } = attention.forward({ query: input("query", ["batch", 2, 3]), key: states, value: states });
 * assert.deepEqual([output.shape, weights.shape], [["batch", 2, 5], ["batch", 2, "keyLen"]]);
 * const long = input("long", ["batch", 51, 5]);
 * assert.throws(() => attention.forward({ query: input("query", ["batch", 2, 3]), key: long, value: long }), /up to maxLen=50/);
 * ```
 */
export class LocationAttention extends Module {
  readonly projection: Linear;
  readonly dropout: number;
  readonly normalize: Normalize | undefined;

  constructor(options: LocationAttentionOptions) {
    super();
    const { queryDim, maxLen, dropout = 0, normalize } = options;
    requirePositiveIntegers("LocationAttention", { queryDim, maxLen });
    requireFractions("LocationAttention", { dropout });
    this.projection = new Linear({ inputDim: queryDim, outputDim: maxLen, bias: false });
    this.dropout = dropout;
    this.normalize = normalize;
  }

  /** The scores alone, for `attend`: `[... queryLen keyLen]`. Of the key only its length is read. */
  score({ query, key }: ScoreInput): Tensor {
    const { queryLen, keyLen } = bindAxes("LocationAttention", {
      query: [query, "... queryLen queryDim"],
      key: [key, "... keyLen keyDim"],
    });
    const leading = broadcast("LocationAttention", [query.shape.slice(0, -2), key.shape.slice(0, -2)]);
    return this.#places(query, keyLen).expand([...leading, queryLen, keyLen]);
  }

  /** The scores of the first places: `[... queryLen queryDim]` → `[... queryLen keyLen]`. */
  #places(query: Tensor, keyLen: Dim): Tensor {
    const { weight } = this.projection;
    if (typeof keyLen === "string") return project(query, weight.gather(range(keyLen), 1));
    const maxLen = weight.dim(1) as number;
    if (keyLen > maxLen) {
      throw new ShapeError(
        `LocationAttention: expected keyLen up to maxLen=${maxLen} but found ${keyLen}; build it with a larger maxLen`,
      );
    }
    return project(query, weight.slice({ axis: 1, end: keyLen }));
  }

  forward(args: AttentionInput): AttentionOutput {
    bindAxes("LocationAttention", {
      projection: [this.projection.weight, "queryDim maxLen"],
      query: [args.query, "... queryLen queryDim"],
      key: [args.key, "... keyLen keyDim"],
      value: [args.value, "... keyLen valueDim"],
    });
    const { dropout, normalize } = this;
    const { output, weights } = attend({ ...args, dropout, normalize, score: (pair) => this.score(pair) });
    return { output, weights };
  }
}

export const LOCATION: Mechanism = {
  name: "location",
  family: "scores",
  authors: "Luong, Pham & Manning",
  year: 2015,
  title: "Effective Approaches to Attention-based Neural Machine Translation",
  section: "section 3.1, the location-based function",
  module: "attention/location.ts",
  axes: "... queryLen keyLen",
  choose: "The query knows the place and the keys do not matter: sequences of a known greatest length, laid out alike.",
  example: {
    task: "place",
    build: ({ dim, keyLen }) => new LocationAttention({ queryDim: dim, maxLen: keyLen }),
  },
};
