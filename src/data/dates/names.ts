/** The words of English dates in the three ways of writing letters: small, Title and CAPITAL. */

/** One list of words, three times: `cased[letterCase][index]`. */
export type CasedWords = readonly [small: readonly string[], title: readonly string[], capital: readonly string[]];

function cased(words: readonly string[]): CasedWords {
  const title = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return [words, title, words.map((word) => word.toUpperCase())];
}

/** `january` is index 0. */
export const MONTHS: CasedWords = cased(
  "january february march april may june july august september october november december".split(" "),
);

/** Three letters. */
export const SHORT_MONTHS: CasedWords = cased("jan feb mar apr may jun jul aug sep oct nov dec".split(" "));

/** The longer short form, which only September has. */
export const SEPT: CasedWords = cased(["sept"]);

/** `sunday` is index 0. */
export const WEEKDAYS: CasedWords = cased("sunday monday tuesday wednesday thursday friday saturday".split(" "));

/** Three letters. */
export const SHORT_WEEKDAYS: CasedWords = cased("sun mon tue wed thu fri sat".split(" "));

/** The longer short forms; a day without one repeats its three letters. */
export const LONGER_WEEKDAYS: CasedWords = cased("sun mon tues weds thurs fri sat".split(" "));

/** A second longer short form, which only Thursday has. */
export const THUR: CasedWords = cased(["thur"]);

/** The days 1 to 31 in words, at index day − 1, with a hyphen where there are two words. */
export const SPELLED_DAYS: CasedWords = cased(
  (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth " +
    "seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth " +
    "twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
  ).split(" "),
);

/** The endings of ordinals. */
export const SUFFIXES: CasedWords = cased(["th", "st", "nd", "rd"]);

/** The index in `SUFFIXES` of the right ending: 1st, 2nd, 3rd, 4th, 11th, 12th, 13th, 21st … */
export function suffixOf(day: number): number {
  const unit = day % 10;
  return unit > 3 || (day > 10 && day < 14) ? 0 : unit;
}
