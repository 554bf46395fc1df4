/** An answer to a question whose right answer is known. */
export interface JudgedAnswer {
  readonly right: boolean;
  readonly confidence: number;
}

/** The threshold lets this share of the right answers to validation data through as certain. */
const KEPT = 0.99;
/** Of the certain answers to validation data, at most this share may be wrong. */
const MOST_WRONG = 1 / 2000;

/**
 * From which confidence on answers are certain: below the threshold lies one in a hundred of the right answers; above it all if need
 * be to shut out the wrong ones.
 */
export function chooseThreshold(answers: readonly JudgedAnswer[]): number {
  const right = answers.filter((answer) => answer.right).map(({ confidence }) => confidence);
  right.sort((a, b) => a - b);
  return shutOut(answers, right[Math.floor(right.length * (1 - KEPT))] ?? 1);
}

/** The least threshold from `low` on above which at most one answer in 2,000 is wrong. */
function shutOut(answers: readonly JudgedAnswer[], low: number): number {
  const above = answers.filter(({ confidence }) => confidence >= low).sort((a, b) => b.confidence - a.confidence);
  let [threshold, wrong] = [1, 0];
  for (const [i, { right, confidence }] of above.entries()) {
    if (!right) wrong++;
    const isWhole = above[i + 1]?.confidence !== confidence;
    if (isWhole && wrong <= MOST_WRONG * (i + 1)) threshold = confidence;
  }
  return threshold;
}
