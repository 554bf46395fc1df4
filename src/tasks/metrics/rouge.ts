import { Corpus, type PairMetric, type References } from "./corpus.ts";
import { commonLength, commonPlaces } from "./subsequence.ts";
import { countNgrams } from "./words.ts";

/**
 * How ROUGE cuts a text into tokens, in lower case:
 *
 * - `rouge-score`: runs of `a`–`z` and `0`–`9`, as that package; every other letter is lost, so that it suits English alone
 * - `unicode`: runs of letters, marks and digits of any script, and each Chinese character or kana by itself; composed first
 *   (NFC). Scores of text beyond ASCII differ from rouge-score's
 */
export type RougeTokenization = "rouge-score" | "unicode";

export interface RougeOptions {
  /** Default: `rouge-score`. */
  readonly tokenize?: RougeTokenization | undefined;
}

/** Each from 0 to 1. */
export interface RougeScore {
  readonly precision: number;
  readonly recall: number;
  readonly f: number;
}

const KINDS = ["rouge1", "rouge2", "rougeL", "rougeLsum"] as const;

export type RougeKind = (typeof KINDS)[number];

export type RougeScores = Readonly<Record<RougeKind, RougeScore>>;

const SINGLE = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}";
const UNICODE = new RegExp(`[${SINGLE}]\\p{M}*|(?:(?![${SINGLE}])[\\p{L}\\p{M}\\p{N}])+`, "gu");

const TOKENIZERS: Readonly<Record<RougeTokenization, (text: string) => string[]>> = {
  "rouge-score": (text) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [],
  unicode: (text) => text.normalize("NFC").toLowerCase().match(UNICODE) ?? [],
};

/** A text, as each of the scores wants it. */
interface Cut {
  readonly tokens: readonly string[];
  /** Line by line. */
  readonly sentences: readonly (readonly string[])[];
}

/** F1. */
function scoreOf(right: number, hypothesis: number, reference: number): RougeScore {
  const precision = right / Math.max(hypothesis, 1);
  const recall = right / Math.max(reference, 1);
  return { precision, recall, f: precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0 };
}

function ngramScore(hypothesis: Cut, reference: Cut, order: number): RougeScore {
  const limits = countNgrams(reference.tokens, order);
  let right = 0;
  for (const [ngram, count] of countNgrams(hypothesis.tokens, order)) right += Math.min(count, limits.get(ngram) ?? 0);
  const [ours, theirs] = [hypothesis, reference].map(({ tokens }) => Math.max(0, tokens.length - order + 1));
  return scoreOf(right, ours as number, theirs as number);
}

/** Tokens of each reference line that some line of the hypothesis has in order, as often as the hypothesis has them at most. */
function summaryScore(hypothesis: Cut, reference: Cut): RougeScore {
  const [ours, theirs] = [hypothesis.sentences.flat(), reference.sentences.flat()];
  const left = countNgrams(ours, 1);
  let right = 0;
  for (const line of reference.sentences) {
    for (const place of new Set(hypothesis.sentences.flatMap((other) => commonPlaces(line, other)))) {
      const token = line[place] as string;
      const count = left.get(token) ?? 0;
      if (count === 0) continue;
      right++;
      left.set(token, count - 1);
    }
  }
  return scoreOf(right, ours.length, theirs.length);
}

function pairScores(hypothesis: Cut, reference: Cut): RougeScores {
  const [ours, theirs] = [hypothesis.tokens, reference.tokens];
  return {
    rouge1: ngramScore(hypothesis, reference, 1),
    rouge2: ngramScore(hypothesis, reference, 2),
    rougeL: scoreOf(commonLength(theirs, ours), ours.length, theirs.length),
    rougeLsum: summaryScore(hypothesis, reference),
  };
}

/**
 * ROUGE for `Corpus`: pair by pair, with intervals and comparisons; compared by the F of ROUGE-L. See `rouge`.
 *
 * @throws RangeError for a tokenization that is not known
 */
export function rougeMetric({ tokenize = "rouge-score" }: RougeOptions = {}): PairMetric<RougeScores> {
  const tokens = TOKENIZERS[tokenize];
  if (tokens === undefined) {
    throw new RangeError(`rouge: expected tokenize to be rouge-score or unicode but found ${tokenize}`);
  }
  const cut = (text: string): Cut => ({ tokens: tokens(text), sentences: text.split("\n").map(tokens) });
  return {
    name: "rouge",
    width: 3 * KINDS.length,
    measure: (hypothesis, references) => {
      const ours = cut(hypothesis);
      const scores = references.map((reference) => pairScores(ours, cut(reference)));
      return KINDS.flatMap((kind) => {
        const best = scores.map((score) => score[kind]).reduce((most, score) => (score.f > most.f ? score : most));
        return [best.precision, best.recall, best.f];
      });
    },
    score: (sums, { count }) => {
      const means = KINDS.map((kind, i) => {
        const [precision, recall, f] = [0, 1, 2].map((j) => (sums[3 * i + j] as number) / count);
        return [kind, { precision, recall, f }];
      });
      return Object.fromEntries(means) as RougeScores;
    },
    value: ({ rougeL }) => rougeL.f,
  };
}

/**
 * ROUGE of a set of summaries, equal to the package rouge-score (0.1.2) without stemming: means over the pairs of precision,
 * recall and F of
 *
 * - `rouge1`, `rouge2`: single tokens and pairs of neighbours, each right as often as the reference has it at most
 * - `rougeL`: the longest sequence of tokens that both have in order, with gaps
 * - `rougeLsum`: that of each line of the reference with each of the hypothesis, united; where neither has line breaks, `rougeL`
 *
 * Source: Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries", sections 2, 3.1 and 3.2; F with β = 1.
 *
 * Edges: the mean of F is not F of the means; of several references of a pair, each score takes the one with the best F; a text
 * without tokens scores 0, even against another without. Intervals: `new Corpus(rougeMetric()).addAll(…).intervals(…)`.
 *
 * @param references one a hypothesis, or a list of several
 * @throws DataError for an empty set, another number of references than of hypotheses, or a pair without reference; RangeError for
 * a tokenization that is not known
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Corpus, rouge, rougeMetric } from "fovea/tasks";
 *
 * const summaries = ["Police killed the gunman.", "the gunman police killed"];
 * const references = ["police kill the gunman", "police kill the gunman"];
 * const { rouge1, rougeL } = rouge(summaries, references);
 * assert.equal(rouge1.f, 0.75);
 * assert.equal(rougeL.f, (0.75 + 0.5) / 2);
 *
 * const corpus = new Corpus(rougeMetric()).addAll(summaries, references);
 * const found = corpus.intervals((scores) => ({ single: scores.rouge1.f, longest: scores.rougeL.f }), { seed: 1 });
 * assert.deepEqual([found.single.low, found.single.high], [0.75, 0.75]);
 * assert.deepEqual([found.longest.low, found.longest.high], [0.5, 0.75]);
 * ```
 */
export function rouge(
  hypotheses: readonly string[],
  references: readonly References[],
  options: RougeOptions = {},
): RougeScores {
  return new Corpus(rougeMetric(options), { keepPairs: false }).addAll(hypotheses, references).score();
}
