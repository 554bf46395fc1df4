import { requireFractions } from "../nn/options.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import { attend } from "./attend.ts";
import {
  type AttentionInput,
  type AttentionOutput,
  type Mechanism,
  moduleOf,
  type Normalize,
  type Score,
} from "./contract.ts";

export interface DotProductInput extends AttentionInput {
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
}

/**
 * Dot-product attention, the plainest comparison of query and key:
 *
 *     score(q, k) = q · k     weights = softmax(score)     output = weights · value
 *
 * Source: Luong, Pham & Manning 2015, section 3.1, the score called dot, where the query is h_t and the keys are h̄_s.
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
 * Defaults: no mask, no bias, no dropout, softmax. Edges: query and key must be of one size, which may be a symbol; leading axes
 * (batch, heads) are free and stretch; scores grow with headDim, until softmax gives all weight to one key and has no gradient
 * left, for which `scaledDotProduct` divides; a row whose mask forbids every key has zero weights and output.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { dotProduct } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { array, constant } from "fovea/tensor";
 *
 * const query = constant(array([Math.log(3), 5], [1, 2]));
 * const key = constant(array([1, 0, 0, 0], [2, 2])); // scores log 3 and 0
 * const value = constant(array([100, 0], [2, 1]));
 * const { output } = evaluate({ ...dotProduct({ query, key, value }) }, {});
 * assert.equal(Number(output.data[0]).toFixed(4), "75.0000");
 * ```
 */
export function dotProduct(args: DotProductInput): AttentionOutput {
  bindAxes("dotProduct", {
    query: [args.query, "... queryLen headDim"],
    key: [args.key, "... keyLen headDim"],
    value: [args.value, "... keyLen valueDim"],
  });
  requireFractions("dotProduct", { dropout: args.dropout ?? 0 });
  const { output, weights } = attend({ ...args, score: dot });
  return { output, weights };
}

/**
 * Its score, for `attend`: `[... queryLen headDim]`, `[... keyLen headDim]` → `[... queryLen keyLen]`.
 *
 * @throws ShapeError when query and key differ in headDim
 */
export const dot: Score = ({ query, key }) => {
  bindAxes("dot", { query: [query, "... queryLen headDim"], key: [key, "... keyLen headDim"] });
  return query.matmul(rearrange(key, "... keyLen headDim -> ... headDim keyLen"));
};

export const DOT: Mechanism = {
  name: "dot",
  family: "scores",
  authors: "Luong, Pham & Manning",
  year: 2015,
  title: "Effective Approaches to Attention-based Neural Machine Translation",
  section: "section 3.1, the score dot",
  module: "attention/dot.ts",
  axes: "... queryLen keyLen",
  choose: "Queries and keys of one space and of few dimensions: nothing to learn, nothing to set.",
  example: {
    task: "content",
    build: () => moduleOf(dotProduct),
  },
};
