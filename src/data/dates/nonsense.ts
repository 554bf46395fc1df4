import { Rng } from "../../tensor/random.ts";
import { MAX_INPUT } from "./alphabet.ts";
import { type CivilDate, daysInMonth } from "./calendar.ts";
import { writeForeignDate } from "./foreign.ts";
import type { DateFormat } from "./format.ts";
import { DATE_FORMATS } from "./formats.ts";
import { writeDate } from "./generator.ts";
import { Pen } from "./pen.ts";
import { FIRST_SHORT_YEAR, FIRST_YEAR, LAST_SHORT_YEAR, LAST_YEAR } from "./splits.ts";

/** Inputs to which there is no right answer, to see what a network does with them. */

/**
 * `impossible-date`: in an English format, but there is no such day. `foreign-date`: a month's name in another language.
 * `distant-year`: an English date before 1930 or after 2068, which no answer of a network trained on other years can be trusted on.
 */
export type NonsenseKind = "random-text" | "foreign-date" | "impossible-date" | "distant-year";

/** The kinds in order. */
export const NONSENSE_KINDS: readonly NonsenseKind[] = [
  "random-text",
  "foreign-date",
  "impossible-date",
  "distant-year",
];

/** A text of 1 to 30 code points, not only spaces. */
export interface NonsenseExample {
  readonly text: string;
  readonly kind: NonsenseKind;
}

const LETTERS = [..."etaoinshrdlucmfwypvbgkjqxz"];
const SOUP = [..."etaoinshrdlucmfwypvbgkjqxz0123456789 .,-/:;!?'#@&+()"];
const WORDS = (
  "hello world not a date tomorrow yesterday today next week last friday soon never n/a tbd unknown invoice total page room " +
  "phone see above asap the of and to in it is was for on are as with his they at be this from have or by one had but all"
).split(" ");
const PHRASES = [
  "n/a",
  "TBD",
  "null",
  "-",
  "--/--/----",
  "dd/mm/yyyy",
  "00/00/0000",
  "10:36:28",
  "£12.99",
  "50%",
  "3.14159",
  "?",
];

/** Texts of which training sees none. */
const HELD_OUT_PHRASES = [
  "unknown",
  "N.A.",
  "yyyy-mm-dd",
  "31/31/31",
  "12:30 pm",
  "$4.50",
  "call me maybe",
  "lorem ipsum dolor",
  "v2.10.3",
  "12 Baker Street",
  "+44 20 7946 0958",
  "see note 4",
];

/** Formats that hold any day number: a name for the month, or figures and a year of four figures. */
const NAMED = DATE_FORMATS.filter(({ month }) => month === "name");
const NUMBERED = DATE_FORMATS.filter(({ month, year }) => month === "number" && year === "long");
/** Formats that hold any month number. Not eight figures: month 19 and day 35 of 2012 would be 20 December 1935, year last. */
const MARKED = NUMBERED.filter(({ name }) => name !== "year-month-day-compact");

function writeRandomText(pen: Pen, isHeldOut: boolean): string {
  const kind = pen.choose(8);
  const phrases = isHeldOut ? HELD_OUT_PHRASES : PHRASES;
  if (kind === 0) return phrases[pen.choose(phrases.length)] as string;
  let text = "";
  if (kind <= 3) {
    const words = 1 + pen.choose(5);
    for (let i = 0; i < words; i++) {
      const word = WORDS[pen.choose(WORDS.length)] as string;
      if (text.length + word.length < MAX_INPUT) text += text === "" ? word : ` ${word}`;
    }
    return text;
  }
  // Six or eight figures might be a date, so figures alone come in other lengths.
  const length =
    kind === 4 ? [1, 2, 3, 5, 7, 9, 10, 11, 12, 13, 16, 20, 30][pen.choose(13)] : 1 + pen.choose(MAX_INPUT);
  const symbols = kind === 5 ? LETTERS : SOUP;
  for (let i = 0; i < (length as number); i++)
    text += kind === 4 ? pen.choose(10) : symbols[pen.choose(symbols.length)];
  return text.trim() === "" ? "?" : text;
}

/** A day that its month does not have, a day from 32 to 99 or 0, or (figures only) a month from 13 to 99 with a day above 12. */
function drawImpossible(pen: Pen): { date: CivilDate; formats: readonly DateFormat[] } {
  const year = FIRST_YEAR + pen.choose(LAST_YEAR - FIRST_YEAR + 1);
  const kind = pen.choose(8);
  if (kind < 5) {
    const month = kind < 3 ? 2 : ([4, 6, 9, 11][pen.choose(4)] as number);
    const first = daysInMonth(year, month) + 1;
    return { date: { year, month, day: first + pen.choose(32 - first) }, formats: DATE_FORMATS };
  }
  if (kind < 7) {
    const day = pen.chance(0.1) ? 0 : pen.chance(0.5) ? 32 + pen.choose(8) : 32 + pen.choose(68);
    return { date: { year, month: 1 + pen.choose(12), day }, formats: pen.chance(0.6) ? NAMED : NUMBERED };
  }
  return {
    date: { year, month: 13 + pen.choose(pen.chance(0.5) ? 7 : 87), day: 13 + pen.choose(27) },
    formats: MARKED,
  };
}

function canWrite({ year, accepts }: DateFormat, date: Readonly<CivilDate>): boolean {
  if (year === "short" && (date.year < FIRST_SHORT_YEAR || date.day < 1 || date.day > 31)) return false;
  return !accepts || accepts(date);
}

function writeImpossible(pen: Pen): string {
  pen.begin(false);
  const { date, formats } = drawImpossible(pen);
  let format: DateFormat;
  do format = formats[pen.choose(formats.length)] as DateFormat;
  while (!canWrite(format, date));
  writeDate(pen, format, date);
  return pen.text;
}

const LONG = DATE_FORMATS.filter(({ year, name }) => year === "long" && name !== "year-month-day-compact");

function writeDistant(pen: Pen): string {
  pen.begin(false);
  const after = pen.chance(0.4);
  const year = after ? LAST_SHORT_YEAR + 1 + pen.choose(931) : 1000 + pen.choose(FIRST_YEAR - 1000);
  const near = after ? LAST_SHORT_YEAR + 1 + pen.choose(100) : FIRST_YEAR - 1 - pen.choose(150);
  const month = 1 + pen.choose(12);
  const date = { year: pen.chance(0.5) ? near : year, month, day: 1 + pen.choose(28) };
  let format: DateFormat;
  do format = LONG[pen.choose(LONG.length)] as DateFormat;
  while (!canWrite(format, date));
  writeDate(pen, format, date);
  return pen.text;
}

/**
 * One input without a right answer: a pure function of (seed, index).
 * @param options `seed` and `index`, integers from 0 to 2^32 − 1; `kind`, drawn equally by default; `isHeldOut`, whether
 *   languages and phrases are those of which training sees none, default false
 * @throws RangeError for another seed, index or kind
 */
export function nonsenseExample(options: {
  seed: number;
  index: number;
  kind?: NonsenseKind;
  isHeldOut?: boolean;
}): NonsenseExample {
  if (options.index >>> 0 !== options.index) {
    throw new RangeError(`nonsenseExample: expected an index from 0 to 4294967295 but found ${options.index}`);
  }
  const rng = new Rng(options.seed, "dates/nonsense").at(options.index);
  const drawn = rng.pick(NONSENSE_KINDS);
  const kind = options.kind ?? drawn;
  if (!NONSENSE_KINDS.includes(kind)) {
    throw new RangeError(`nonsenseExample: expected kind ${NONSENSE_KINDS.join(", ")} but found ${kind}`);
  }
  const pen = new Pen(rng);
  if (kind === "impossible-date") return { text: writeImpossible(pen), kind };
  if (kind === "distant-year") return { text: writeDistant(pen), kind };
  const { isHeldOut = false } = options;
  return { text: kind === "foreign-date" ? writeForeignDate(rng, isHeldOut) : writeRandomText(pen, isHeldOut), kind };
}
