import { Linear } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import type { Dim } from "../tensor/dim.ts";
import { bindAxes } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { AttentionOutput, Normalize } from "./contract.ts";
import { firstPlace, type PlacedInput } from "./places.ts";
import { scaledDotProduct } from "./scaled-dot-product.ts";

export interface PositionedAttentionOptions {
  readonly queryDim: number;
  readonly keyDim: number;
  /** Size of query and key behind their projections. */
  readonly headDim: number;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
}

/** Vectors for the places of a sequence, a `Module` where they are learned. */
export interface Positions {
  /**
   * Those of the places `first` … first + length − 1: `[length dim]`. `first` may be a dimension, or int32, then a scalar or
   * stretching to `[... length]`, and the vectors are `[... length dim]`; default 0.
   */
  forward(length: Dim, first?: Dim | Tensor): Tensor;
}

/**
 * What attentions with absolute positions share: a vector for each place is added to queries and to keys, both are projected,
 * and scaled dot-product attention compares them. The values are read as they are.
 *
 *     output = softmax((Q + P_Q) W_Q ((K + P_K) W_K)ᵀ / √headDim) V
 */
export class PositionedAttention extends Module {
  readonly queryPositions: Positions;
  readonly keyPositions: Positions;
  readonly queryProjection: Linear;
  readonly keyProjection: Linear;
  readonly dropout: number;
  readonly normalize: Normalize | undefined;
  readonly #owner: string;

  /**
   * @param owner its name in errors
   * @param positions vectors of queryDim for queries, of keyDim for keys
   */
  constructor(
    owner: string,
    options: PositionedAttentionOptions,
    positions: { readonly query: Positions; readonly key: Positions },
  ) {
    super();
    const { queryDim, keyDim, headDim, dropout = 0, normalize } = options;
    requirePositiveIntegers(owner, { queryDim, keyDim, headDim });
    requireFractions(owner, { dropout });
    this.queryPositions = positions.query;
    this.keyPositions = positions.key;
    this.queryProjection = new Linear({ inputDim: queryDim, outputDim: headDim });
    this.keyProjection = new Linear({ inputDim: keyDim, outputDim: headDim });
    this.dropout = dropout;
    this.normalize = normalize;
    this.#owner = owner;
  }

  forward({ query, key, queryOffset, ...rest }: PlacedInput): AttentionOutput {
    const { queryLen, keyLen } = bindAxes(this.#owner, {
      queryProjection: [this.queryProjection.weight, "queryDim headDim"],
      keyProjection: [this.keyProjection.weight, "keyDim headDim"],
      query: [query, "... queryLen queryDim"],
      key: [key, "... keyLen keyDim"],
      value: [rest.value, "... keyLen valueDim"],
    });
    const first = firstPlace(this.#owner, { queryLen, keyLen, queryOffset });
    const queryPositions = this.queryPositions.forward(queryLen, first).cast(query.dtype);
    const keyPositions = this.keyPositions.forward(keyLen).cast(key.dtype);
    return scaledDotProduct({
      ...rest,
      query: this.queryProjection.forward(query.add(queryPositions)),
      key: this.keyProjection.forward(key.add(keyPositions)),
      dropout: this.dropout,
      normalize: this.normalize,
    });
  }
}
