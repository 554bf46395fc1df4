/**
 * White space as Python's `str.split` knows it, which the reference programs of these metrics split at: Unicode's, and the four
 * separators of ASCII. JavaScript's `\s` differs (it lacks U+001C to U+001F and U+0085, and has U+FEFF).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: four of them are white space here
const SPACE = /[\p{White_Space}\x1c-\x1f]+/u;

/** What stands between white space, none of it empty. */
export function splitWords(text: string): string[] {
  return text.split(SPACE).filter((word) => word !== "");
}

/** The text without white space at its end. */
export function trimEnd(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  return text.replace(/[\p{White_Space}\x1c-\x1f]+$/u, "");
}

/**
 * How often each run of `order` tokens occurs.
 *
 * @param separator between the tokens of a run in its key; must occur in none of them, unless all of them are of one length
 */
export function countNgrams(tokens: readonly string[], order: number, separator = " "): Map<string, number> {
  const counts = new Map<string, number>();
  for (let end = order; end <= tokens.length; end++) {
    let ngram = tokens[end - order] as string;
    for (let i = end - order + 1; i < end; i++) ngram += separator + tokens[i];
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}
