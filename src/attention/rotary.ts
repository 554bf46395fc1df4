import { requireFinite, requireFractions, requirePositive } from "../nn/options.ts";
import type { Dim } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import { concat, constant, range, type Tensor, type TensorLike } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import { type AttentionOutput, type Mechanism, moduleOf, type Score } from "./contract.ts";
import { type PlacedInput, placeType, queryPlaces } from "./places.ts";
import { type ScaledDotProductInput, scaledDot } from "./scaled-dot-product.ts";

export interface RotaryOptions {
  /** The slowest pair takes about 2π · base places for a turn; default 10000. */
  readonly base?: number | undefined;
  /** Whether a pair is two neighbours, as in the paper, or numbers i and i + rotaryDim/2, as in GPT-NeoX and LLaMA; default true. */
  readonly interleaved?: boolean | undefined;
  /** How many numbers of each row are turned, the first ones; the others stay. Default: all. */
  readonly rotaryDim?: number | undefined;
}

export interface RotateOptions extends RotaryOptions {
  /** The place of the first row: a number, or a tensor, a scalar or stretching to `[... length]`; default 0. */
  readonly offset?: TensorLike | undefined;
}

/**
 * Turns each row by angles that grow with its place: pair i of the row at place p by p / base^(2i/rotaryDim).
 * `[... length headDim]` → the same; the length may be a symbol.
 *
 * @throws RangeError for a rotaryDim that is not even, or outside 2 … headDim, and for a base that is not above 0; ModelError for
 *   a headDim that is a symbol
 */
export function rotate(x: Tensor, options: RotateOptions = {}): Tensor {
  const { offset = 0, ...others } = options;
  const { length } = bindAxes("rotate", { x: [x, "... length headDim"] });
  const type = placeType(x.dtype);
  const places = range(length)
    .cast(type)
    .add(typeof offset === "number" ? offset : offset.cast(type));
  return turn("rotate", { x, places, ...others });
}

interface TurnOptions extends RotaryOptions {
  readonly x: Tensor;
  /** `[... length]` */
  readonly places: Tensor;
}

function turn(owner: string, { x, places, ...options }: TurnOptions): Tensor {
  const { base = 10_000, interleaved = true } = options;
  const { rotaryDim, rest } = partsOf(owner, x.dim(-1), options.rotaryDim);
  requirePositive(owner, { base });
  const rates = Array.from({ length: rotaryDim / 2 }, (_, i) => base ** ((-2 * i) / rotaryDim));
  const type = placeType(x.dtype);
  const angles = places.cast(type).unsqueeze([-1, -3]).mul(constant(rates, type));
  const [cos, sin] = [angles.cos().cast(x.dtype), angles.sin().cast(x.dtype)];
  const [turned, kept] = (rest > 0 ? x.split([rotaryDim, rest]) : [x]) as [Tensor, Tensor?];
  const row = interleaved ? "(half pair)" : "(pair half)";
  const pairs = rearrange(turned, `... length ${row} -> ... pair length half`, { pair: 2 });
  const [a, b] = pairs.split([1, 1], -3) as [Tensor, Tensor];
  const both = concat([a.mul(cos).sub(b.mul(sin)), a.mul(sin).add(b.mul(cos))], -3);
  const rows = rearrange(both, `... pair length half -> ... length ${row}`);
  return kept ? concat([rows, kept], -1) : rows;
}

/** How many numbers of a row are turned, and how many stay. */
function partsOf(owner: string, headDim: Dim, given: number | undefined): { rotaryDim: number; rest: number } {
  if (typeof headDim !== "number") {
    throw new ModelError(`${owner}: expected a number as headDim but found ${headDim}`);
  }
  const rotaryDim = given ?? headDim;
  if (rotaryDim >= 2 && rotaryDim % 2 === 0 && rotaryDim <= headDim) return { rotaryDim, rest: headDim - rotaryDim };
  throw new RangeError(
    `${owner}: expected rotaryDim to be an even number from 2 to headDim=${headDim} but found ${rotaryDim}; give a rotaryDim`,
  );
}

/**
 * Its score, for `attend`: dot products, scaled by `scale` (default: 1 / √headDim), of rows turned by their places.
 *
 * @throws when called, what `rotate` throws
 */
export function rotaryScore(options: RotaryOptions & { readonly scale?: number | undefined } = {}): Score {
  return scoreOf("rotaryScore", options);
}

function scoreOf(owner: string, options: RotaryOptions & { readonly scale?: number | undefined }): Score {
  const { scale, base, interleaved, rotaryDim } = options;
  const turns = { base, interleaved, rotaryDim };
  return ({ query, key, queryOffset }) => {
    const [queryLen, keyLen] = [query.dim(-2), key.dim(-2)];
    return scaledDot({ scale })({
      query: turn(owner, { ...turns, x: query, places: queryPlaces(owner, { queryLen, keyLen, queryOffset }) }),
      key: turn(owner, { ...turns, x: key, places: range(keyLen) }),
    });
  };
}

export interface RotaryAttentionInput extends ScaledDotProductInput, PlacedInput, RotaryOptions {}

/**
 * Rotary positions: queries and keys are turned by angles that grow with their places, so that a dot product depends on the
 * distance between the two only.
 *
 *     output = softmax((R Q) (R K)ᵀ / √headDim) V
 *     R_p turns pair i by p θ_i:  (a, b) → (a cos p θ_i − b sin p θ_i, a sin p θ_i + b cos p θ_i)     θ_i = base^(−2i/headDim)
 *
 * Source: Su et al. 2021, section 3.2.2, equations 14 and 15; computed without matrices, as in section 3.4.2, equation 34.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen headDim]` |
 * | `key` | `[... keyLen headDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 *
 * Defaults: base 10000, neighbours are pairs, all numbers are turned; the queries are the last places, as in `causalMask`; no
 * mask, no bias, no dropout, softmax, scale 1 / √headDim. Edges: keys that are padded on the right move the queries, unless
 * `queryOffset` says where the first one stands; headDim must be even, or rotaryDim given; leading axes (batch, heads) are free
 * and stretch; a row whose mask forbids every key has zero weights and output. Angles are computed in float32 at least.
 *
 * @throws ShapeError when a dimension does not fit or a queryOffset is not int32; RangeError for a rotaryDim that is not even, or
 *   outside 2 … headDim, for a base that is not above 0, and for a scale, a dropout or a queryOffset out of range; ModelError for a headDim
 *   that is a symbol
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rotaryAttention, rotate } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { array, constant, input } from "fovea/tensor";
 *
 * const states = input("states", ["batch", "heads", "time", 8]);
 * const { weights } = rotaryAttention({ query: states, key: states, value: states });
 * assert.deepEqual(weights.shape, ["batch", "heads", "time", "time"]);
 *
 * const quarter = { offset: Math.PI / 2 }; // a pair's first angle is its place
 * const { turned } = evaluate({ turned: rotate(constant(array([3, 4], [1, 2])), quarter) }, {});
 * assert.deepEqual([...turned.data].map((x) => Number(x).toFixed(3)), ["-4.000", "3.000"]);
 * ```
 */
export function rotaryAttention(args: RotaryAttentionInput): AttentionOutput {
  const { scale = 1, dropout = 0 } = args;
  bindAxes("rotaryAttention", {
    query: [args.query, "... queryLen headDim"],
    key: [args.key, "... keyLen headDim"],
    value: [args.value, "... keyLen valueDim"],
  });
  requireFinite("rotaryAttention", { scale });
  requireFractions("rotaryAttention", { dropout });
  const { output, weights } = attend({ ...args, score: scoreOf("rotaryAttention", args) });
  return { output, weights };
}

export const ROTARY: Mechanism = {
  name: "rotary",
  family: "positions",
  authors: "Su, Lu, Pan, Murtadha, Wen & Liu",
  year: 2021,
  title: "RoFormer: Enhanced Transformer with Rotary Position Embedding",
  section: "section 3.2.2, equations 14 and 15",
  module: "attention/rotary.ts",
  axes: "... queryLen keyLen",
  choose: "Distances without anything to learn, and cached keys that need no second look: today's usual choice.",
  example: {
    task: "previous",
    build: () => moduleOf(rotaryAttention),
  },
};
