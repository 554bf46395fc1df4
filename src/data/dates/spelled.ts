import { writeDayMonthYear, writeOf } from "./day-first.ts";
import type { DateFormat } from "./format.ts";
import { writeMonthDayYear, writeMonthOrdinalYear } from "./month-first.ts";
import { writeNumeric } from "./weekday.ts";

/** Dates with more words in them: the day spelled out, an era after the year, a preposition before the date. */

const ERAS = ["ad", "ad", "ce", "a.d."];
const PREPOSITIONS = "on,on,on,on,by,since,until,from,before,after,due,dated,born,date:,dob:,as of".split(",");

export const SPELLED: readonly DateFormat[] = [
  {
    name: "spelled-day",
    example: "the fourth of July 1976",
    year: "long",
    month: "name",
    accepts: ({ day }) => day >= 1 && day <= 31,
    write(pen, date) {
      const isMonthFirst = pen.chance(0.4);
      if (isMonthFirst) {
        pen.monthName(date);
        pen.gap();
      }
      if (pen.maybe(isMonthFirst ? 0.25 : 0.5)) {
        pen.word("the");
        pen.gap();
      }
      pen.spelledDay(date);
      if (!isMonthFirst) {
        if (pen.chance(0.85)) writeOf(pen);
        else pen.gap();
        pen.monthName(date);
      }
      pen.commaGap(isMonthFirst ? 0.5 : 0.15);
      pen.year(date);
    },
  },
  {
    name: "with-era",
    example: "July 10, 1996 AD",
    year: "long",
    month: "either",
    write(pen, date) {
      const kind = pen.choose(5);
      if (kind < 2) writeDayMonthYear(pen, date);
      else if (kind < 4) writeMonthDayYear(pen, date);
      else writeNumeric(pen, date);
      if (pen.chance(0.92)) pen.gap();
      const era = ERAS[pen.choose(ERAS.length)] as string;
      if (pen.chance(0.75)) pen.put(era.toUpperCase());
      else pen.word(era);
    },
  },
  {
    name: "with-preposition",
    example: "on 4 July 1976",
    year: "long",
    month: "either",
    write(pen, date) {
      const preposition = PREPOSITIONS[pen.choose(PREPOSITIONS.length)] as string;
      pen.word(preposition);
      pen.gap();
      const kind = pen.choose(5);
      if (kind === 0) writeDayMonthYear(pen, date);
      else if (kind === 1) writeMonthDayYear(pen, date);
      else if (kind === 2) writeMonthOrdinalYear(pen, date);
      else if (kind === 3) writeNumeric(pen, date);
      else {
        pen.word("the");
        pen.gap();
        pen.ordinal(date);
        if (pen.chance(0.8)) writeOf(pen);
        else pen.gap();
        pen.monthName(date);
        pen.commaGap(0.15);
        pen.year(date);
      }
    },
  },
];
