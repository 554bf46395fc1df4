import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import { bindAxes } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import {
  type AttentionInput,
  type AttentionOutput,
  type Mechanism,
  moduleOf,
  type Normalize,
  type Score,
} from "./contract.ts";
import { windowMask } from "./masks.ts";
import { queryPlaces } from "./places.ts";
import { defaultScore, within } from "./windows.ts";

export interface LocalMonotonicAttentionInput extends AttentionInput {
  /** How many keys a query sees on each side of its own place, a positive integer. */
  readonly radius: number;
  /** Place of the first query among the keys: an integer, or int32, a scalar or stretching to `[... queryLen]`. Default 0. */
  readonly queryOffset?: number | Tensor | undefined;
  /** Default: `scaledDot()`. */
  readonly score?: Score | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
}

/**
 * Local attention whose window walks along with the queries (local-m): both sequences are taken to run side by side.
 *
 *     p_t = t     weights = softmax(score) over the keys of [p_t − radius, p_t + radius]     output = weights · value
 *
 * Source: Luong, Pham & Manning 2015, section 3.2, where the radius is called D.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen queryDim]` |
 * | `key` | `[... keyLen keyDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]` |
 *
 * Defaults: no mask, no bias, no dropout, softmax, the scaled dot product as the score; the first query stands at the first key, as in
 * the source, whichever of them are more, and not, as elsewhere, the last query at the last key. When queries come one at a time,
 * `queryOffset` is the place of the first of them. Edges: what of a window lies beyond either end of the keys is ignored; keys
 * outside the window get exactly 0, and a query whose window holds no allowed key has zero weights and output.
 *
 * @throws ShapeError when a dimension does not fit or a queryOffset is not int32; RangeError for a radius, a queryOffset or a dropout
 *   out of range; ModelError for a queryDim that is a symbol, where no score is given
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { localMonotonicAttention } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { constant, full } from "fovea/tensor";
 *
 * const alike = full([4, 2], 1);
 * const { weights } = evaluate({ ...localMonotonicAttention({ query: alike, key: alike, value: alike, radius: 1 }) }, {});
 * assert.deepEqual([...weights.data].slice(0, 4), [0.5, 0.5, 0, 0]); // the first query sees two keys
 * assert.ok(Math.abs(Number(weights.data[4]) - 1 / 3) < 1e-6); // the second sees three
 * ```
 */
export function localMonotonicAttention(args: LocalMonotonicAttentionInput): AttentionOutput {
  const owner = "localMonotonicAttention";
  const { queryLen, queryDim, keyLen } = bindAxes(owner, {
    query: [args.query, "... queryLen queryDim"],
    key: [args.key, "... keyLen keyDim"],
    value: [args.value, "... keyLen valueDim"],
  });
  const { radius, queryOffset = 0, score = defaultScore(owner, queryDim), dropout = 0 } = args;
  requirePositiveIntegers(owner, { radius });
  requireFractions(owner, { dropout });
  const window = windowMask(queryPlaces(owner, { queryLen, keyLen, queryOffset }), { keyLen, radius });
  const { output, weights } = attend({
    ...args,
    queryOffset,
    score,
    normalize: within(window, args.normalize),
  });
  return { output, weights };
}

export const LOCAL_MONOTONIC: Mechanism = {
  name: "local-monotonic",
  family: "windows",
  authors: "Luong, Pham & Manning",
  year: 2015,
  title: "Effective Approaches to Attention-based Neural Machine Translation",
  section: "section 3.2, local-m",
  module: "attention/local-monotonic.ts",
  axes: "... queryLen keyLen",
  choose: "Queries and keys that run side by side, as speech and its letters: look near the own place, and only there.",
  example: {
    task: "nearby",
    build: () => moduleOf((input) => localMonotonicAttention({ ...input, radius: 3 })),
    steps: 100,
  },
};
