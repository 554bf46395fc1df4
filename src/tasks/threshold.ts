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
  const wrong = answers
    .filter(({ right, confidence }) => !right && confidence >= low)
    .map(({ confidence }) => confidence);
  wrong.sort((a, b) => a - b);
  let threshold = low;
  while (wrong.length > MOST_WRONG * answers.filter(({ confidence }) => confidence >= threshold).length) {
    const lowest = wrong.shift() as number;
    threshold = Math.min(...answers.map(({ confidence }) => confidence).filter((confidence) => confidence > lowest), 1);
  }
  return threshold;
}
