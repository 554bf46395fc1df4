import { Rng } from "../../tensor/random.ts";
import { MAX_INPUT } from "./alphabet.ts";
import { type CivilDate, civilFromDays, isoOf } from "./calendar.ts";
import type { DateFormat } from "./format.ts";
import { DATE_FORMATS, formatNamed } from "./formats.ts";
import { Pen, type Spans } from "./pen.ts";
import { daysOfSplit, SPLITS, type Split, type SplitDays } from "./splits.ts";

/** A written date, at most 30 characters, and its answer. */
export interface DateExample {
  readonly text: string;
  /** `yyyy-mm-dd`, a date that exists. */
  readonly iso: string;
  /** The format's name in `DATE_FORMATS`. */
  readonly format: string;
  /** Where year, month and day stand in `text`. */
  readonly spans: Spans;
}

const FREE_ATTEMPTS = 4;

/** Writes `date` with `pen` so that it fits: free draws first, and after four that are too long the shortest form. */
export function writeDate(pen: Pen, format: DateFormat, date: Readonly<CivilDate>): void {
  for (let attempt = 0; attempt <= FREE_ATTEMPTS; attempt++) {
    pen.begin(attempt === FREE_ATTEMPTS);
    format.write(pen, date);
    pen.end();
    if (pen.text.length <= MAX_INPUT) return;
  }
}

/**
 * Examples of one seed and split, by index. Each is a pure function of (seed, split, index): the order of calls changes nothing.
 * The format is drawn equally, the date uniformly over the split's calendar days of 1930 to 2050 (1969 to 2068 where the year has
 * two figures) that the format can write. One generator reuses its random stream and is faster than `dateExample`.
 */
export class DateGenerator {
  readonly #rng: Rng;
  readonly #pen: Pen;
  readonly #days: SplitDays;
  readonly #date: CivilDate = { year: 0, month: 0, day: 0 };

  /**
   * @param options `seed`, an integer from 0 to 2^32 − 1; `split`
   * @throws RangeError for another seed or split
   */
  constructor({ seed, split }: { seed: number; split: Split }) {
    if (!SPLITS.includes(split)) {
      throw new RangeError(`DateGenerator: expected split train, validation or test but found ${split}`);
    }
    this.#rng = new Rng(seed, `dates/${split}`);
    this.#pen = new Pen(this.#rng);
    this.#days = daysOfSplit(split);
  }

  /**
   * @param index an integer from 0 to 2^32 − 1
   * @param format a name in `DATE_FORMATS`; drawn by default
   * @throws RangeError for another index or name
   */
  example(index: number, format?: string): DateExample {
    if (index >>> 0 !== index) {
      throw new RangeError(`DateGenerator.example: expected an index from 0 to 4294967295 but found ${index}`);
    }
    const rng = this.#rng.at(index);
    const pen = this.#pen;
    const drawn = DATE_FORMATS[rng.integer(DATE_FORMATS.length)] as DateFormat;
    const chosen = format === undefined ? drawn : formatNamed(format);
    const date = this.#drawDate(chosen);
    writeDate(pen, chosen, date);
    return { text: pen.text, iso: isoOf(date), format: chosen.name, spans: pen.spans() };
  }

  #drawDate({ year, accepts }: DateFormat): CivilDate {
    const { days, firstShort, endLong } = this.#days;
    const [first, end] = year === "short" ? [firstShort, days.length] : [0, endLong];
    const date = this.#date;
    do civilFromDays(days[first + this.#rng.integer(end - first)] as number, date);
    while (accepts && !accepts(date));
    return date;
  }
}

/**
 * One example: see `DateGenerator`, which is the faster way to many.
 * @throws RangeError for a seed or index outside 0 … 2^32 − 1 and for an unknown split or format
 */
export function dateExample(options: { seed: number; split: Split; index: number; format?: string }): DateExample {
  return new DateGenerator(options).example(options.index, options.format);
}
