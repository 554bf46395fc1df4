import { requirePositive } from "../nn/options.ts";
import type { Dim } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import { concat, constant, range, type Tensor, type TensorLike } from "../tensor/tensor.ts";
import { type AttentionOutput, type Mechanism, moduleOf } from "./contract.ts";
import { type ScaledDotProductInput, scaledDotProduct } from "./scaled-dot-product.ts";

export interface RotaryOptions {
  /** The slowest pair takes about 2π · base places for a turn; default 10000. */
  readonly base?: number | undefined;
  /** Whether a pair is two neighbours, as in the paper, or numbers i and i + rotaryDim/2, as in GPT-NeoX and LLaMA; default true. */
  readonly interleaved?: boolean | undefined;
  /** How many numbers of each row are turned, the first ones; the others stay. Default: all. */
  readonly rotaryDim?: number | undefined;
}

export interface RotateOptions extends RotaryOptions {
  /** The place of the first row: a number, or a float32 scalar where only a run knows it; default 0. */
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
  const { base = 10_000, offset = 0, interleaved = true } = options;
  const { length, headDim } = bindAxes("rotate", { x: [x, "... length headDim"] });
  const { rotaryDim, rest } = partsOf(headDim, options.rotaryDim);
  requirePositive("rotate", { base });
  const rates = Array.from({ length: rotaryDim / 2 }, (_, i) => base ** ((-2 * i) / rotaryDim));
  const angles = range(length).cast("float32").add(offset).unsqueeze(1).mul(constant(rates)).cast(x.dtype);
  const [cos, sin] = [angles.cos(), angles.sin()];
  const [turned, kept] = (rest > 0 ? x.split([rotaryDim, rest]) : [x]) as [Tensor, Tensor?];
  const row = interleaved ? "(half pair)" : "(pair half)";
  const pairs = rearrange(turned, `... length ${row} -> ... pair length half`, { pair: 2 });
  const [a, b] = pairs.split([1, 1], -3) as [Tensor, Tensor];
  const both = concat([a.mul(cos).sub(b.mul(sin)), a.mul(sin).add(b.mul(cos))], -3);
  const rows = rearrange(both, `... pair length half -> ... length ${row}`);
  return kept ? concat([rows, kept], -1) : rows;
}

/** How many numbers of a row are turned, and how many stay. */
function partsOf(headDim: Dim, given: number | undefined): { rotaryDim: number; rest: number } {
  if (typeof headDim !== "number") {
    throw new ModelError(`rotate: expected a number as headDim but found ${headDim}`);
  }
  const rotaryDim = given ?? headDim;
  if (rotaryDim >= 2 && rotaryDim % 2 === 0 && rotaryDim <= headDim) return { rotaryDim, rest: headDim - rotaryDim };
  throw new RangeError(
    `rotate: expected rotaryDim to be an even number from 2 to headDim=${headDim} but found ${rotaryDim}; give a rotaryDim`,
  );
}

export interface RotaryAttentionInput extends ScaledDotProductInput, RotaryOptions {
  /** The place of the first query; default 0. Behind a cache of keys it is how many keys went before. */
  readonly queryOffset?: TensorLike | undefined;
  /** The place of the first key; default 0. */
  readonly keyOffset?: TensorLike | undefined;
}

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
 * Defaults: base 10000, neighbours are pairs, all numbers are turned, queries and keys are both counted from 0; no mask, no
 * bias, no dropout, scale 1 / √headDim. Edges: adding the same number to both offsets changes nothing; headDim must be even, or
 * rotaryDim given; leading axes (batch, heads) are free and stretch; a row whose mask forbids every key has zero weights and
 * output.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a rotaryDim that is not even, or outside 2 … headDim, and for a
 *   base that is not above 0; ModelError for a headDim that is a symbol
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
  const { query, key, value, base, interleaved, rotaryDim, queryOffset, keyOffset, ...rest } = args;
  bindAxes("rotaryAttention", {
    query: [query, "... queryLen headDim"],
    key: [key, "... keyLen headDim"],
    value: [value, "... keyLen valueDim"],
  });
  const options = { base, interleaved, rotaryDim };
  return scaledDotProduct({
    ...rest,
    query: rotate(query, { ...options, offset: queryOffset }),
    key: rotate(key, { ...options, offset: keyOffset }),
    value,
  });
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
