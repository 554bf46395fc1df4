import type { CivilDate } from "./calendar.ts";
import type { Pen } from "./pen.ts";

/** One shape in which people write dates: a row of `DATE_FORMATS`. */
export interface DateFormat {
  /** In kebab-case, unique. */
  readonly name: string;
  /** One of the texts that `write` may draw. */
  readonly example: string;
  /** `short` when the year has two figures; such a format takes the years 1969 to 2068. */
  readonly year: "long" | "short";
  /** How the month is written; `either` when the draw decides. */
  readonly month: "name" | "number" | "either";
  /** Which dates the format can write without being misread; all of them by default. */
  readonly accepts?: (date: Readonly<CivilDate>) => boolean;
  /** Draws one text between `pen.begin` and `pen.end`. With `pen.compact` it has at most 30 characters for any date. */
  readonly write: (pen: Pen, date: Readonly<CivilDate>) => void;
}

/** For orders of day and month that only a number above 12 makes clear. */
export function isDayAbove12({ day }: Readonly<CivilDate>): boolean {
  return day > 12;
}
