/** Steps from one word to another: letters put in, left out, replaced, or swapped with their neighbour (Damerau 1964). */
function distance(a: string, b: string): number {
  let [before, previous] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let steps = Math.min((previous[j] as number) + 1, (current[j - 1] as number) + 1);
      steps = Math.min(steps, (previous[j - 1] as number) + (isSame ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) steps = Math.min(steps, (before[j - 2] as number) + 1);
      current.push(steps);
    }
    [before, previous] = [previous, current];
  }
  return previous[b.length] as number;
}

/** `; did you mean X?` for the nearest of the words that could have been meant, or nothing. */
export function didYouMean(found: string, words: readonly string[]): string {
  if (found.length > 60) return "";
  const ranked = words
    .map((word) => ({ word, steps: distance(found.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, steps }) => steps <= Math.max(1, Math.floor(Math.max(found.length, word.length) * 0.4)))
    .sort((a, b) => a.steps - b.steps);
  return ranked[0] ? `; did you mean ${ranked[0].word}?` : "";
}

/** What to say of a word that is none of the words: all of them, ` (a, b, c)`, unless one is so near that it will do. */
export function choicesFor(
  found: string,
  words: readonly string[],
): { readonly choices: string; readonly hint: string } {
  const hint = didYouMean(found, words);
  return { choices: hint === "" ? ` (${words.join(", ")})` : "", hint };
}
