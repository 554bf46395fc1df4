import { requireIntegers, requirePositiveIntegers } from "../nn/options.ts";
import { bindAxes } from "../tensor/patterns.ts";
import { range, type Tensor } from "../tensor/tensor.ts";
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
import { scaledDot } from "./scaled-dot-product.ts";
import { softmax } from "./softmax.ts";

export interface LocalMonotonicInput extends AttentionInput {
  /** How many keys a query sees on each side of its own place, a positive integer. */
  readonly radius: number;
  /** The first query's place among the keys, an integer; or int32, stretching to `[... queryLen]`. Default 0. */
  readonly offset?: number | Tensor | undefined;
  /** Default: `scaledDot()`. */
  readonly score?: Score | undefined;
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
 * Defaults: no mask, no bias, no dropout, offset 0, the scaled dot product as the score. Edges: queries and keys are counted from
 * 0, whichever of them are more; what of a window lies beyond either end of the keys is ignored; keys outside the window get
 * exactly 0, and a query whose window holds no allowed key has zero weights and output. When queries come one at a time, `offset`
 * is the place of the first of them.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a radius, an offset or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { localMonotonic } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { constant, full } from "fovea/tensor";
 *
 * const alike = full([4, 2], 1);
 * const { weights } = evaluate({ ...localMonotonic({ query: alike, key: alike, value: alike, radius: 1 }) }, {});
 * assert.deepEqual([...weights.data].slice(0, 4), [0.5, 0.5, 0, 0]); // the first query sees two keys
 * assert.ok(Math.abs(Number(weights.data[4]) - 1 / 3) < 1e-6); // the second sees three
 * ```
 */
export function localMonotonic(args: LocalMonotonicInput): AttentionOutput {
  const { queryLen, keyLen } = bindAxes("localMonotonic", {
    query: [args.query, "... queryLen queryDim"],
    key: [args.key, "... keyLen keyDim"],
    value: [args.value, "... keyLen valueDim"],
  });
  const { radius, offset = 0, score = scaledDot(), ...rest } = args;
  requirePositiveIntegers("localMonotonic", { radius });
  if (typeof offset === "number") requireIntegers("localMonotonic", { offset });
  const window = windowMask(range(queryLen).add(offset), { keyLen, radius });
  const { output, weights } = attend({ ...rest, score, normalize: within(window) });
  return { output, weights };
}

/** A normalizer that sees the keys of a window only: `window` bool, stretching to `[... queryLen keyLen]`. */
export function within(window: Tensor, normalize: Normalize = softmax): Normalize {
  return (scores, mask) => normalize(scores, mask ? mask.and(window) : window);
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
    build: () => moduleOf((input) => localMonotonic({ ...input, radius: 3 })),
    steps: 100,
  },
};
