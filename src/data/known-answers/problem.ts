import type { Rng } from "../../tensor/random.ts";

/** One problem whose answer is known, and with it the keys that must be read. */
export interface Problem {
  /** `queryLen` vectors of `queryDim` numbers. */
  readonly query: readonly (readonly number[])[];
  /** `keyLen` vectors of `keyDim` numbers. */
  readonly key: readonly (readonly number[])[];
  /** What each key carries: a symbol, 0 … classes − 1. */
  readonly symbols: readonly number[];
  /** For each query the key that must be read; the answer is its symbol. */
  readonly where: readonly number[];
  /** How many of the keys, the first ones, are no padding; default: all. */
  readonly length?: number;
  /** Keys that a query may not attend to; default: padding. */
  readonly forbidden?: (query: number, key: number) => boolean;
  /** How query and key are called in a picture. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
}

/** A kind of problems, drawn from a stream. */
export interface ProblemSource {
  /** What is asked, in a sentence. */
  readonly about: string;
  /** What its pictures call queries and keys, in a sentence. */
  readonly labels: string;
  readonly queryDim: number;
  readonly keyDim: number;
  readonly queryLen: number;
  readonly keyLen: number;
  readonly draw: (rng: Rng) => Problem;
}

/** How many symbols there are: the letters that keys carry in pictures. */
export const CLASSES = 8;

export const letter = (symbol: number): string => "abcdefgh"[symbol] as string;

/** Symbols for `count` keys, all different as far as they go. */
export function drawSymbols(rng: Rng, count: number): number[] {
  const all = Array.from({ length: CLASSES }, (_, symbol) => symbol);
  return Array.from({ length: count }, () => {
    if (all.length === 0) return rng.integer(CLASSES);
    return all.splice(rng.integer(all.length), 1)[0] as number;
  });
}

/** Independent numbers, uniform in [−1, 1). */
export function noise(rng: Rng, length: number, scale = 1): number[] {
  return Array.from({ length }, () => scale * (2 * rng.uniform() - 1));
}

export function oneHot(index: number, length: number): number[] {
  return Array.from({ length }, (_, i) => (i === index ? 1 : 0));
}

/** 0 … count − 1 in random order. */
export function shuffled(rng: Rng, count: number): number[] {
  return Array.from(rng.permutation(count));
}
