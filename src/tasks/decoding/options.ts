import { requireNotNegative, requirePositive, requirePositiveIntegers } from "../../nn/options.ts";
import { Rng } from "../../tensor/random.ts";
import { requirePlace } from "../places.ts";
import type { DecodeInput } from "./batch.ts";
import type { StepDecoder } from "./step-decoder.ts";

/** How tokens are drawn. */
export interface SampleOptions {
  /** Logits are divided by it; default 1. */
  readonly temperature?: number;
  /** Only so many of the likeliest tokens are drawn; default all. */
  readonly topK?: number;
  /** Only the fewest of the likeliest tokens that have this share together are drawn; default 1: all. */
  readonly topP?: number;
  readonly seed: number;
}

export interface DecodeOptions {
  /** The most tokens of an answer, END included; one number for all rows, or one for each. */
  readonly maxLen: number | readonly number[];
  /** END is not written before this many tokens, itself included; default 1. */
  readonly minLen?: number;
  /** How many hypotheses of a row are followed at a time; default 1: greedy. */
  readonly beam?: number;
  /** α of `lengthPenalty`; default 0. */
  readonly lengthPenalty?: number;
  /** β of `coveragePenalty`; default 0. Needs a decoder that tells where it attends. */
  readonly coveragePenalty?: number;
  /** Draws tokens in place of taking the likeliest. */
  readonly sample?: SampleOptions;
  /** Tokens that are never written. */
  readonly banned?: readonly number[];
  /** No run of so many tokens is written twice (Paulus et al. 2018, "A Deep Reinforced Model for Abstractive Summarization", section 2.5). */
  readonly noRepeatNgram?: number;
  /** Hypotheses to give for a row, `beam` at most; where tokens are drawn, how often an answer is. Default 1. */
  readonly best?: number;
  /** Aborting ends with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Options that hold for all rows, checked and with their defaults. */
export interface Plan {
  readonly end: number;
  readonly vocabulary: number;
  readonly minLen: number;
  readonly beam: number;
  readonly best: number;
  readonly lengthPenalty: number;
  readonly coveragePenalty: number;
  readonly sample: SampleOptions | undefined;
  readonly banned: ReadonlySet<number>;
  /** Infinity where runs may repeat. */
  readonly noRepeatNgram: number;
  /** One stream of random numbers for each answer that is drawn for a row. */
  readonly streams: readonly Rng[];
}

/** @throws RangeError for an option outside its limits */
export function planOf(
  { end, vocabulary }: Pick<StepDecoder<unknown>, "end" | "vocabulary">,
  options: DecodeOptions,
  maxLens: readonly number[],
): Plan {
  const { beam = 1, best = 1, minLen = 1, lengthPenalty = 0, coveragePenalty = 0, sample, banned = [] } = options;
  requirePlace("decode", "END", { found: end, count: vocabulary });
  requirePositiveIntegers("decode", { beam, best, minLen });
  const least = Math.min(...maxLens);
  if (minLen > least) {
    throw new RangeError(`decode: expected minLen to be at most ${least}, the least maxLen, but found ${minLen}`);
  }
  requireNotNegative("decode", { lengthPenalty, coveragePenalty });
  if (options.noRepeatNgram !== undefined) requirePositiveIntegers("decode", { noRepeatNgram: options.noRepeatNgram });
  checkBanned(banned, vocabulary);
  checkMode(options, { beam, best });
  return {
    end,
    vocabulary,
    minLen,
    beam,
    best,
    lengthPenalty,
    coveragePenalty,
    sample,
    banned: new Set(banned),
    noRepeatNgram: options.noRepeatNgram ?? Number.POSITIVE_INFINITY,
    streams: sample ? Array.from({ length: best }, (_, lane) => new Rng(sample.seed, `decode ${lane}`)) : [],
  };
}

function checkBanned(banned: readonly number[], vocabulary: number): void {
  for (const token of banned) requirePlace("decode", "banned tokens", { found: token, count: vocabulary });
  if (new Set(banned).size < vocabulary) return;
  throw new RangeError(`decode: expected a token that may be written but found all ${vocabulary} banned`);
}

function checkMode({ sample }: DecodeOptions, { beam, best }: { beam: number; best: number }): void {
  if (!sample) {
    if (best <= beam) return;
    throw new RangeError(`decode: expected best to be at most ${beam}, the beam, but found ${best}; widen the beam`);
  }
  if (beam > 1) {
    throw new RangeError(
      `decode: expected a beam of 1 where tokens are drawn but found ${beam}; for several answers, set best`,
    );
  }
  const { temperature = 1, topK = 1, topP = 1 } = sample;
  requirePositive("decode", { temperature });
  requirePositiveIntegers("decode", { topK });
  if (!(topP > 0 && topP <= 1)) {
    throw new RangeError(`decode: expected topP to be above 0 and at most 1 but found ${topP}`);
  }
}

/** @throws RangeError unless there is a positive integer for each row */
export function maxLensOf(maxLen: number | readonly number[], rows: number): readonly number[] {
  const lens = typeof maxLen === "number" ? new Array<number>(rows).fill(maxLen) : maxLen;
  requireOneEach("maxLen", lens, rows);
  for (const len of typeof maxLen === "number" ? [maxLen] : lens) requirePositiveIntegers("decode", { maxLen: len });
  return lens;
}

/** @throws RangeError for what is no number of rows, no length or no name */
export function checkInput({ rows, sourceLengths, places }: Omit<DecodeInput<unknown>, "state">): void {
  if (!Number.isSafeInteger(rows) || rows < 0) {
    throw new RangeError(`decode: expected rows to be an integer of at least 0 but found ${rows}`);
  }
  if (sourceLengths) requireOneEach("sourceLengths", sourceLengths, rows);
  for (const sourceLength of sourceLengths ?? []) requirePositiveIntegers("decode", { sourceLengths: sourceLength });
  if (places) requireOneEach("places", places, rows);
  for (const place of places ?? []) requirePlace("decode", "places", { found: place, count: 2 ** 32 });
}

function requireOneEach(name: string, list: readonly number[], rows: number): void {
  if (list.length === rows) return;
  throw new RangeError(`decode: expected ${name} of ${rows} rows but found ${list.length}`);
}
