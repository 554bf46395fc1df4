/** The length of the longest sequence of tokens that stands in both, in order, with gaps. */
export function commonLength(a: readonly string[], b: readonly string[]): number {
  let row = new Uint32Array(b.length + 1);
  let next = new Uint32Array(b.length + 1);
  for (const token of a) {
    for (let j = 1; j <= b.length; j++) {
      const isSame = token === b[j - 1];
      next[j] = isSame ? (row[j - 1] as number) + 1 : Math.max(row[j] as number, next[j - 1] as number);
    }
    [row, next] = [next, row];
  }
  return row[b.length] as number;
}

const [SAME, BACK, UP] = [0, 1, 2] as const;

/**
 * The places in `a` of one longest common subsequence. Of several, the one that a walk from both ends backwards finds which steps
 * back in `a` wherever stepping back in `b` is not better: union-LCS depends on which it is.
 */
export function commonPlaces(a: readonly string[], b: readonly string[]): number[] {
  const steps = new Uint8Array(a.length * b.length);
  let row = new Uint32Array(b.length + 1);
  let next = new Uint32Array(b.length + 1);
  for (const [i, token] of a.entries()) {
    for (let j = 1; j <= b.length; j++) {
      const [up, back] = [row[j] as number, next[j - 1] as number];
      const step = token === b[j - 1] ? SAME : back > up ? BACK : UP;
      next[j] = step === SAME ? (row[j - 1] as number) + 1 : Math.max(up, back);
      steps[i * b.length + j - 1] = step;
    }
    [row, next] = [next, row];
  }
  const places: number[] = [];
  let [i, j] = [a.length - 1, b.length - 1];
  while (i >= 0 && j >= 0) {
    const step = steps[i * b.length + j];
    if (step === SAME) places.push(i);
    if (step !== BACK) i--;
    if (step !== UP) j--;
  }
  return places.reverse();
}
