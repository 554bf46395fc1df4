/**
 * Dates as people write them in English, with `yyyy-mm-dd` as the answer: a seeded generator for training and testing a
 * character-level reader of at most 30 characters, the alphabets it reads with, the fifteen examples of the article, and inputs
 * that have no answer. A text of a date only: no time of day, no relative or partial dates, calendar years only. Splits are by
 * calendar date. May import from `tensor/` only.
 */

export {
  ALPHABET,
  type Alphabet,
  ARTICLE_ALPHABET,
  alphabetFrom,
  decodeOutput,
  type EncodedText,
  encodeIso,
  encodeText,
  MAX_INPUT,
  OUTPUT_LENGTH,
  OUTPUT_SYMBOLS,
} from "./alphabet.ts";
export { ARTICLE_EXAMPLES, type ArticleExample } from "./article.ts";
export {
  type CivilDate,
  civilFromDays,
  daysFromCivil,
  daysInMonth,
  isLeapYear,
  isoOf,
  isRealDate,
  weekdayOf,
} from "./calendar.ts";
export { FOREIGN_LANGUAGES, HELD_OUT_LANGUAGES } from "./foreign.ts";
export type { DateFormat } from "./format.ts";
export { DATE_FORMATS, formatNamed } from "./formats.ts";
export { type DateExample, DateGenerator, dateExample } from "./generator.ts";
export { NONSENSE_KINDS, type NonsenseExample, type NonsenseKind, nonsenseExample } from "./nonsense.ts";
export { Pen, type Span, type Spans } from "./pen.ts";
export {
  daysOfSplit,
  FIRST_YEAR,
  LAST_SHORT_YEAR,
  LAST_YEAR,
  SPLITS,
  type Split,
  type SplitDays,
  splitOfDay,
} from "./splits.ts";
