/** A text that was written. */
export interface Hypothesis {
  /** The tokens, without START, with END where it was written. */
  readonly tokens: readonly number[];
  /** What the model itself gave each token: log p, over its whole vocabulary and at temperature 1, whatever was forbidden. */
  readonly logProbabilities: readonly number[];
  /** By which hypotheses are ranked, those that ended first. */
  readonly score: number;
  /** For each token where the decoder attended as it wrote it; empty where it tells nothing. */
  readonly attention: readonly Float32Array[];
  /** Whether END was written; otherwise it was cut at its `maxLen`, or there was no token left that was allowed. */
  readonly ended: boolean;
}

/** A hypothesis as it grows: its last token, and what was written before. The first one of a row is START, of length 0. */
export interface Prefix {
  readonly parent?: Prefix;
  readonly token: number;
  readonly logProbability: number;
  /** The sum of log p so far. */
  readonly total: number;
  readonly length: number;
  readonly attention?: Float32Array | undefined;
  /** Which sample of its row it is; 0 in a beam. */
  readonly lane: number;
}

/** α and β of the score. */
export interface Scoring {
  readonly lengthPenalty: number;
  readonly coveragePenalty: number;
}

/** A sum of attention weights below this counts as this: the least normal float32. Its logarithm is about −87. */
const LEAST_COVERAGE = 2 ** -126;

/**
 *     lp(Y) = ((5 + |Y|) / 6)^α
 *
 * Wu et al. 2016, "Google's Neural Machine Translation System", section 7, equation 14. A log probability is divided by it, so that
 * long answers, whose sums are lower, may win. It is 1 for α = 0.
 *
 * @param length |Y|, in tokens, END included
 */
export function lengthPenalty(length: number, alpha: number): number {
  return ((5 + length) / 6) ** alpha;
}

/**
 *     cp(X; Y) = β Σᵢ log min(Σⱼ pᵢⱼ, 1)
 *
 * (the same equation), where pᵢⱼ is the weight of source token i as token j was written: at most 0, and 0 where all of the source was
 * read. A token of which nothing was read would make it −∞; the sum of its weights counts as 2^−126 at least.
 *
 * @param attention weights of the source's tokens, without padding, for each token written
 */
export function coveragePenalty(attention: readonly Float32Array[], beta: number): number {
  const sums = new Float64Array(attention[0]?.length ?? 0);
  for (const weights of attention) for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + (weights[i] ?? 0);
  return beta * sums.reduce((penalty, sum) => penalty + Math.log(Math.min(Math.max(sum, LEAST_COVERAGE), 1)), 0);
}

/** From the first token to the last, without START. */
export function pathOf(prefix: Prefix): Prefix[] {
  const path: Prefix[] = new Array(prefix.length);
  for (let at: Prefix | undefined = prefix; at && at.length > 0; at = at.parent) path[at.length - 1] = at;
  return path;
}

function attentionOf(path: readonly Prefix[]): Float32Array[] {
  return path.flatMap(({ attention }) => attention ?? []);
}

/** `log p / lp + cp`. */
export function scoreOf(prefix: Prefix, scoring: Scoring): number {
  const score = prefix.total / lengthPenalty(prefix.length, scoring.lengthPenalty);
  const { coveragePenalty: beta } = scoring;
  return beta > 0 ? score + coveragePenalty(attentionOf(pathOf(prefix)), beta) : score;
}

export function hypothesisOf(prefix: Prefix, { score, ended }: { score: number; ended: boolean }): Hypothesis {
  const path = pathOf(prefix);
  return {
    tokens: path.map(({ token }) => token),
    logProbabilities: path.map(({ logProbability }) => logProbability),
    score,
    attention: attentionOf(path),
    ended,
  };
}
