import type { Share } from "../events.ts";
import { share } from "../statistics.ts";
import { Corpus, noPairs, type PairMetric, type References, requireEqualCounts } from "./corpus.ts";

/** Exact match for `Corpus`, to compare two systems by. See `exactMatch`. */
export function exactMatchMetric(): PairMetric<Share> {
  return {
    name: "exactMatch",
    width: 1,
    measure: (hypothesis, references) => [references.includes(hypothesis) ? 1 : 0],
    score: (sums, { count }) => share("exact match", sums[0] as number, count),
    value: ({ share: right }) => right,
  };
}

/**
 * The share of texts that equal one of their references, code unit by code unit, with Wilson's 95 % interval.
 *
 * @param references one a hypothesis, or a list of several
 * @throws DataError for an empty set, another number of references than of hypotheses, or a pair without reference
 */
export function exactMatch(hypotheses: readonly string[], references: readonly References[]): Share {
  return new Corpus(exactMatchMetric(), { keepPairs: false }).addAll(hypotheses, references).score();
}

/**
 * The share of labels that are right, with Wilson's 95 % interval.
 *
 * @throws DataError for an empty set, or lists that differ in length
 */
export function accuracy<Label extends string | number>(
  predicted: readonly Label[],
  expected: readonly Label[],
): Share {
  requireEqualCounts("accuracy", predicted.length, expected.length);
  if (predicted.length === 0) throw noPairs("accuracy");
  return share("accuracy", predicted.filter((label, i) => label === expected[i]).length, predicted.length);
}

/** One label of a classification. A precision or recall of nothing is 0. */
export interface LabelScore {
  readonly label: string;
  /** Right ones of those that were predicted. */
  readonly precision: number;
  /** Right ones of those that were expected. */
  readonly recall: number;
  readonly f: number;
  /** How often it was expected. */
  readonly expected: number;
  /** How often it was predicted. */
  readonly predicted: number;
}

/**
 * Which labels are taken for which, one pair at a time.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Confusion } from "fovea/tasks";
 *
 * const confusion = new Confusion(["place", "person"]);
 * confusion.add("place", "place").add("person", "place").add("person", "person");
 * assert.deepEqual(confusion.matrix(), [[1, 1], [0, 1]]);
 * assert.equal(confusion.accuracy().share, 2 / 3);
 * assert.equal(confusion.macroF1(), 2 / 3);
 * ```
 */
export class Confusion {
  readonly #labels: string[] = [];
  readonly #places: Map<string, number> = new Map();
  /** `[expected predicted]`; rows grow as labels come. */
  readonly #counts: number[][] = [];
  #count = 0;

  /** @param labels in the order to show them in; others are added as they come */
  constructor(labels: readonly string[] = []) {
    for (const label of labels) this.#place(label);
  }

  get labels(): readonly string[] {
    return this.#labels;
  }

  add(predicted: string, expected: string): this {
    const [column, row] = [this.#place(predicted), this.#place(expected)];
    const counts = this.#counts[row] as number[];
    counts[column] = (counts[column] ?? 0) + 1;
    this.#count++;
    return this;
  }

  /** How often each label was predicted (columns) where each was expected (rows), in the order of `labels`. */
  matrix(): number[][] {
    return this.#counts.map((row) => this.#labels.map((_, column) => row[column] ?? 0));
  }

  /** @throws DataError before a pair was added */
  accuracy(): Share {
    if (this.#count === 0) throw noPairs("confusion");
    const right = this.#counts.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
    return share("accuracy", right, this.#count);
  }

  /** Each label by itself, in the order of `labels`. */
  scores(): LabelScore[] {
    const matrix = this.matrix();
    return this.#labels.map((label, i) => {
      const right = matrix[i]?.[i] ?? 0;
      const expected = (matrix[i] as number[]).reduce((sum, count) => sum + count, 0);
      const predicted = matrix.reduce((sum, row) => sum + (row[i] as number), 0);
      const [precision, recall] = [right / Math.max(predicted, 1), right / Math.max(expected, 1)];
      return { label, precision, recall, f: (2 * right) / Math.max(expected + predicted, 1), expected, predicted };
    });
  }

  /**
   * The mean of the labels' F1, each label counting the same however rare it is. Labels that were neither expected nor predicted
   * are left out.
   *
   * @throws DataError before a pair was added
   */
  macroF1(): number {
    if (this.#count === 0) throw noPairs("confusion");
    const seen = this.scores().filter(({ expected, predicted }) => expected + predicted > 0);
    return seen.reduce((sum, { f }) => sum + f, 0) / seen.length;
  }

  #place(label: string): number {
    const known = this.#places.get(label);
    if (known !== undefined) return known;
    this.#places.set(label, this.#labels.length);
    this.#counts.push([]);
    return this.#labels.push(label) - 1;
  }
}
