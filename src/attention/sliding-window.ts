import { requireIntegers, requirePositiveIntegers } from "../nn/options.ts";
import { bindAxes } from "../tensor/patterns.ts";
import { applyOne, constant, range, type Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import { type AttentionInput, type AttentionOutput, type Mechanism, moduleOf, type Score } from "./contract.ts";
import { within } from "./local-monotonic.ts";
import { checkMask, windowMask } from "./masks.ts";
import { scaledDot } from "./scaled-dot-product.ts";
import { attendInBlocks } from "./sliding-window-blocks.ts";

export interface SlidingWindowInput extends AttentionInput {
  /** How many keys a query sees besides that at its own place, half of them on each side: an even number. */
  readonly window: number;
  /** Steps from one key of a window to the next; default 1: a window without gaps. */
  readonly dilation?: number | undefined;
  /** Whether a query sees no key behind its own place: of the window, the first half remains. Default: false. */
  readonly causal?: boolean | undefined;
  /** The first query's place among the keys; default 0. */
  readonly offset?: number | undefined;
  /** Default: `scaledDot()`. */
  readonly score?: Score | undefined;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
}

/**
 * Attention to a window of neighbours, in time and memory that grow as the length does, not as its square:
 *
 *     query i sees key j where |i − j| ≤ dilation · window / 2 and dilation divides i − j
 *     weights = softmax(score) over the keys seen     output = weights · value
 *
 * Source: Beltagy, Peters & Cohan 2020 (Longformer), section 3.1, sliding and dilated sliding window, without the global tokens.
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
 * Where queryLen and keyLen are the same number, longer than two windows, and mask and bias differ by key only
 * (`[... 1 keyLen]`), half a window of queries at a time is compared with its own block of keys and those beside it, all blocks in
 * one product; `weights` then puts the blocks' numbers in their places, which costs its size only where it is fetched. In all
 * other cases every pair is compared, and the window is a mask.
 *
 * Defaults: no mask, no bias, no dropout, dilation 1, not causal, offset 0, the scaled dot product as the score, which may not
 * depend on places. Edges: what of a window lies beyond either end is ignored; keys outside the window get exactly 0, and a
 * query whose window holds no allowed key has zero weights and output.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a window, a dilation, an offset or a dropout out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { slidingWindow } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { full } from "fovea/tensor";
 *
 * const states = full([64, 3], 1);
 * const { weights } = evaluate({ ...slidingWindow({ query: states, key: states, value: states, window: 4 }) }, {});
 * assert.deepEqual(weights.shape, [64, 64]);
 * const seen = [...weights.data].slice(10 * 64, 11 * 64).flatMap((weight, key) => (Number(weight) > 0 ? [key] : []));
 * assert.deepEqual(seen, [8, 9, 10, 11, 12]); // by query 10
 * ```
 */
export function slidingWindow(args: SlidingWindowInput): AttentionOutput {
  const { queryLen, keyLen } = bindAxes("slidingWindow", {
    query: [args.query, "... queryLen queryDim"],
    key: [args.key, "... keyLen keyDim"],
    value: [args.value, "... keyLen valueDim"],
  });
  const { window, dilation = 1, causal = false, offset = 0, score = scaledDot(), ...rest } = args;
  checkWindow(window);
  requirePositiveIntegers("slidingWindow", { dilation });
  requireIntegers("slidingWindow", { offset });
  checkMask("slidingWindow", rest, score(rest).shape);
  const long = typeof keyLen === "number" && queryLen === keyLen && keyLen > 2 * window * dilation;
  if (long && offset === 0 && isPerKey(rest.mask, keyLen) && isPerKey(rest.bias, keyLen)) {
    return attendInBlocks({ ...rest, score, length: keyLen, radius: window / 2, dilation, causal });
  }
  const place = range(queryLen).add(offset);
  const seen = [windowMask(place, { keyLen, radius: (dilation * window) / 2 })];
  const ahead = range(keyLen).sub(place.unsqueeze(-1));
  if (causal) seen.push(ahead.lessOrEqual(0));
  if (dilation > 1) seen.push(applyOne("Mod", [ahead, constant(dilation, "int32")]).equal(0));
  const inside = seen.reduce((all, some) => all.and(some));
  const { output, weights } = attend({ ...rest, score, normalize: within(inside) });
  return { output, weights };
}

function checkWindow(window: number): void {
  if (!Number.isSafeInteger(window) || window < 2 || window % 2 !== 0) {
    throw new RangeError(`slidingWindow: expected window to be an even positive integer but found ${window}`);
  }
}

/** Whether a mask or a bias is `[... 1 keyLen]`: the same for every query. */
function isPerKey(x: Tensor | undefined, keyLen: number): boolean {
  if (!x) return true;
  return x.shape.at(-1) === keyLen && (x.rank === 1 || x.dim(-2) === 1);
}

export const SLIDING_WINDOW: Mechanism = {
  name: "sliding-window",
  family: "windows",
  authors: "Beltagy, Peters & Cohan",
  year: 2020,
  title: "Longformer: The Long-Document Transformer",
  section: "section 3.1",
  module: "attention/sliding-window.ts",
  axes: "... queryLen keyLen",
  choose:
    "Long sequences that attend to themselves, where what matters stands nearby, or reaches farther layer by layer.",
  example: {
    task: "nearby",
    build: () => moduleOf((input) => slidingWindow({ ...input, window: 6 })),
    steps: 100,
  },
};
