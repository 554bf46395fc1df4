import type { Rng } from "../../tensor/random.ts";
import { type CivilDate, daysFromCivil, weekdayOf } from "./calendar.ts";
import {
  type CasedWords,
  LONGER_WEEKDAYS,
  MONTHS,
  SEPT,
  SHORT_MONTHS,
  SHORT_WEEKDAYS,
  SPELLED_DAYS,
  SUFFIXES,
  suffixOf,
  THUR,
  WEEKDAYS,
} from "./names.ts";

/** Where a field stands, in code points: `[start, end)`. */
export type Span = readonly [start: number, end: number];

/** The three fields of a written date. A day in figures includes its ordinal ending; a year excludes its apostrophe. */
export interface Spans {
  readonly year: Span;
  readonly month: Span;
  readonly day: Span;
}

const LETTER_CASE = { small: 0, title: 1, capital: 2, mixed: 3 } as const;
const STRAY = { none: 0, leading: 1, trailing: 2, double: 3, wrapped: 4, ending: 5 } as const;
const ZEROS = { none: 0, leading: 1, mixed: 2 } as const;

const APOSTROPHES = ["'", "'", "'", "'", "'", "’", "’", "‘", "ʼ", "`", "´", "′"];
const OPENING = ["(", "[", '"', "“", "<", "'"];
const CLOSING = [")", "]", '"', "”", ">", "'"];
const ENDINGS = [".", ".", ".", ",", ";", ":", "!"];

const PLAIN = Array.from({ length: 100 }, (_, number) => String(number));
const PADDED = PLAIN.map((digits) => digits.padStart(2, "0"));

/**
 * Writes one date as a person would. A format calls the methods in the order of its words; the pen draws the letter case, the
 * zeros and the stray marks once a date and the form of each word as it comes, and notes where the fields stand.
 * Probabilities are rounded up to 1/256. (A long file, because every form of every word of a date is here and nowhere else.)
 */
export class Pen {
  text = "";
  /** No choice, no ornament, the shortest form of each word: for dates that would not fit otherwise. */
  compact = false;
  readonly #rng: Rng;
  #bytes = 0;
  #bytesLeft = 0;
  #letterCase: number = LETTER_CASE.title;
  #stray: number = STRAY.none;
  #zeros: number = ZEROS.none;
  #wrapping = 0;
  #yearStart = 0;
  #yearEnd = 0;
  #monthStart = 0;
  #monthEnd = 0;
  #dayStart = 0;
  #dayEnd = 0;

  /** @param rng the stream to draw from; its owner may move it between dates */
  constructor(rng: Rng) {
    this.#rng = rng;
  }

  /** Starts a new text and draws its letter case (title 52 %, small 31 %, capital 13 %, mixed 4 %), zeros and stray marks (17 %). */
  begin(compact: boolean): void {
    this.text = "";
    this.compact = compact;
    this.#bytesLeft = 0;
    const letters = this.#byte();
    this.#letterCase = letters < 133 ? LETTER_CASE.title : letters < 212 ? LETTER_CASE.small : LETTER_CASE.capital;
    if (letters > 245) this.#letterCase = LETTER_CASE.mixed;
    const zeros = this.#byte();
    this.#zeros = zeros < 115 ? ZEROS.none : zeros < 230 ? ZEROS.leading : ZEROS.mixed;
    const stray = compact ? 0 : this.#byte();
    this.#stray = STRAY.none;
    if (stray >= 212) this.#beginStray(stray);
  }

  #beginStray(drawn: number): void {
    if (drawn < 220) {
      this.#stray = STRAY.leading;
      this.text = this.chance(0.7) ? " " : "  ";
    } else if (drawn < 230) this.#stray = STRAY.trailing;
    else if (drawn < 241) this.#stray = STRAY.double;
    else if (drawn < 246) {
      this.#stray = STRAY.wrapped;
      this.#wrapping = this.choose(OPENING.length);
      this.text = OPENING[this.#wrapping] as string;
    } else this.#stray = STRAY.ending;
  }

  /** Ends the text. Whether it fits is for the caller to see. */
  end(): void {
    if (this.#stray === STRAY.none) return;
    if (this.#stray === STRAY.trailing) this.text += this.chance(0.7) ? " " : "  ";
    else if (this.#stray === STRAY.wrapped) this.text += CLOSING[this.#wrapping] as string;
    else if (this.#stray === STRAY.ending) this.text += ENDINGS[this.choose(ENDINGS.length)] as string;
  }

  #byte(): number {
    if (this.#bytesLeft === 0) {
      this.#bytes = this.#rng.word();
      this.#bytesLeft = 4;
    }
    const byte = this.#bytes & 0xff;
    this.#bytes >>>= 8;
    this.#bytesLeft--;
    return byte;
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.#byte() < probability * 256;
  }

  /** The same for an ornament that can be left out: never when `compact`. */
  maybe(probability: number): boolean {
    return !this.compact && this.chance(probability);
  }

  /** An integer from 0 to `count` − 1, for counts up to 256. */
  choose(count: number): number {
    return (((this.#byte() << 8) | this.#byte()) * count) >>> 16;
  }

  /** Text as it stands. */
  put(text: string): void {
    this.text += text;
  }

  /** A small word such as `of`, which a title capitalises only at the start of the text, and there every other time. */
  word(text: string): void {
    if (this.text === "" && this.#letterCase === LETTER_CASE.title && this.chance(0.5)) {
      this.text = text.charAt(0).toUpperCase() + text.slice(1);
    } else if (this.#letterCase <= LETTER_CASE.title) this.text += text;
    else this.text += this.#letterCase === LETTER_CASE.capital ? text.toUpperCase() : this.#mixed(text);
  }

  #mixed(word: string): string {
    let text = "";
    for (let i = 0; i < word.length; i++) {
      const letter = word.charAt(i);
      text += this.chance(0.5) ? letter.toUpperCase() : letter;
    }
    return text;
  }

  #name(words: CasedWords, index: number): void {
    const { capital, mixed, small } = LETTER_CASE;
    if (this.#letterCase !== mixed) this.text += words[this.#letterCase as 0 | 1 | 2][index] as string;
    else if (this.chance(0.5)) this.text += this.#mixed(words[small][index] as string);
    else this.text += words[this.choose(capital + 1) as 0 | 1 | 2][index] as string;
  }

  /** A space, now and then two. */
  gap(): void {
    this.text += this.#stray === STRAY.double && this.chance(0.5) ? "  " : " ";
  }

  /** A comma with this probability, and a space (which one comma in eight lacks). */
  commaGap(probability: number): void {
    if (this.maybe(probability)) {
      this.text += ",";
      if (this.chance(0.12)) return;
    }
    this.gap();
  }

  /** One of `marks`, one dot, comma, dash or slash in sixteen with spaces (`. `, ` - `). To be drawn once and put twice. */
  mark(marks: readonly string[]): string {
    const mark = marks[this.choose(marks.length)] as string;
    if (mark === "" || mark === " " || !this.maybe(1 / 16)) return mark;
    return mark === "." || mark === "," ? `${mark} ` : ` ${mark} `;
  }

  #number(value: number): void {
    const isPadded = this.#zeros === ZEROS.leading || (this.#zeros === ZEROS.mixed && this.chance(0.5));
    this.text += (isPadded ? PADDED[value] : PLAIN[value]) as string;
  }

  /** The day in figures, with or without a leading zero. */
  day(date: Readonly<CivilDate>): void {
    this.#dayStart = this.text.length;
    this.#number(date.day);
    this.#dayEnd = this.text.length;
  }

  /** The day in two figures, or with a space in place of a leading zero, as C's `ctime` does. */
  fixedDay(date: Readonly<CivilDate>, filler: "0" | " " = "0"): void {
    if (date.day < 10) this.text += filler;
    this.#dayStart = date.day < 10 && filler === "0" ? this.text.length - 1 : this.text.length;
    this.text += PLAIN[date.day] as string;
    this.#dayEnd = this.text.length;
  }

  /** `3rd`; one in sixteen has a wrong ending (`21th`), one in sixteen a zero (`03rd`). */
  ordinal(date: Readonly<CivilDate>): void {
    this.#dayStart = this.text.length;
    this.text += (this.maybe(1 / 16) ? PADDED[date.day] : PLAIN[date.day]) as string;
    let suffix = suffixOf(date.day);
    if (this.chance(1 / 16)) suffix = this.chance(0.6) ? 0 : this.choose(4);
    if (this.#letterCase === LETTER_CASE.mixed) this.#name(SUFFIXES, suffix);
    else this.text += SUFFIXES[this.#letterCase === LETTER_CASE.capital ? 2 : 0][suffix] as string;
    this.#dayEnd = this.text.length;
  }

  /** An ordinal with this probability, else figures. */
  dayOrOrdinal(date: Readonly<CivilDate>, probability: number): void {
    if (this.maybe(probability)) this.ordinal(date);
    else this.day(date);
  }

  /** `twenty-first` or `twenty first`, for days 1 to 31. */
  spelledDay(date: Readonly<CivilDate>): void {
    const before = this.text;
    this.#dayStart = before.length;
    if (this.#letterCase === LETTER_CASE.title)
      this.text += SPELLED_DAYS[this.chance(0.25) ? 1 : 0][date.day - 1] as string;
    else this.#name(SPELLED_DAYS, date.day - 1);
    if (date.day > 20 && date.day % 10 !== 0 && this.chance(0.35)) {
      this.text = before + this.text.slice(before.length).replace("-", " ");
    }
    this.#dayEnd = this.text.length;
  }

  /** The month in figures, 1 to 99, with or without a leading zero. */
  monthNumber(date: Readonly<CivilDate>): void {
    this.#monthStart = this.text.length;
    this.#number(date.month);
    this.#monthEnd = this.text.length;
  }

  /** The month in two figures. */
  fixedMonth(date: Readonly<CivilDate>): void {
    this.#monthStart = this.text.length;
    this.text += PADDED[date.month] as string;
    this.#monthEnd = this.text.length;
  }

  /** The month's name: in full 47 %, else short (`sep`, `sept`), and one short form in five has a dot unless `dots` is false. */
  monthName(date: Readonly<CivilDate>, dots = true): void {
    this.#monthStart = this.text.length;
    const form = this.compact ? 255 : this.#byte();
    if (form < 120) this.#name(MONTHS, date.month - 1);
    else if (date.month === 9 && !this.compact && this.chance(0.35)) this.#name(SEPT, 0);
    else this.#name(SHORT_MONTHS, date.month - 1);
    this.#monthEnd = this.text.length;
    if (form >= 120 && form < 147 && dots) this.text += ".";
  }

  /** The year in four figures. */
  year(date: Readonly<CivilDate>): void {
    this.#yearStart = this.text.length;
    this.text += String(date.year);
    this.#yearEnd = this.text.length;
  }

  /** The year in two figures, after an apostrophe with this probability. */
  shortYear(date: Readonly<CivilDate>, apostrophe = 0): void {
    if (apostrophe > 0 && this.maybe(apostrophe)) this.text += APOSTROPHES[this.choose(APOSTROPHES.length)] as string;
    this.#yearStart = this.text.length;
    this.text += PADDED[date.year % 100] as string;
    this.#yearEnd = this.text.length;
  }

  /** The weekday, in full 41 % or short (`thu`, `thu.`, `thur`, `thurs`); one in twenty is not the date's. */
  weekday(date: Readonly<CivilDate>): void {
    let weekday = weekdayOf(daysFromCivil(date));
    if (this.chance(0.05)) weekday = (weekday + 1 + this.choose(6)) % 7;
    const form = this.compact ? 255 : this.#byte();
    if (form < 105) this.#name(WEEKDAYS, weekday);
    else if (form < 125) this.#name(LONGER_WEEKDAYS, weekday);
    else if (form < 130 && weekday === 4) this.#name(THUR, 0);
    else this.#name(SHORT_WEEKDAYS, weekday);
    if (form >= 120 && form < 140) this.text += ".";
  }

  /** A weekday and what divides it from the date: a comma and a space, a space, rarely a comma alone. */
  leadingWeekday(date: Readonly<CivilDate>): void {
    this.weekday(date);
    this.commaGap(0.55);
  }

  /** Where the fields of the text stand. */
  spans(): Spans {
    return {
      year: [this.#yearStart, this.#yearEnd],
      month: [this.#monthStart, this.#monthEnd],
      day: [this.#dayStart, this.#dayEnd],
    };
  }
}
