import { DataError } from "../../tensor/errors.ts";
import {
  type BootstrapOptions,
  bootstrapSettings,
  type Interval,
  intervalOf,
  type PairRows,
  resample,
} from "./bootstrap.ts";

/** The right answers of one input: most sets have one, some several. */
export type References = string | readonly string[];

/** What the pairs of a set have in common. */
export interface SetFacts {
  readonly count: number;
  /** How many references a pair has; `var` where they differ. */
  readonly references: number | "var";
}

/** A metric whose score of a set depends on sums over its pairs alone: what can be streamed, and resampled. */
export interface PairMetric<Score> {
  /** For messages. */
  readonly name: string;
  /** How many numbers a pair is measured by. */
  readonly width: number;
  /** @param references at least one */
  measure(hypothesis: string, references: readonly string[]): ArrayLike<number>;
  /** @param sums of what pairs were measured by */
  score(sums: ArrayLike<number>, facts: SetFacts): Score;
  /** The one number of a score that systems are compared by. */
  value(score: Score): number;
}

export interface CorpusOptions {
  /**
   * Whether to keep each pair's numbers, for intervals and comparisons; default true. Texts are never kept: a pair is 80 bytes of
   * BLEU, 144 of chrF, and nothing where this is false.
   */
  readonly keepPairs?: boolean | undefined;
}

/**
 * A set of texts to be scored, one pair at a time.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bleuMetric, Corpus } from "fovea/tasks";
 *
 * const corpus = new Corpus(bleuMetric());
 * corpus.add("a dog runs across the grass", "the dog runs across the grass");
 * corpus.add("two men sit there", ["two men are sitting there", "two men sit there"]);
 * assert.equal(corpus.score().score.toFixed(2), "83.76");
 * const { low, high } = corpus.interval({ samples: 100, seed: 1 });
 * assert.ok(low < 83.76 && 83.76 < high);
 * ```
 */
export class Corpus<Score> {
  readonly metric: PairMetric<Score>;
  readonly #sums: Float64Array;
  #values: Float64Array | undefined;
  #count = 0;
  #references: number | "var" = 0;

  constructor(metric: PairMetric<Score>, { keepPairs = true }: CorpusOptions = {}) {
    this.metric = metric;
    this.#sums = new Float64Array(metric.width);
    if (keepPairs) this.#values = new Float64Array(64 * metric.width);
  }

  /** How many pairs have been added. */
  get count(): number {
    return this.#count;
  }

  /** @throws DataError without a reference */
  add(hypothesis: string, references: References): this {
    const list = typeof references === "string" ? [references] : references;
    if (list.length === 0) {
      throw new DataError(
        `${this.metric.name}: expected at least one reference of pair ${this.#count + 1} but found none; leave the pair out`,
      );
    }
    const row = this.metric.measure(hypothesis, list);
    for (let i = 0; i < this.metric.width; i++) this.#sums[i] = (this.#sums[i] as number) + (row[i] as number);
    this.#keep(row);
    if (this.#count === 0) this.#references = list.length;
    else if (this.#references !== list.length) this.#references = "var";
    this.#count++;
    return this;
  }

  /**
   * Adds pairs that stand in two lists.
   *
   * @throws DataError when one list is longer, before anything is added; or where a pair has no reference
   */
  addAll(hypotheses: readonly string[], references: readonly References[]): this {
    requireEqualCounts(this.metric.name, hypotheses.length, references.length);
    for (const [i, hypothesis] of hypotheses.entries()) this.add(hypothesis, references[i] as References);
    return this;
  }

  /** @throws DataError before a pair was added */
  score(): Score {
    this.#requirePairs();
    return this.metric.score(this.#sums, this.#facts());
  }

  /**
   * Where the score would lie on other sets of the same kind, by bootstrap resampling.
   *
   * @throws DataError before a pair was added; RangeError for options out of range, or when pairs are not kept
   */
  interval(options: BootstrapOptions = {}): Interval {
    return this.intervals((score) => ({ value: this.metric.value(score) }), options).value;
  }

  /**
   * The same for several numbers of a score at once.
   *
   * @throws as `interval`
   */
  intervals<Name extends string>(
    of: (score: Score) => Readonly<Record<Name, number>>,
    options: BootstrapOptions = {},
  ): Record<Name, Interval> {
    const { level } = bootstrapSettings(options);
    const values = new Map<string, number[]>();
    for (const score of this.resampled(options)) {
      for (const [name, value] of Object.entries<number>(of(score))) {
        const list = values.get(name);
        if (list) list.push(value);
        else values.set(name, [value]);
      }
    }
    const intervals = [...values].map(([name, list]) => [name, intervalOf(list, level)]);
    return Object.fromEntries(intervals) as Record<Name, Interval>;
  }

  /**
   * The scores of sets drawn from this one.
   *
   * @throws as `interval`
   */
  resampled(options: BootstrapOptions = {}): Score[] {
    this.#requirePairs();
    const facts = this.#facts();
    const scores: Score[] = [];
    resample(this.#rows(), options, (sums) => scores.push(this.metric.score(sums, facts)));
    return scores;
  }

  #facts(): SetFacts {
    return { count: this.#count, references: this.#references };
  }

  #rows(): PairRows {
    if (this.#values === undefined) {
      throw new RangeError(
        `${this.metric.name}: expected pairs to resample but none are kept; make the Corpus with keepPairs`,
      );
    }
    return { width: this.metric.width, count: this.#count, values: this.#values };
  }

  #keep(row: ArrayLike<number>): void {
    if (this.#values === undefined) return;
    const start = this.#count * this.metric.width;
    if (start === this.#values.length) {
      const longer = new Float64Array(2 * start);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values.set(row, start);
  }

  #requirePairs(): void {
    if (this.#count === 0) throw noPairs(this.metric.name);
  }
}

/** The error of a set without pairs. */
export function noPairs(owner: string): DataError {
  return new DataError(`${owner}: expected at least one pair but found none; a score of nothing has no meaning`);
}

/** @throws DataError when two lists that belong together differ in length */
export function requireEqualCounts(owner: string, hypotheses: number, references: number): void {
  if (hypotheses === references) return;
  const found = `${references} for ${hypotheses} hypotheses`;
  throw new DataError(
    `${owner}: expected one entry of references a hypothesis but found ${found}; give as many of both`,
  );
}
