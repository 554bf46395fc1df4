/** How alike two lists of numbers are in their order, from −1 to 1; undefined where one of them has but one value. */
type RankCorrelation = number | undefined;

/**
 * Kendall's τ-b: of all pairs that are tied in neither list, those in the same order less those in the opposite one, over √(pairs not tied
 * in the first · pairs not tied in the second) (Kendall 1945, "The Treatment of Ties in Ranking Problems").
 */
export function kendallTau(a: readonly number[], b: readonly number[]): RankCorrelation {
  let [balance, untiedA, untiedB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const signA = Math.sign((a[i] as number) - (a[j] as number));
      const signB = Math.sign((b[i] as number) - (b[j] as number));
      balance += signA * signB;
      untiedA += Math.abs(signA);
      untiedB += Math.abs(signB);
    }
  }
  return untiedA && untiedB ? balance / Math.sqrt(untiedA * untiedB) : undefined;
}

/** Spearman's ρ: Pearson's correlation of the ranks (Spearman 1904), where equal numbers have the mean of their ranks. */
export function spearmanRho(a: readonly number[], b: readonly number[]): RankCorrelation {
  const [x, y] = [centredRanks(a), centredRanks(b)];
  const dot = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, value, i) => sum + value * (q[i] as number), 0);
  const [varianceX, varianceY] = [dot(x, x), dot(y, y)];
  return varianceX && varianceY ? dot(x, y) / Math.sqrt(varianceX * varianceY) : undefined;
}

/** Ranks less their mean. */
function centredRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
  const ranks = new Array<number>(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    const value = values[order[start] as number];
    while (end < order.length && values[order[end] as number] === value) end++;
    for (const i of order.slice(start, end)) ranks[i] = (start + end - 1) / 2;
  }
  return ranks.map((rank) => rank - (values.length - 1) / 2);
}
