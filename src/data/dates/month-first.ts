import type { CivilDate } from "./calendar.ts";
import { writeOf } from "./day-first.ts";
import type { DateFormat } from "./format.ts";
import type { Pen } from "./pen.ts";

/** The month's name, then the day, then the year. */

const MARKS = ["-", "-", "/", "."];

/** `july 4, 1976`, `Sep 25 2003`, `Oct. 7,2016`, `July 4 of 1976`. */
export function writeMonthDayYear(pen: Pen, date: Readonly<CivilDate>): void {
  pen.monthName(date);
  pen.gap();
  pen.day(date);
  if (pen.maybe(0.03)) writeOf(pen);
  else pen.commaGap(0.6);
  pen.year(date);
}

/** `july 4th, 1976`, `July the 4th 1976`. */
export function writeMonthOrdinalYear(pen: Pen, date: Readonly<CivilDate>): void {
  pen.monthName(date);
  pen.gap();
  if (pen.maybe(0.15)) {
    pen.word("the");
    pen.gap();
  }
  pen.ordinal(date);
  if (pen.maybe(0.03)) writeOf(pen);
  else pen.commaGap(0.6);
  pen.year(date);
}

export const MONTH_FIRST: readonly DateFormat[] = [
  { name: "month-day-year", example: "july 4, 1976", year: "long", month: "name", write: writeMonthDayYear },
  { name: "month-ordinal-year", example: "July 4th 1976", year: "long", month: "name", write: writeMonthOrdinalYear },
  {
    name: "month-comma-day-year",
    example: "May, 5 2001",
    year: "long",
    month: "name",
    write(pen, date) {
      pen.monthName(date);
      pen.put(",");
      if (pen.chance(0.88)) pen.gap();
      pen.dayOrOrdinal(date, 0.25);
      pen.commaGap(0.5);
      pen.year(date);
    },
  },
  {
    name: "month-day-year-marks",
    example: "Sep.25.2003",
    year: "long",
    month: "name",
    write(pen, date) {
      const mark = pen.mark(MARKS);
      pen.monthName(date, false);
      pen.put(mark);
      pen.dayOrOrdinal(date, 0.05);
      if (pen.maybe(0.12)) pen.commaGap(0.6);
      else pen.put(mark);
      pen.year(date);
    },
  },
  {
    name: "month-day-year-joined",
    example: "Sep25 2003",
    year: "long",
    month: "name",
    write(pen, date) {
      const where = pen.choose(8);
      pen.monthName(date, where >= 4);
      if (where < 3) {
        pen.dayOrOrdinal(date, 0.15);
        if (where === 0) pen.put(",");
        else pen.commaGap(0.4);
      } else if (where === 3) pen.fixedDay(date);
      else {
        if (where > 5) pen.gap();
        pen.dayOrOrdinal(date, 0.15);
        pen.put(",");
      }
      pen.year(date);
    },
  },
  {
    name: "month-day-short-year",
    example: "July 10, '96",
    year: "short",
    month: "name",
    write(pen, date) {
      const mark = pen.chance(0.2) ? pen.mark(MARKS) : "";
      pen.monthName(date, mark === "");
      if (mark === "") pen.gap();
      else pen.put(mark);
      pen.dayOrOrdinal(date, mark === "" ? 0.25 : 0);
      if (mark === "") pen.commaGap(0.6);
      else pen.put(mark);
      pen.shortYear(date, 0.35);
    },
  },
];
