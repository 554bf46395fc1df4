import { requireIntegers, requireNotNegative, requirePositive, requirePositiveIntegers } from "../../nn/options.ts";
import { Corpus, type PairMetric, type References, type SetFacts } from "./corpus.ts";
import { countNgrams, splitWords } from "./words.ts";

export interface ChrfOptions {
  /** The longest runs of characters; default 6. */
  readonly characterOrder?: number | undefined;
  /** The longest runs of words; default 0, which is chrF; 2 is chrF++. */
  readonly wordOrder?: number | undefined;
  /** How many times as much recall counts as precision; default 2. */
  readonly beta?: number | undefined;
  /** Whether to take upper case for lower case; default false. */
  readonly lowercase?: boolean | undefined;
  /** Whether white space counts as characters; default false. */
  readonly whitespace?: boolean | undefined;
  /**
   * Whether an order without n-grams counts as one that is wrong, with a mean of the orders' F scores, as the first chrF++ had it;
   * default false, which leaves such orders out and takes F of the mean precision and recall.
   */
  readonly epsilonSmoothing?: boolean | undefined;
}

export interface ChrfScore {
  /** From 0 to 100. */
  readonly score: number;
  /** As `chrF2` or `chrF2++`: with beta, and a plus for each order of words. */
  readonly name: string;
  /** How it was measured, in sacreBLEU's words, as `nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no`. */
  readonly signature: string;
}

type Settings = { readonly [K in keyof ChrfOptions]-?: NonNullable<ChrfOptions[K]> };

/** Of one order: n-grams of the hypothesis, of the reference, and of both. */
type Matches = readonly [hypothesis: number, reference: number, both: number];

const EPSILON = 1e-16;
const PUNCTUATION = /^[!-/:-@[-`{-~]$/;

function settingsOf(options: ChrfOptions): Settings {
  const { characterOrder = 6, wordOrder = 0, beta = 2 } = options;
  const { lowercase = false, whitespace = false, epsilonSmoothing = false } = options;
  requirePositiveIntegers("chrf", { characterOrder });
  requireIntegers("chrf", { wordOrder });
  requireNotNegative("chrf", { wordOrder });
  requirePositive("chrf", { beta });
  return { characterOrder, wordOrder, beta, lowercase, whitespace, epsilonSmoothing };
}

/** Words, with one sign of ASCII punctuation split off: the last, or where the last is none, the first. */
function wordsOf(text: string): string[] {
  return splitWords(text).flatMap((word) => {
    const characters = Array.from(word);
    const [first, last] = [characters[0] as string, characters.at(-1) as string];
    if (characters.length === 1) return [word];
    if (PUNCTUATION.test(last)) return [characters.slice(0, -1).join(""), last];
    return PUNCTUATION.test(first) ? [first, characters.slice(1).join("")] : [word];
  });
}

/** Counts of runs of characters by order, then of words. */
function ngramsOf(text: string, settings: Settings): Map<string, number>[] {
  const { characterOrder, wordOrder, whitespace } = settings;
  const characters = Array.from(whitespace ? text : splitWords(text).join(""));
  const words = wordOrder === 0 ? [] : wordsOf(text);
  return [
    ...Array.from({ length: characterOrder }, (_, i) => countNgrams(characters, i + 1, "")),
    ...Array.from({ length: wordOrder }, (_, i) => countNgrams(words, i + 1)),
  ];
}

/** An order that the reference is too short for has no n-grams of the hypothesis either: those count neither right nor wrong. */
function matchesOf(hypothesis: ReadonlyMap<string, number>, reference: ReadonlyMap<string, number>): Matches {
  if (reference.size === 0) return [0, 0, 0];
  let [ofHypothesis, ofReference, both] = [0, 0, 0];
  for (const [ngram, count] of hypothesis) {
    ofHypothesis += count;
    both += Math.min(count, reference.get(ngram) ?? 0);
  }
  for (const count of reference.values()) ofReference += count;
  return [ofHypothesis, ofReference, both];
}

/** The mean of the orders' F scores, orders without n-grams among them. */
function smoothedScore(orders: readonly Matches[], factor: number): number {
  const scores = orders.map(([ofHypothesis, ofReference, both]) => {
    const precision = ofHypothesis > 0 ? both / ofHypothesis : EPSILON;
    const recall = ofReference > 0 ? both / ofReference : EPSILON;
    const weighted = factor * precision + recall;
    return weighted > 0 ? ((1 + factor) * precision * recall) / weighted : EPSILON;
  });
  return (100 * scores.reduce((sum, score) => sum + score, 0)) / orders.length;
}

/** F of the mean precision and the mean recall, over the orders that both texts are long enough for. */
function effectiveScore(orders: readonly Matches[], factor: number): number {
  const effective = orders.filter(([ofHypothesis, ofReference]) => ofHypothesis > 0 && ofReference > 0);
  if (effective.length === 0) return 0;
  const precision = effective.reduce((sum, [all, , both]) => sum + both / all, 0) / effective.length;
  const recall = effective.reduce((sum, [, all, both]) => sum + both / all, 0) / effective.length;
  if (precision + recall === 0) return 0;
  return (100 * (1 + factor) * precision * recall) / (factor * precision + recall);
}

function scoreFrom(sums: ArrayLike<number>, { characterOrder, wordOrder, beta, epsilonSmoothing }: Settings): number {
  const orders = Array.from({ length: characterOrder + wordOrder }, (_, i): Matches => {
    return [sums[3 * i] as number, sums[3 * i + 1] as number, sums[3 * i + 2] as number];
  });
  return epsilonSmoothing ? smoothedScore(orders, beta ** 2) : effectiveScore(orders, beta ** 2);
}

/** Matches with that reference whose own score is the best; of equal ones the first. */
function measure(hypothesis: string, references: readonly string[], settings: Settings): readonly number[] {
  const ours = ngramsOf(hypothesis, settings);
  let [best, bestValue]: [number[], number] = [[], -1];
  for (const reference of references) {
    const theirs = ngramsOf(reference, settings);
    const row = ours.flatMap((ngrams, i) => [...matchesOf(ngrams, theirs[i] as Map<string, number>)]);
    const value = scoreFrom(row, settings);
    if (value > bestValue) [best, bestValue] = [row, value];
  }
  return best;
}

function scoreOf(sums: ArrayLike<number>, { references }: SetFacts, settings: Settings): ChrfScore {
  const { characterOrder, wordOrder, beta, lowercase, whitespace, epsilonSmoothing } = settings;
  const yes = (is: boolean) => (is ? "yes" : "no");
  const orders = `nc:${characterOrder}|nw:${wordOrder}|space:${yes(whitespace)}`;
  return {
    score: scoreFrom(sums, settings),
    name: `chrF${beta}${"+".repeat(wordOrder)}`,
    signature: `nrefs:${references}|case:${lowercase ? "lc" : "mixed"}|eff:${yes(!epsilonSmoothing)}|${orders}`,
  };
}

/**
 * chrF for `Corpus`: pair by pair, with intervals and comparisons. See `chrf`.
 *
 * @throws RangeError for options out of range
 */
export function chrfMetric(options: ChrfOptions = {}): PairMetric<ChrfScore> {
  const settings = settingsOf(options);
  const prepared = (text: string) => (settings.lowercase ? text.toLowerCase() : text);
  return {
    name: "chrf",
    width: 3 * (settings.characterOrder + settings.wordOrder),
    measure: (hypothesis, references) => measure(prepared(hypothesis), references.map(prepared), settings),
    score: (sums, facts) => scoreOf(sums, facts, settings),
    value: ({ score }) => score,
  };
}

/**
 * chrF of a set of texts, equal to sacreBLEU's (2.6), and with `wordOrder: 2` chrF++:
 *
 *     chrFβ = 100 · (1 + β²) · P · R / (β² · P + R)
 *
 * where P and R are precision and recall of runs of 1 to 6 characters (and of 1 and 2 words), counted over the whole set, each the
 * mean over the orders. It needs no tokenization, and gives credit for the right stem with a wrong ending.
 *
 * Source: Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation", section 2; Popović 2017, "chrF++: words
 * helping character n-grams", section 2.
 *
 * Edges: characters are code points; of several references of a pair, the one with the best score counts; an empty text matches
 * nothing; a set without anything in common scores 0.
 *
 * @param references one a hypothesis, or a list of several
 * @throws DataError for an empty set, another number of references than of hypotheses, or a pair without reference; RangeError for
 * options out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { chrf } from "fovea/tasks";
 *
 * const { score, name } = chrf(["The dogs run."], ["The dog runs."], { wordOrder: 2 });
 * assert.equal(name, "chrF2++");
 * assert.equal(score.toFixed(2), "44.79");
 * ```
 */
export function chrf(
  hypotheses: readonly string[],
  references: readonly References[],
  options: ChrfOptions = {},
): ChrfScore {
  return new Corpus(chrfMetric(options), { keepPairs: false }).addAll(hypotheses, references).score();
}

/**
 * chrF of one sentence, equal to sacreBLEU's `sentence_chrf`.
 *
 * @throws as `chrf`
 */
export function sentenceChrf(hypothesis: string, references: References, options: ChrfOptions = {}): ChrfScore {
  return chrf([hypothesis], [references], options);
}
