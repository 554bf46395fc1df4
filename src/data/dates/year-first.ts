import type { CivilDate } from "./calendar.ts";
import type { DateFormat } from "./format.ts";
import type { Pen } from "./pen.ts";

/** The year in front. Four figures mean year-month-day; two figures do so only above 31. */

const NAME_MARKS = ["-", "-", "/", "."];
const FILE_MARKS = [":", "_"];
const SHORT_MARKS = ["-", "-", "/", "/", ".", " ", ""];

/** `2003-09-25`, `2003/9/25`, with `mark` between the numbers. */
export function writeYearMonthDay(pen: Pen, date: Readonly<CivilDate>, mark: string): void {
  pen.year(date);
  pen.put(mark);
  pen.monthNumber(date);
  pen.put(mark);
  pen.day(date);
}

/** A numeric format whose mark is drawn from `marks`. */
function marked(name: string, example: string, marks: readonly string[]): DateFormat {
  return {
    name,
    example,
    year: "long",
    month: "number",
    write: (pen, date) => writeYearMonthDay(pen, date, pen.mark(marks)),
  };
}

export const YEAR_FIRST: readonly DateFormat[] = [
  marked("year-month-day-dashes", "2003-09-25", ["-"]),
  marked("year-month-day-slashes", "2012/8/10", ["/"]),
  {
    name: "year-month-day-dots",
    example: "2003.09.25",
    year: "long",
    month: "number",
    write(pen, date) {
      const isSpaced = pen.chance(0.15);
      writeYearMonthDay(pen, date, isSpaced ? ". " : ".");
      if (isSpaced && pen.chance(0.6)) pen.put(".");
    },
  },
  {
    name: "year-month-day-spaces",
    example: "2003 09 25",
    year: "long",
    month: "number",
    write: (pen, date) => writeYearMonthDay(pen, date, " "),
  },
  marked("year-month-day-file-name", "2003_09_25", FILE_MARKS),
  {
    name: "year-month-day-compact",
    example: "20030925",
    year: "long",
    month: "number",
    write(pen, date) {
      pen.year(date);
      pen.fixedMonth(date);
      pen.fixedDay(date);
    },
  },
  {
    name: "short-year-month-day",
    example: "96-07-10",
    year: "short",
    month: "either",
    accepts: ({ year }) => year % 100 > 31,
    write(pen, date) {
      const mark = pen.mark(SHORT_MARKS);
      pen.shortYear(date);
      pen.put(mark);
      if (mark === "") {
        pen.fixedMonth(date);
        pen.fixedDay(date);
      } else if (pen.chance(0.15)) {
        pen.monthName(date, false);
        pen.put(mark);
        pen.day(date);
      } else {
        pen.monthNumber(date);
        pen.put(mark);
        pen.day(date);
      }
    },
  },
  {
    name: "year-month-name-day",
    example: "2003, September 25th",
    year: "long",
    month: "name",
    write(pen, date) {
      const isDayInside = pen.chance(0.15);
      if (pen.maybe(0.06)) pen.leadingWeekday(date);
      pen.year(date);
      pen.commaGap(0.25);
      if (isDayInside) {
        pen.dayOrOrdinal(date, 0.25);
        pen.gap();
        pen.monthName(date);
      } else {
        pen.monthName(date);
        pen.commaGap(0.06);
        pen.dayOrOrdinal(date, 0.25);
      }
    },
  },
  {
    name: "year-month-name-day-marks",
    example: "2003-Sep-25",
    year: "long",
    month: "name",
    write(pen, date) {
      const mark = pen.chance(0.12) ? "" : pen.mark(NAME_MARKS);
      pen.year(date);
      pen.put(mark);
      if (mark !== "" && pen.chance(0.08)) {
        pen.day(date);
        pen.put(mark);
        pen.monthName(date, false);
      } else {
        pen.monthName(date, false);
        pen.put(mark);
        pen.day(date);
      }
    },
  },
];
