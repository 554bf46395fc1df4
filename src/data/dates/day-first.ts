import type { CivilDate } from "./calendar.ts";
import type { DateFormat } from "./format.ts";
import type { Pen } from "./pen.ts";

/** Day, then the month's name, then the year. */

const MARKS = ["-", "-", "-", "-", "-", "/", "/", ".", ".", ","];

/** `9 may 1998`, `10 Aug. 2012`, `12 July, 2013`. */
export function writeDayMonthYear(pen: Pen, date: Readonly<CivilDate>): void {
  pen.day(date);
  pen.commaGap(0.03);
  pen.monthName(date);
  pen.commaGap(0.14);
  pen.year(date);
}

/** `of`, with the spaces around it. */
export function writeOf(pen: Pen): void {
  pen.gap();
  pen.word("of");
  pen.gap();
}

function writeOfMonthYear(pen: Pen, date: Readonly<CivilDate>): void {
  if (pen.maybe(0.06)) {
    pen.gap();
    pen.word("day");
  }
  writeOf(pen);
  pen.monthName(date);
  if (pen.maybe(0.05)) writeOf(pen);
  else pen.commaGap(0.2);
  pen.year(date);
}

export const DAY_FIRST: readonly DateFormat[] = [
  { name: "day-month-year", example: "9 may 1998", year: "long", month: "name", write: writeDayMonthYear },
  {
    name: "ordinal-month-year",
    example: "13th Sept 2012",
    year: "long",
    month: "name",
    write(pen, date) {
      pen.ordinal(date);
      pen.commaGap(0.04);
      pen.monthName(date);
      pen.commaGap(0.2);
      pen.year(date);
    },
  },
  {
    name: "ordinal-of-month-year",
    example: "21th of August 2016",
    year: "long",
    month: "name",
    write(pen, date) {
      if (pen.chance(0.85)) pen.ordinal(date);
      else pen.day(date);
      writeOfMonthYear(pen, date);
    },
  },
  {
    name: "the-ordinal-month-year",
    example: "the 29th of August 1958",
    year: "long",
    month: "name",
    write(pen, date) {
      pen.word("the");
      pen.gap();
      pen.ordinal(date);
      if (pen.chance(0.8)) writeOfMonthYear(pen, date);
      else {
        pen.gap();
        pen.monthName(date);
        pen.commaGap(0.2);
        pen.year(date);
      }
    },
  },
  {
    name: "day-month-year-marks",
    example: "25-Sep-2003",
    year: "long",
    month: "name",
    write(pen, date) {
      const mark = pen.mark(MARKS);
      pen.dayOrOrdinal(date, 0.04);
      pen.put(mark);
      pen.monthName(date, false);
      if (pen.maybe(0.05)) pen.gap();
      else pen.put(mark);
      pen.year(date);
    },
  },
  {
    name: "day-dot-month-year",
    example: "4. July 1976",
    year: "long",
    month: "name",
    write(pen, date) {
      pen.day(date);
      pen.put(".");
      if (pen.chance(0.88)) pen.gap();
      pen.monthName(date);
      pen.commaGap(0.1);
      pen.year(date);
    },
  },
  {
    name: "day-month-year-joined",
    example: "13NOV2017",
    year: "long",
    month: "name",
    write(pen, date) {
      const where = pen.choose(8);
      pen.dayOrOrdinal(date, 0.06);
      if (where === 0) pen.gap();
      pen.monthName(date, false);
      if (where === 1) pen.gap();
      if (where === 2) pen.put(",");
      pen.year(date);
    },
  },
  {
    name: "day-month-short-year",
    example: "4 Jul '76",
    year: "short",
    month: "name",
    write(pen, date) {
      if (pen.maybe(0.3)) {
        if (pen.chance(0.15)) {
          pen.word("the");
          pen.gap();
        }
        pen.ordinal(date);
        if (pen.chance(0.25)) writeOf(pen);
        else pen.gap();
      } else {
        pen.day(date);
        pen.gap();
      }
      pen.monthName(date);
      pen.commaGap(0.15);
      pen.shortYear(date, 0.4);
    },
  },
  {
    name: "day-month-short-year-marks",
    example: "25-Sep-03",
    year: "short",
    month: "name",
    write(pen, date) {
      const isJoined = pen.chance(0.15);
      const mark = isJoined ? "" : pen.mark(MARKS);
      if (isJoined) pen.fixedDay(date);
      else pen.day(date);
      pen.put(mark);
      pen.monthName(date, false);
      pen.put(mark);
      pen.shortYear(date, isJoined ? 0 : 0.06);
    },
  },
];
