import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import { isTraining, stage } from "../nn/trace.ts";
import { isUnknown } from "../tensor/dim.ts";
import { bindAxes } from "../tensor/patterns.ts";
import { applyOne, constant, type Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import { type AttentionOutput, type Mechanism, moduleOf, type Normalize, type Score } from "./contract.ts";
import { both, checkMask, isAlikeForQueries, windowMask } from "./masks.ts";
import { distances, firstPlace, type PlacedInput, type Places, queryPlaces } from "./places.ts";
import { attendInBlocks } from "./sliding-window-blocks.ts";
import { defaultScore } from "./windows.ts";

export interface SlidingWindowAttentionInput extends PlacedInput {
  /**
   * How many keys a query sees besides that at its own place, an even number: half of them on each side, where other windows have
   * a `radius`. It counts keys that are seen: with a dilation, they reach farther.
   */
  readonly window: number;
  /** Steps from one key of a window to the next; default 1: a window without gaps. */
  readonly dilation?: number | undefined;
  /** Whether a query sees no key behind its own place: of the window, the first half remains. Default: false. */
  readonly causal?: boolean | undefined;
  /** Default: `scaledDot()`. */
  readonly score?: Score | undefined;
  /** Default: `softmax`. */
  readonly normalize?: Normalize | undefined;
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
 * Where a sequence attends to itself (queryLen is keyLen, and longer than two windows or a symbol), and mask and bias differ by key
 * only (`[... 1 keyLen]`), half a window of queries at a time is compared with its own block of keys and those beside it, all
 * blocks in one product; `weights` then puts the blocks' numbers in their places, which costs its size only where it is fetched. In
 * all other cases every pair is compared, and the window is a mask: for a few queries behind many keys, as in decoding; where a
 * score is given beside a dilation; and where the length is a symbol, in training or with a normalizer of one's own. Blocks of a
 * symbolic length have no gradients, which need numbers.
 *
 * Defaults: no mask, no bias, no dropout, dilation 1, not causal, softmax, the scaled dot product as the score; the queries are the
 * last places, as in `causalMask`. Edges: a score may know places, but only distances between them; what of a window lies beyond
 * either end is ignored; keys that are padded on the right move the queries where these are fewer, unless `queryOffset` says where
 * the first one stands; keys outside the window get exactly 0, and a query whose window holds no allowed key has zero weights and
 * output.
 *
 * @throws ShapeError when a dimension does not fit or a queryOffset is not int32; RangeError for a window, a dilation, a queryOffset
 *   or a dropout out of range; ModelError for a queryDim that is a symbol, where no score is given
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { slidingWindowAttention } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { full } from "fovea/tensor";
 *
 * const states = full([64, 3], 1);
 * const input = { query: states, key: states, value: states };
 * const { weights } = evaluate({ ...slidingWindowAttention({ ...input, window: 4 }) }, {});
 * assert.deepEqual(weights.shape, [64, 64]);
 * const seen = [...weights.data].slice(10 * 64, 11 * 64).flatMap((weight, key) => (Number(weight) > 0 ? [key] : []));
 * assert.deepEqual(seen, [8, 9, 10, 11, 12]); // by query 10
 * ```
 */
export function slidingWindowAttention(args: SlidingWindowAttentionInput): AttentionOutput {
  const owner = "slidingWindowAttention";
  const { queryLen, queryDim, keyLen } = bindAxes(owner, {
    query: [args.query, "... queryLen queryDim"],
    key: [args.key, "... keyLen keyDim"],
    value: [args.value, "... keyLen valueDim"],
  });
  const { window, dilation = 1, causal = false, queryOffset, score: given, normalize, ...rest } = args;
  const { dropout = 0 } = rest;
  requireWindow(owner, window);
  requirePositiveIntegers(owner, { dilation });
  requireFractions(owner, { dropout });
  const score = given ?? defaultScore(owner, queryDim);
  const all = score(rest);
  checkMask(owner, rest, all.shape);
  const places = { queryLen, keyLen, queryOffset };
  const inBlocks =
    isSelf(owner, places) &&
    (typeof keyLen === "number" ? keyLen > 2 * window * dilation : isForInference(keyLen, normalize)) &&
    (given === undefined || dilation === 1) &&
    [rest.mask, rest.bias].every((x) => !x || (x.dim(-1) === keyLen && isAlikeForQueries(x)));
  if (inBlocks) {
    // Those of the whole sequence, of which blocks compute a part each.
    stage("scores", rest.bias ? all.add(rest.bias) : all);
    return attendInBlocks({ ...rest, score, normalize, length: keyLen, radius: window / 2, dilation, causal });
  }
  const mask = both(rest.mask, windowOf(owner, { ...places, radius: window / 2, dilation, causal }));
  const { output, weights } = attend({ ...rest, mask, queryOffset, score, normalize });
  return { output, weights };
}

/** Whether each query stands at the key of its own number, and both are as many. */
function isSelf(owner: string, places: Places): boolean {
  return firstPlace(owner, places) === 0 && places.queryLen === places.keyLen;
}

/** Whether blocks of a length that is a symbol do: gradients, and the noise that a normalizer may draw, need numbers. */
function isForInference(length: string, normalize: Normalize | undefined): boolean {
  return !isUnknown(length) && normalize === undefined && !isTraining();
}

interface WindowOptions extends Places {
  readonly radius: number;
  readonly dilation: number;
  readonly causal: boolean;
}

/** Which keys each query sees: `[... queryLen keyLen]`. */
function windowOf(owner: string, { radius, dilation, causal, ...places }: WindowOptions): Tensor {
  const ahead = distances(owner, places);
  const seen = [windowMask(queryPlaces(owner, places), { keyLen: places.keyLen, radius: dilation * radius })];
  if (causal) seen.push(ahead.lessOrEqual(0));
  if (dilation > 1) seen.push(applyOne("Mod", [ahead, constant(dilation, "int32")]).equal(0));
  return seen.reduce((all, some) => all.and(some));
}

function requireWindow(owner: string, window: number): void {
  if (!Number.isSafeInteger(window) || window < 2 || window % 2 !== 0) {
    throw new RangeError(`${owner}: expected window to be an even positive integer but found ${window}`);
  }
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
    build: () => moduleOf((input) => slidingWindowAttention({ ...input, window: 6 })),
    steps: 100,
  },
};
