import type { CivilDate } from "./calendar.ts";
import { writeDayMonthYear, writeOf } from "./day-first.ts";
import type { DateFormat } from "./format.ts";
import { writeMonthDayYear, writeMonthOrdinalYear } from "./month-first.ts";
import { writeDayAndMonth } from "./numeric.ts";
import type { Pen } from "./pen.ts";
import { writeYearMonthDay } from "./year-first.ts";

/** A weekday beside the date. It is mostly right, sometimes wrong; the answer follows the date alone. */

const DAY_FIRST_MARKS = ["-", ".", " "];
const SLASH = ["/"];
const YEAR_FIRST_MARKS = ["-", "-", "-", "/", "."];
const NAME_MARKS = ["-", "-", "-", "/"];

/** A slash means month first and anything else day first; the other order is written only for days above 12. */
function writeDayAndMonthInOrder(pen: Pen, date: Readonly<CivilDate>): void {
  const isSlash = pen.chance(0.5);
  const isOtherOrder = date.day > 12 && pen.chance(0.4);
  const mark = isSlash ? pen.mark(SLASH) : pen.mark(DAY_FIRST_MARKS);
  writeDayAndMonth(pen, date, { order: isSlash === isOtherOrder ? "day-month" : "month-day", mark });
}

/** Any clear numeric date with a year of four figures. */
export function writeNumeric(pen: Pen, date: Readonly<CivilDate>): void {
  if (pen.chance(0.3)) writeYearMonthDay(pen, date, pen.mark(YEAR_FIRST_MARKS));
  else {
    writeDayAndMonthInOrder(pen, date);
    pen.year(date);
  }
}

function writeShortYear(pen: Pen, date: Readonly<CivilDate>): void {
  const kind = pen.choose(4);
  if (kind === 0) {
    pen.monthName(date);
    pen.gap();
    pen.dayOrOrdinal(date, 0.2);
    pen.commaGap(0.6);
    pen.shortYear(date, 0.5);
  } else if (kind === 1) {
    pen.dayOrOrdinal(date, 0.2);
    pen.gap();
    pen.monthName(date);
    pen.commaGap(0.1);
    pen.shortYear(date, 0.3);
  } else if (kind === 2) {
    writeDayAndMonthInOrder(pen, date);
    pen.shortYear(date);
  } else {
    pen.fixedDay(date);
    pen.put("-");
    pen.monthName(date, false);
    pen.put("-");
    pen.shortYear(date);
  }
}

export const WITH_WEEKDAY: readonly DateFormat[] = [
  {
    name: "weekday-month-day-year",
    example: "Thu Sep 25 2003",
    year: "long",
    month: "name",
    write(pen, date) {
      pen.leadingWeekday(date);
      if (pen.chance(0.9)) writeMonthDayYear(pen, date);
      else {
        pen.monthName(date);
        pen.gap();
        pen.fixedDay(date, " ");
        pen.gap();
        pen.year(date);
      }
    },
  },
  {
    name: "weekday-month-ordinal-year",
    example: "Tuesday, November 4th, 2014",
    year: "long",
    month: "name",
    write(pen, date) {
      pen.leadingWeekday(date);
      writeMonthOrdinalYear(pen, date);
    },
  },
  {
    name: "weekday-day-month-year",
    example: "Thu, 25 Sep 2003",
    year: "long",
    month: "name",
    write(pen, date) {
      pen.leadingWeekday(date);
      writeDayMonthYear(pen, date);
    },
  },
  {
    name: "weekday-ordinal-month-year",
    example: "Friday the 4th of July, 1976",
    year: "long",
    month: "name",
    write(pen, date) {
      pen.leadingWeekday(date);
      if (pen.maybe(0.35)) {
        pen.word("the");
        pen.gap();
      }
      pen.ordinal(date);
      if (pen.chance(0.6)) writeOf(pen);
      else pen.gap();
      pen.monthName(date);
      pen.commaGap(0.15);
      pen.year(date);
    },
  },
  {
    name: "weekday-day-month-year-marks",
    example: "Thu, 25-Sep-2003",
    year: "long",
    month: "name",
    write(pen, date) {
      const isJoined = pen.chance(0.15);
      const mark = isJoined ? "" : pen.mark(NAME_MARKS);
      pen.leadingWeekday(date);
      pen.day(date);
      pen.put(mark);
      pen.monthName(date, false);
      pen.put(mark);
      pen.year(date);
    },
  },
  {
    name: "weekday-short-year",
    example: "Wed, July 10, '96",
    year: "short",
    month: "either",
    write(pen, date) {
      pen.leadingWeekday(date);
      writeShortYear(pen, date);
    },
  },
  {
    name: "weekday-numeric",
    example: "Fri 08/10/2012",
    year: "long",
    month: "number",
    write(pen, date) {
      pen.leadingWeekday(date);
      writeNumeric(pen, date);
    },
  },
  {
    name: "weekday-last",
    example: "2003-09-25 (Thu)",
    year: "long",
    month: "either",
    write(pen, date) {
      const kind = pen.choose(4);
      if (kind < 2) writeNumeric(pen, date);
      else if (kind === 2) writeDayMonthYear(pen, date);
      else writeMonthDayYear(pen, date);
      const isBracketed = pen.maybe(0.35);
      if (isBracketed) pen.gap();
      else pen.commaGap(0.35);
      if (isBracketed) pen.put("(");
      pen.weekday(date);
      if (isBracketed) pen.put(")");
    },
  },
];
