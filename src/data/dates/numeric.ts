import type { CivilDate } from "./calendar.ts";
import { type DateFormat, isDayAbove12 } from "./format.ts";
import type { Pen } from "./pen.ts";

/**
 * Numbers only, the year last. A slash means month first; a dot, a dash or a space means day first. The other order is written
 * only for days above 12, which settle it.
 */

const DAY_FIRST_MARKS = ["-", "-", ".", " "];
const SHORT_MARKS = [".", ".", "-", "-", " "];

/** Which of day and month comes first. */
export type Order = "day-month" | "month-day";

/** The two numbers in front of the year and the mark after each. */
export function writeDayAndMonth(
  pen: Pen,
  date: Readonly<CivilDate>,
  { order, mark }: { order: Order; mark: string },
): void {
  if (order === "day-month") pen.day(date);
  else pen.monthNumber(date);
  pen.put(mark);
  if (order === "day-month") pen.monthNumber(date);
  else pen.day(date);
  pen.put(mark);
}

/** A row whose mark is drawn from `marks`; in the order that the mark does not mean by itself when `isSettled`. */
function row(
  names: { name: string; example: string },
  kind: { order: Order; marks: readonly string[]; year: "long" | "short"; isSettled?: boolean },
): DateFormat {
  const { order, marks, year } = kind;
  return {
    ...names,
    year,
    month: "number",
    ...(kind.isSettled ? { accepts: isDayAbove12 } : {}),
    write(pen, date) {
      writeDayAndMonth(pen, date, { order, mark: pen.mark(marks) });
      if (year === "long") pen.year(date);
      else pen.shortYear(date, 0.03);
      if (marks[0] === "." && pen.maybe(0.04)) pen.put(".");
    },
  };
}

export const NUMERIC: readonly DateFormat[] = [
  row({ name: "slash-month-day-year", example: "03/30/1968" }, { order: "month-day", marks: ["/"], year: "long" }),
  row(
    { name: "slash-day-month-year", example: "28/04/1990" },
    { order: "day-month", marks: ["/"], year: "long", isSettled: true },
  ),
  row({ name: "dash-day-month-year", example: "19-2-2015" }, { order: "day-month", marks: ["-"], year: "long" }),
  row({ name: "dot-day-month-year", example: "4.7.1976" }, { order: "day-month", marks: ["."], year: "long" }),
  {
    name: "space-day-month-year",
    example: "25 09 2003",
    year: "long",
    month: "number",
    write(pen, date) {
      writeDayAndMonth(pen, date, { order: "day-month", mark: " " });
      pen.year(date);
    },
  },
  row(
    { name: "marks-month-day-year", example: "5-22-2018" },
    { order: "month-day", marks: DAY_FIRST_MARKS, year: "long", isSettled: true },
  ),
  row({ name: "slash-month-day-short-year", example: "4/28/90" }, { order: "month-day", marks: ["/"], year: "short" }),
  row(
    { name: "slash-day-month-short-year", example: "28/04/90" },
    { order: "day-month", marks: ["/"], year: "short", isSettled: true },
  ),
  row(
    { name: "marks-day-month-short-year", example: "10.09.70" },
    { order: "day-month", marks: SHORT_MARKS, year: "short" },
  ),
  row(
    { name: "marks-month-day-short-year", example: "7-28-76" },
    { order: "month-day", marks: DAY_FIRST_MARKS, year: "short", isSettled: true },
  ),
];
