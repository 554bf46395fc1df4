import { Corpus, type PairMetric, type References } from "./corpus.ts";
import { splitWords } from "./words.ts";

export interface ErrorRate {
  /** `edits / length`: 0 is faultless, above 1 there are more faults than symbols. */
  readonly rate: number;
  /** Insertions, deletions and replacements, the fewest that make the references of the hypotheses. */
  readonly edits: number;
  /** Symbols of the references. */
  readonly length: number;
}

/**
 * The fewest insertions, deletions and replacements of one symbol that make one sequence of another.
 *
 * Source: Levenshtein 1966, "Binary codes capable of correcting deletions, insertions, and reversals"; computed row by row after
 * Wagner & Fischer 1974, "The String-to-String Correction Problem", section 3.
 */
export function editDistance(a: readonly string[], b: readonly string[]): number {
  let row = Uint32Array.from({ length: b.length + 1 }, (_, j) => j);
  let next = new Uint32Array(b.length + 1);
  for (const [i, symbol] of a.entries()) {
    next[0] = i + 1;
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (symbol === b[j - 1] ? 0 : 1);
      next[j] = Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1);
    }
    [row, next] = [next, row];
  }
  return row[b.length] as number;
}

function rateOf(edits: number, length: number): number {
  return edits === 0 ? 0 : edits / length;
}

function errorMetric(name: string, symbols: (text: string) => string[]): PairMetric<ErrorRate> {
  return {
    name,
    width: 2,
    measure: (hypothesis, references) => {
      const ours = symbols(hypothesis);
      let best: [edits: number, length: number] | undefined;
      for (const theirs of references.map(symbols)) {
        const edits = editDistance(ours, theirs);
        if (best === undefined || rateOf(edits, theirs.length) < rateOf(...best)) best = [edits, theirs.length];
      }
      return best ?? [0, 0];
    },
    score: (sums) => {
      const [edits, length] = [sums[0] as number, sums[1] as number];
      return { rate: rateOf(edits, length), edits, length };
    },
    value: ({ rate }) => rate,
  };
}

/** The character error rate for `Corpus`. See `characterErrorRate`. */
export function characterErrorMetric(): PairMetric<ErrorRate> {
  return errorMetric("characterErrorRate", (text) => Array.from(text));
}

/** The word error rate for `Corpus`. See `wordErrorRate`. */
export function wordErrorMetric(): PairMetric<ErrorRate> {
  return errorMetric("wordErrorRate", splitWords);
}

/**
 * Edits a character over a whole set, on code points as they are: white space and case count.
 *
 *     CER = Σ edits / Σ characters of the references
 *
 * Edges: of several references of a pair, the one with the lowest rate counts; with nothing but empty references the rate is 0
 * where the hypotheses are empty, too, else infinite.
 *
 * @param references one a hypothesis, or a list of several
 * @throws DataError for an empty set, another number of references than of hypotheses, or a pair without reference
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { characterErrorRate } from "fovea/tasks";
 *
 * const found = characterErrorRate(["1979-05-3", "2001-01-01"], ["1979-05-03", "2001-01-01"]);
 * assert.deepEqual(found, { rate: 1 / 20, edits: 1, length: 20 });
 * ```
 */
export function characterErrorRate(hypotheses: readonly string[], references: readonly References[]): ErrorRate {
  return new Corpus(characterErrorMetric(), { keepPairs: false }).addAll(hypotheses, references).score();
}

/**
 * Edits a word over a whole set, where words are what stands between white space. Otherwise as `characterErrorRate`.
 *
 * @throws as `characterErrorRate`
 */
export function wordErrorRate(hypotheses: readonly string[], references: readonly References[]): ErrorRate {
  return new Corpus(wordErrorMetric(), { keepPairs: false }).addAll(hypotheses, references).score();
}
