import { ModelError } from "../../tensor/errors.ts";

/** Steps of the table to a power of 2. */
const STEPS = 64;
const STEPS_PER_UNIT = STEPS * Math.LOG2E;
const UNIT_PER_STEP = Math.LN2 / STEPS;
/** e^−44 is below 10^−19: of a hundred thousand tokens, less than a float64 can tell from 0 beside the likeliest. */
const FARTHEST = 44;

const POWERS: Float64Array = Float64Array.from(
  { length: Math.floor(FARTHEST * STEPS_PER_UNIT) + 1 },
  (_, i) => 2 ** (-i / STEPS),
);

/**
 * e^−x for finite x from 0 on, 0 beyond 44, NaN for all else, to a relative error of 2 · 10^−12: a power of 2 from a table, and a polynomial for the rest, which is
 * below ln 2 / 64. Five times as fast as `Math.exp`, which would take most of the time of a step, and the same in every engine.
 */
export function decay(x: number): number {
  // NaN for ∞, so that a sum shows it.
  if (x > FARTHEST) return 0 * x;
  const n = (x * STEPS_PER_UNIT) | 0;
  const r = n * UNIT_PER_STEP - x;
  return (POWERS[n] as number) * (1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24)))));
}

/** Where the logits of a hypothesis lie, and whose they are, for messages. */
export interface LogitRow {
  readonly logits: Float32Array;
  readonly from: number;
  readonly vocabulary: number;
  readonly row: number;
  readonly written: number;
}

/**
 * log Σ e^logit, in float64.
 *
 * @param largest the largest of the logits
 * @throws ModelError for a logit that is not finite
 */
export function logNormalizer(at: LogitRow, largest: number): number {
  const { logits, from, vocabulary } = at;
  const end = from + vocabulary;
  let sum = 0;
  for (let i = from; i < end; i++) sum += decay(largest - (logits[i] as number));
  if (Number.isFinite(sum)) return largest + Math.log(sum);
  const token = logits.subarray(from, from + vocabulary).findIndex((logit) => !Number.isFinite(logit));
  throw new ModelError(
    `decode: expected finite logits but found ${logits[from + token]} for token ${token} after ${at.written} tokens of row ${at.row}`,
  );
}

/** The likeliest tokens that are not forbidden, and what log p is a logit's distance from. */
export interface LikelyTokens {
  readonly tokens: readonly number[];
  readonly normalizer: number;
}

/**
 * The `count` likeliest tokens, or all there are, the likeliest first; of equal ones, the lower id. One pass, which compares each logit
 * with the least of the best so far. Forbidden tokens keep their share of the softmax.
 *
 * @throws ModelError for a logit that is not finite
 */
export function likeliest(at: LogitRow, count: number, forbidden: ReadonlySet<number>): LikelyTokens {
  const logits = at.logits.subarray(at.from, at.from + at.vocabulary);
  const tokens: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token] as number;
    if (logit > least) {
      if (logit > largest) largest = logit;
      if (!forbidden.has(token)) least = insert(logits, tokens, { token, count });
    }
  }
  return { tokens, normalizer: logNormalizer(at, largest) };
}

/** Puts a token in its place among the likeliest. @returns what a logit must be above to be among them, too */
function insert(logits: Float32Array, tokens: number[], { token, count }: { token: number; count: number }): number {
  if (tokens.length === count) tokens.pop();
  const logit = logits[token] as number;
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((logits[tokens[middle] as number] as number) < logit) high = middle;
    else low = middle + 1;
  }
  tokens.splice(low, 0, token);
  return tokens.length === count ? (logits[tokens[count - 1] as number] as number) : Number.NEGATIVE_INFINITY;
}
