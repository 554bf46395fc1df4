import { DataError } from "../../tensor/errors.ts";
import { type BootstrapOptions, bootstrapSettings, type Interval, intervalOf } from "./bootstrap.ts";
import type { Corpus } from "./corpus.ts";

/** Two systems on one set. All values are the metrics' own, so that higher is worse where they count errors. */
export interface Comparison {
  readonly first: number;
  readonly second: number;
  /** `first − second`. */
  readonly difference: number;
  /** Of the difference. */
  readonly interval: Interval;
  /** The share of drawn sets on which the first has the higher value (Koehn 2004). */
  readonly higher: number;
  /** How likely a difference as large, either way, is between systems that are equally good. */
  readonly pValue: number;
}

/**
 * Whether two systems differ by more than chance: their scores on the same drawn sets, in pairs.
 *
 *     p = (1 + #{ i : |dᵢ − mean d| ≥ |d| }) / (1 + samples)
 *
 * where d is the difference of the scores on the set itself and dᵢ that on the i-th drawn set; moved to mean 0, the dᵢ show which
 * differences chance makes.
 *
 * Source: Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation", the section on paired bootstrap
 * resampling, for the draws and for `higher`; Efron & Tibshirani 1993, "An Introduction to the Bootstrap", section 16.4, for the
 * shift. Two-sided; sacreBLEU moves |dᵢ| in place of dᵢ and counts one side, so that its p is smaller.
 *
 * @param first scores of one system; pairs in the order of `second`'s
 * @throws DataError when the numbers of pairs differ; and as `Corpus.interval`
 */
export function pairedBootstrap<Score>(
  first: Corpus<Score>,
  second: Corpus<Score>,
  options: BootstrapOptions = {},
): Comparison {
  if (first.count !== second.count) {
    const found = `${first.count} and ${second.count}`;
    throw new DataError(
      `pairedBootstrap: expected two systems' answers to the same inputs but found ${found} of them; score both on one set`,
    );
  }
  const { level } = bootstrapSettings(options);
  const [a, b] = [first, second].map((corpus) => ({
    value: corpus.metric.value(corpus.score()),
    drawn: corpus.resampled(options).map((score) => corpus.metric.value(score)),
  })) as [{ value: number; drawn: number[] }, { value: number; drawn: number[] }];
  const difference = a.value - b.value;
  const differences = a.drawn.map((value, i) => value - (b.drawn[i] as number));
  const interval = intervalOf(differences, level);
  const asLarge = differences.filter((drawn) => Math.abs(drawn - interval.mean) >= Math.abs(difference)).length;
  return {
    first: a.value,
    second: b.value,
    difference,
    interval,
    higher: differences.filter((drawn) => drawn > 0).length / differences.length,
    pValue: (1 + asLarge) / (1 + differences.length),
  };
}
