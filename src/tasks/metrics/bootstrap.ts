import { requirePositiveIntegers } from "../../nn/options.ts";
import { Rng } from "../../tensor/random.ts";

export interface BootstrapOptions {
  /** How many sets are drawn; default 1,000. */
  readonly samples?: number | undefined;
  /** Names the draws; default 0. Equal seeds draw equal pairs from sets of equal size. */
  readonly seed?: number | undefined;
  /** The share of drawn sets whose values an interval holds; default 0.95. */
  readonly level?: number | undefined;
}

/** Where a score would lie on other sets of the same kind. */
export interface Interval {
  /** Of the drawn sets, not of the set itself. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Numbers of each pair, row after row, whose sums over a set give its score. */
export interface PairRows {
  readonly width: number;
  readonly count: number;
  /** `[count width]`. */
  readonly values: Float64Array;
}

/** @throws RangeError for less than one sample or a level not between 0 and 1 */
export function bootstrapSettings(options: BootstrapOptions): Required<{ [K in keyof BootstrapOptions]: number }> {
  const { samples = 1000, seed = 0, level = 0.95 } = options;
  requirePositiveIntegers("bootstrap", { samples });
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`bootstrap: expected a level between 0 and 1 but found ${level}`);
  }
  return { samples, seed, level };
}

/**
 * Bootstrap resampling: sets of `count` pairs, drawn with replacement from the pairs of one set, show how much its score owes to
 * the choice of its sentences. Sample i draws the same pairs whichever metric or system is looked at, so that systems can be
 * compared in pairs.
 *
 * Source: Efron 1979, "Bootstrap Methods: Another Look at the Jackknife", section 2; for translation Koehn 2004, "Statistical
 * Significance Tests for Machine Translation Evaluation", the section on bootstrap resampling.
 *
 * @param visit is given the sums of a drawn set's rows, in an array that is used again
 */
export function resample(rows: PairRows, options: BootstrapOptions, visit: (sums: Float64Array) => void): void {
  const { samples, seed } = bootstrapSettings(options);
  const { width, count, values } = rows;
  const rng = new Rng(seed, "bootstrap");
  const sums = new Float64Array(width);
  for (let sample = 0; sample < samples; sample++) {
    rng.at(sample);
    sums.fill(0);
    for (let drawn = 0; drawn < count; drawn++) {
      const start = rng.integer(count) * width;
      for (let i = 0; i < width; i++) sums[i] = (sums[i] as number) + (values[start + i] as number);
    }
    visit(sums);
  }
}

/** The interval that leaves out as many of the lowest values as of the highest, (1 − level) / 2 of them each, rounded down. */
export function intervalOf(values: ArrayLike<number>, level: number): Interval {
  const sorted = Float64Array.from(values).sort();
  // One part in a million against what floating point makes of (1 − 0.95) / 2.
  const left = Math.floor(((1 - level) / 2) * sorted.length + 1e-6);
  return {
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    low: sorted[left] as number,
    high: sorted[sorted.length - 1 - left] as number,
  };
}
