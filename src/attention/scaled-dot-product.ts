import { requireFinite, requireFractions } from "../nn/options.ts";
import type { Dim } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import { bindAxes } from "../tensor/patterns.ts";
import { attend } from "./attend.ts";
import {
  type AttentionInput,
  type AttentionOutput,
  type Mechanism,
  moduleOf,
  type Normalize,
  type Score,
} from "./contract.ts";
import { dot } from "./dot.ts";

export interface ScaledDotProductInput extends AttentionInput {
  /** Multiplies the dot products; default: 1 / √headDim. */
  readonly scale?: number | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
}

/**
 * Scaled dot-product attention:
 *
 *     output = softmax(Q Kᵀ / √headDim) V
 *
 * Source: Vaswani et al. 2017, section 3.2.1, equation 1. The scale keeps the scores' variance at 1 for any headDim, where
 * softmax still has gradients.
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
 * Defaults: no mask, no bias, no dropout, scale 1 / √headDim. Edges: leading axes (batch, heads) are free and stretch; a row
 * whose mask forbids every key has zero weights and output; where headDim is a symbol, `scale` must be given.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a scale or a dropout out of range; ModelError when headDim is a
 *   symbol and no scale is given
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scaledDotProduct } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { array, constant } from "fovea/tensor";
 *
 * const query = constant(array([1, 0], [1, 2]));
 * const key = constant(array([1, 0, 0, 1], [2, 2]));
 * const value = constant(array([10, 20], [2, 1]));
 * const mask = constant(array([0, 1], [1, 2], "bool")); // the second key only
 * const { output, weights } = evaluate({ ...scaledDotProduct({ query, key, value, mask }) }, {});
 * assert.deepEqual([...weights.data], [0, 1]);
 * assert.deepEqual([...output.data], [20]);
 * ```
 */
export function scaledDotProduct(args: ScaledDotProductInput): AttentionOutput {
  const { headDim } = bindAxes("scaledDotProduct", {
    query: [args.query, "... queryLen headDim"],
    key: [args.key, "... keyLen headDim"],
    value: [args.value, "... keyLen valueDim"],
  });
  requireFractions("scaledDotProduct", { dropout: args.dropout ?? 0 });
  const scale = scaleOf("scaledDotProduct", { scale: args.scale, headDim });
  const { output, weights } = attend({ ...args, score: scaledDot({ scale }) });
  return { output, weights };
}

/**
 * Its score, for `attend`: `[... queryLen headDim]`, `[... keyLen headDim]` → `[... queryLen keyLen]`.
 *
 * @throws RangeError for a scale that is not finite; when called, ShapeError when query and key differ in headDim, and ModelError
 *   when headDim is a symbol and no scale is given
 */
export function scaledDot({ scale }: { scale?: number | undefined } = {}): Score {
  if (scale !== undefined) requireFinite("scaledDot", { scale });
  return ({ query, key }) => {
    const { headDim } = bindAxes("scaledDot", {
      query: [query, "... queryLen headDim"],
      key: [key, "... keyLen headDim"],
    });
    return dot({ query: query.mul(scaleOf("scaledDot", { scale, headDim })), key });
  };
}

/** The scale that is given, or 1 / √headDim. */
function scaleOf(owner: string, { scale, headDim }: { scale: number | undefined; headDim: Dim }): number {
  if (scale !== undefined) {
    requireFinite(owner, { scale });
    return scale;
  }
  if (typeof headDim === "number") return 1 / Math.sqrt(headDim);
  throw new ModelError(`${owner}: expected a number as headDim but found ${headDim}; give a scale`);
}

export const SCALED_DOT_PRODUCT: Mechanism = {
  name: "scaled-dot-product",
  family: "scores",
  authors: "Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser & Polosukhin",
  year: 2017,
  title: "Attention Is All You Need",
  section: "section 3.2.1, equation 1",
  module: "attention/scaled-dot-product.ts",
  axes: "... queryLen keyLen",
  choose: "The default: one matrix product, fast at any size, and gradients that do not fade with headDim.",
  example: {
    task: "content",
    build: () => moduleOf(scaledDotProduct),
  },
};
