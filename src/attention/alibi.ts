import { requireFinite, requireFractions, requirePositive, requirePositiveIntegers } from "../nn/options.ts";
import { ModelError } from "../tensor/errors.ts";
import type { DType } from "../tensor/nd-array.ts";
import { bindAxes } from "../tensor/patterns.ts";
import { constant, type Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import { type AttentionOutput, type Mechanism, moduleOf, type Normalize, type Score } from "./contract.ts";
import { distances, type PlacedInput, type Places, placeType } from "./places.ts";
import { scaledDot } from "./scaled-dot-product.ts";

/**
 * The slopes of `heads` heads: 2^(−8/heads), 2^(−16/heads) … 2^(−8). Where their number is no power of two, those of the next
 * lower power, and then every other one of twice that power, as the authors' program has it.
 *
 * @throws RangeError for a number of heads that is not a positive integer
 */
export function alibiSlopes(heads: number): number[] {
  requirePositiveIntegers("alibiSlopes", { heads });
  const power = 2 ** Math.floor(Math.log2(heads));
  const slopes = Array.from({ length: power }, (_, i) => 2 ** ((-8 * (i + 1)) / power));
  if (power === heads) return slopes;
  const between = alibiSlopes(2 * power).filter((_, i) => i % 2 === 0);
  return [...slopes, ...between.slice(0, heads - power)];
}

export interface AlibiOptions {
  /** One for each head, above 0; default: `alibiSlopes(heads)`. */
  readonly slopes?: readonly number[] | undefined;
}

export interface AlibiBiasOptions extends AlibiOptions, Places {
  /** How many there are, where no slopes are given; default 1. */
  readonly heads?: number | undefined;
  /** Default: float32. */
  readonly dtype?: DType | undefined;
}

/**
 * What distance takes from each score, −slope · |query − key|: `[... heads queryLen keyLen]`. The queries are the last places,
 * unless `queryOffset` says where the first one stands.
 *
 * @throws RangeError for a number of heads that is not a positive integer, a slope that is not above 0, or a queryOffset that is no
 *   integer; ShapeError for a queryOffset that is not int32
 */
export function alibiBias({ heads = 1, dtype = "float32", ...options }: AlibiBiasOptions): Tensor {
  return biasOf("alibiBias", { ...options, slopes: options.slopes ?? alibiSlopes(heads), dtype });
}

type BiasOptions = Places & { readonly slopes: readonly number[]; readonly dtype: DType };

function biasOf(owner: string, { slopes, dtype, ...places }: BiasOptions): Tensor {
  for (const slope of slopes) requirePositive(owner, { slope });
  const type = placeType(dtype);
  const rates = constant(
    slopes.map((slope) => -slope),
    type,
  );
  return rates.unsqueeze([1, 2]).mul(distances(owner, places).abs().cast(type)).cast(dtype);
}

/**
 * Its score, for `attend`: dot products scaled by `scale` (default: 1 / √headDim), and less for distance.
 *
 * @throws when called, what `alibiAttention` throws of slopes, scale and queryOffset
 */
export function alibiScore(options: AlibiOptions & { readonly scale?: number | undefined } = {}): Score {
  return scoreOf("alibiScore", options);
}

function scoreOf(owner: string, options: AlibiOptions & { readonly scale?: number | undefined }): Score {
  return ({ query, key, queryOffset }) => {
    const plain = scaledDot({ scale: options.scale })({ query, key });
    const slopes = options.slopes ?? alibiSlopes(headsOf(owner, plain));
    const places = { queryLen: query.dim(-2), keyLen: key.dim(-2), queryOffset };
    const bias = biasOf(owner, { ...places, slopes, dtype: plain.dtype });
    if (slopes.length === 1) return plain.add(bias.squeeze(-3));
    bindAxes(owner, {
      slopes: [bias, "... heads queryLen keyLen"],
      scores: [plain, "... heads queryLen keyLen"],
    });
    return plain.add(bias);
  };
}

/** Of scores `[... heads queryLen keyLen]`; without an axis between batch and queries it is one. */
function headsOf(owner: string, scores: Tensor): number {
  const heads = scores.rank > 3 ? scores.dim(-3) : 1;
  if (typeof heads === "number") return heads;
  throw new ModelError(`${owner}: expected a number of heads but found ${heads}; give slopes`);
}

export interface AlibiAttentionInput extends PlacedInput, AlibiOptions {
  /** Multiplies the dot products; default: 1 / √headDim. */
  readonly scale?: number | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
}

/**
 * Attention with linear biases (ALiBi): each score loses what the key is away from the query, each head at a rate of its own.
 *
 *     output = softmax(Q Kᵀ / √headDim − m |i − j|) V     m = 2^(−8/heads), 2^(−16/heads) … 2^(−8)
 *
 * Source: Press, Smith & Lewis 2021, section 3. There each query sees the keys up to its own, so that i ≥ j; give `causalMask`
 * as the mask for that. The biases are not scaled.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen headDim]` |
 * | `key` | `[... keyLen headDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 * | `alibiSlopes(heads)` (m) | numbers, one for each head |
 * | `alibiBias({ queryLen, keyLen, heads })` | `[heads queryLen keyLen]` |
 *
 * Defaults: of scores `[batch heads queryLen keyLen]` the heads have `alibiSlopes(heads)`; without heads, of three axes or two,
 * there is one slope, 1/256; the last query stands at the last key, as in `causalMask`; no mask, no bias, no dropout, scale 1 /
 * √headDim. Edges: one slope in `slopes` counts for all heads, several need an axis of heads; keys that are padded on the right
 * move the queries, unless `queryOffset` says where the first one stands; a row whose mask forbids every key has zero weights
 * and output.
 *
 * @throws ShapeError when a dimension does not fit or a queryOffset is not int32; RangeError for a slope that is not above 0, or a
 *   scale, a dropout or a queryOffset out of range; ModelError where heads or headDim are symbols, and slopes or scale are
 *   not given
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { alibiAttention, alibiBias, alibiSlopes, causalMask } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { input } from "fovea/tensor";
 *
 * const states = input("states", ["batch", 8, "time", 4]);
 * const mask = causalMask("time");
 * const { weights } = alibiAttention({ query: states, key: states, value: states, mask });
 * assert.deepEqual(weights.shape, ["batch", 8, "time", "time"]);
 *
 * assert.deepEqual(alibiSlopes(4), [1 / 4, 1 / 16, 1 / 64, 1 / 256]);
 * const { bias } = evaluate({ bias: alibiBias({ queryLen: 1, keyLen: 3, slopes: [0.5] }) }, {});
 * assert.deepEqual([...bias.data].map((x) => Math.abs(Number(x))), [1, 0.5, 0]); // the only query stands at the last key
 * ```
 */
export function alibiAttention(args: AlibiAttentionInput): AttentionOutput {
  const { scale, dropout = 0 } = args;
  const { headDim } = bindAxes("alibiAttention", {
    query: [args.query, "... queryLen headDim"],
    key: [args.key, "... keyLen headDim"],
    value: [args.value, "... keyLen valueDim"],
  });
  requireFinite("alibiAttention", { scale: scale ?? 1 });
  requireFractions("alibiAttention", { dropout });
  if (scale === undefined && typeof headDim !== "number") {
    throw new ModelError(`alibiAttention: expected a number as headDim but found ${headDim}; give a scale`);
  }
  const { output, weights } = attend({ ...args, score: scoreOf("alibiAttention", args) });
  return { output, weights };
}

export const ALIBI: Mechanism = {
  name: "alibi",
  family: "positions",
  authors: "Press, Smith & Lewis",
  year: 2021,
  title: "Train Short, Test Long: Attention with Linear Biases Enables Input Length Extrapolation",
  section: "section 3",
  module: "attention/alibi.ts",
  axes: "... queryLen keyLen",
  choose: "Near keys count more than far ones, and sequences may grow longer than any in training.",
  example: {
    task: "latest-mark",
    // One head, steeper than any of the paper's: only distance tells a mark from an earlier one.
    build: () => moduleOf((input) => alibiAttention({ ...input, slopes: [2] })),
  },
};
