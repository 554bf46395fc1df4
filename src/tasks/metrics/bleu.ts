import { requirePositive, requirePositiveIntegers } from "../../nn/options.ts";
import { BLEU_TOKENIZATIONS, type BleuTokenization, bleuTokens } from "./bleu-tokens.ts";
import { Corpus, type PairMetric, type References, type SetFacts } from "./corpus.ts";
import { countNgrams } from "./words.ts";

/**
 * What to take for the precision of an order of which no n-gram is right (Chen & Cherry 2014, "A Systematic Comparison of Smoothing
 * Techniques for Sentence-Level BLEU", section 3):
 *
 * - `exp`: half of one right n-gram the first time, a quarter the second (their method 3, NIST's)
 * - `floor`: `smoothValue` right n-grams (method 1)
 * - `add-k`: `smoothValue` more right ones, and more in all, of every order above 1 (method 2)
 * - `none`: zero, so that the score is zero
 */
export type BleuSmoothing = "exp" | "floor" | "add-k" | "none";

export interface BleuOptions {
  /** Default: `13a`. */
  readonly tokenize?: BleuTokenization | undefined;
  /** Whether to take upper case for lower case; default false. */
  readonly lowercase?: boolean | undefined;
  /** Default: `exp`. */
  readonly smooth?: BleuSmoothing | undefined;
  /** Of `floor`, default 0.1, and of `add-k`, default 1; above 0. */
  readonly smoothValue?: number | undefined;
  /** The longest n-grams; default 4. */
  readonly maxOrder?: number | undefined;
  /** Whether to leave out the orders that the texts are too short for; default false, for single sentences true. */
  readonly effectiveOrder?: boolean | undefined;
}

export interface BleuScore {
  /** From 0 to 100. */
  readonly score: number;
  /** Right n-grams by order, clipped to how often a reference has them, before smoothing. */
  readonly counts: readonly number[];
  /** N-grams of the hypotheses by order, before smoothing. */
  readonly totals: readonly number[];
  /** By order, from 0 to 100, after smoothing; all 0 when nothing is right. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  readonly hypothesisLength: number;
  readonly referenceLength: number;
  /** How it was measured, in sacreBLEU's words, as `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp`; an order other than 4 is added. */
  readonly signature: string;
}

const SMOOTH_VALUES: Readonly<Record<BleuSmoothing, number | undefined>> = {
  exp: undefined,
  floor: 0.1,
  "add-k": 1,
  none: undefined,
};

type Settings = { readonly [K in keyof BleuOptions]-?: NonNullable<BleuOptions[K]> };

function settingsOf(options: BleuOptions): Settings {
  const { tokenize = "13a", lowercase = false, smooth = "exp", maxOrder = 4, effectiveOrder = false } = options;
  requireOneOf("tokenize", tokenize, BLEU_TOKENIZATIONS);
  requireOneOf("smooth", smooth, Object.keys(SMOOTH_VALUES));
  requirePositiveIntegers("bleu", { maxOrder });
  const smoothValue = options.smoothValue ?? SMOOTH_VALUES[smooth] ?? 1;
  requirePositive("bleu", { smoothValue });
  return { tokenize, lowercase, smooth, smoothValue, maxOrder, effectiveOrder };
}

function requireOneOf(name: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new RangeError(`bleu: expected ${name} to be one of ${known.join(", ")} but found ${value}`);
}

/** Of the references' lengths the one closest to the hypothesis's; of two that are equally close, the shorter. */
function closestLength(length: number, references: readonly number[]): number {
  return references.reduce((best, other) => {
    const [near, far] = [Math.abs(other - length), Math.abs(best - length)];
    return near < far || (near === far && other < best) ? other : best;
  });
}

/** How often each n-gram may be right: as often as the reference that has it most often has it. */
function clipCounts(references: readonly (readonly string[])[], order: number): Map<string, number> {
  const limits = new Map<string, number>();
  for (const tokens of references) {
    for (const [ngram, count] of countNgrams(tokens, order)) {
      if (count > (limits.get(ngram) ?? 0)) limits.set(ngram, count);
    }
  }
  return limits;
}

/** A pair's lengths, right n-grams by order, n-grams by order. */
function measure(
  hypothesis: readonly string[],
  references: readonly (readonly string[])[],
  maxOrder: number,
): number[] {
  const { length } = hypothesis;
  const [counts, totals]: [number[], number[]] = [[], []];
  for (let order = 1; order <= maxOrder; order++) {
    const limits = clipCounts(references, order);
    let right = 0;
    for (const [ngram, count] of countNgrams(hypothesis, order)) right += Math.min(count, limits.get(ngram) ?? 0);
    counts.push(right);
    totals.push(Math.max(0, length - order + 1));
  }
  const lengths = references.map((tokens) => tokens.length);
  return [length, closestLength(length, lengths), ...counts, ...totals];
}

/** Precisions by order, up to the last order that the texts are long enough for. */
function smoothed(counts: readonly number[], totals: readonly number[], settings: Settings): number[] {
  const { smooth, smoothValue } = settings;
  const precisions: number[] = [];
  let missed = 1;
  for (const [i, count] of counts.entries()) {
    const added = smooth === "add-k" && i > 0 ? smoothValue : 0;
    const right = count + added;
    const total = (totals[i] as number) + added;
    if (total === 0) break;
    if (right > 0) precisions.push((100 * right) / total);
    else if (smooth === "exp") {
      missed *= 2;
      precisions.push(100 / (missed * total));
    } else precisions.push(smooth === "floor" ? (100 * smoothValue) / total : 0);
  }
  return precisions;
}

function signatureOf(settings: Settings, { references }: SetFacts): string {
  const { tokenize, lowercase, smooth, smoothValue, maxOrder, effectiveOrder } = settings;
  const value = SMOOTH_VALUES[smooth] === undefined ? "" : `[${smoothValue.toFixed(2)}]`;
  const [letters, effective] = [lowercase ? "lc" : "mixed", effectiveOrder ? "yes" : "no"];
  const order = maxOrder === 4 ? "" : `|order:${maxOrder}`;
  return `nrefs:${references}|case:${letters}|eff:${effective}|tok:${tokenize}|smooth:${smooth}${value}${order}`;
}

function scoreOf(sums: readonly number[], facts: SetFacts, settings: Settings): BleuScore {
  const { maxOrder, effectiveOrder } = settings;
  const [hypothesisLength, referenceLength] = sums as [number, number];
  const counts = sums.slice(2, 2 + maxOrder);
  const totals = sums.slice(2 + maxOrder);
  const isShort = hypothesisLength < referenceLength;
  const brevityPenalty = isShort ? Math.exp(1 - referenceLength / hypothesisLength) : 1;
  const isAllWrong = counts.every((count) => count === 0);
  const found = isAllWrong ? [] : smoothed(counts, totals, settings);
  const orders = effectiveOrder ? found.length : maxOrder;
  const precisions = counts.map((_, i) => found[i] ?? 0);
  const logs = precisions.slice(0, orders).reduce((sum, precision) => sum + Math.log(precision), 0);
  return {
    score: isAllWrong ? 0 : brevityPenalty * Math.exp(logs / orders),
    counts,
    totals,
    precisions,
    brevityPenalty,
    hypothesisLength,
    referenceLength,
    signature: signatureOf(settings, facts),
  };
}

/**
 * BLEU for `Corpus`: pair by pair, with intervals and comparisons. See `bleu`.
 *
 * @throws RangeError for options out of range
 */
export function bleuMetric(options: BleuOptions = {}): PairMetric<BleuScore> {
  const settings = settingsOf(options);
  const tokens = (text: string) => bleuTokens(settings.lowercase ? text.toLowerCase() : text, settings.tokenize);
  return {
    name: "bleu",
    width: 2 + 2 * settings.maxOrder,
    measure: (hypothesis, references) => measure(tokens(hypothesis), references.map(tokens), settings.maxOrder),
    score: (sums, facts) => scoreOf(Array.from(sums), facts, settings),
    value: ({ score }) => score,
  };
}

/**
 * BLEU of a set of texts, equal to sacreBLEU's (2.6):
 *
 *     BLEU = 100 · BP · exp( Σₙ log pₙ / N )       pₙ = Σ right n-grams / Σ n-grams       BP = min(1, exp(1 − r / c))
 *
 * where sums go over the whole set, an n-gram is right as often as it stands in one of the references at most, c is the length of
 * the hypotheses and r that of the references closest to them in length.
 *
 * Source: Papineni, Roukos, Ward & Zhu 2002, "BLEU: a Method for Automatic Evaluation of Machine Translation", section 2.3; Post
 * 2018, "A Call for Clarity in Reporting BLEU Scores", section 4, for what else must be said for a score to mean something.
 *
 * Edges: an empty hypothesis counts with length 0; a set with nothing right scores 0; so does, without `effectiveOrder`, a set
 * whose texts are all shorter than `maxOrder`.
 *
 * @param references one a hypothesis, or a list of several
 * @throws DataError for an empty set, another number of references than of hypotheses, or a pair without reference; RangeError for
 * options out of range
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bleu } from "fovea/tasks";
 *
 * const { score, signature } = bleu(["The dog runs across the lawn ."], ["The dog is running across the lawn."]);
 * assert.equal(score.toFixed(2), "42.38");
 * assert.equal(signature, "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp");
 * ```
 */
export function bleu(
  hypotheses: readonly string[],
  references: readonly References[],
  options: BleuOptions = {},
): BleuScore {
  return new Corpus(bleuMetric(options), { keepPairs: false }).addAll(hypotheses, references).score();
}

/**
 * BLEU of one sentence, equal to sacreBLEU's `sentence_bleu`: with `effectiveOrder`, unless it is switched off.
 *
 * @throws as `bleu`
 */
export function sentenceBleu(hypothesis: string, references: References, options: BleuOptions = {}): BleuScore {
  return bleu([hypothesis], [references], { ...options, effectiveOrder: options.effectiveOrder ?? true });
}
