import type { Rng } from "../../tensor/random.ts";
import { drawNumber, monthIn, writeFigures } from "./date-words.ts";
import type { DateForm, DayOfCalendar } from "./foreign-dates.ts";

/** French dates: the forms, with their words. */

const MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(" ");
const SHORT_MONTHS = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split(" ");
const WEEKDAYS = "dimanche lundi mardi mercredi jeudi vendredi samedi".split(" ");
/** At index day − 1. */
const DAYS =
  "premier,deux,trois,quatre,cinq,six,sept,huit,neuf,dix,onze,douze,treize,quatorze,quinze,seize,dix-sept,dix-huit,dix-neuf,vingt,vingt et un,vingt-deux,vingt-trois,vingt-quatre,vingt-cinq,vingt-six,vingt-sept,vingt-huit,vingt-neuf,trente,trente et un".split(
    ",",
  );

function weekdayOfDate({ weekday }: DayOfCalendar): string {
  return WEEKDAYS[weekday] as string;
}

function drawArticle(rng: Rng): string {
  return rng.uniform() < 0.4 ? "le " : "";
}

/** The first of a month is an ordinal, the others are not. */
function drawDay(rng: Rng, { day }: DayOfCalendar): string {
  return day === 1 && rng.uniform() < 0.85 ? "1er" : drawNumber(rng, day);
}

function writeDay(rng: Rng, date: DayOfCalendar): string {
  return `${drawDay(rng, date)} ${monthIn(MONTHS, date)} ${date.year}`;
}

function writeShort(rng: Rng, date: DayOfCalendar): string {
  const variant = date.month === 2 ? ["févr.", "fév."] : date.month === 7 ? ["juil.", "juill."] : undefined;
  const month = variant ? rng.pick(variant) : monthIn(SHORT_MONTHS, date);
  return `${drawDay(rng, date)} ${rng.uniform() < 0.6 ? month : month.replace(".", "")} ${date.year}`;
}

export const FRENCH_FORMS: readonly DateForm[] = [
  {
    name: "french-day",
    share: 5,
    example: { source: "le 1er août 1958", target: "1958-08-01" },
    write: (rng, date) => `${drawArticle(rng)}${writeDay(rng, date)}`,
  },
  {
    name: "french-weekday",
    share: 4,
    example: { source: "mardi 14 juillet 1998", target: "1998-07-14" },
    write(rng, date) {
      const weekday = weekdayOfDate(date);
      if (rng.uniform() < 0.25) return `${weekday.slice(0, 3)}. ${writeDay(rng, date)}`;
      return `${drawArticle(rng)}${weekday}${rng.uniform() < 0.2 ? "," : ""} ${writeDay(rng, date)}`;
    },
  },
  {
    name: "french-short-month",
    share: 3,
    example: { source: "3 févr. 2001", target: "2001-02-03" },
    write: (rng, date) => `${drawArticle(rng)}${writeShort(rng, date)}`,
  },
  {
    name: "french-spelled",
    share: 4,
    example: { source: "le quatorze juillet 1998", target: "1998-07-14" },
    write(rng, date) {
      const word = DAYS[date.day - 1] as string;
      // The spelling of 1990 joins all parts.
      const day = rng.uniform() < 0.3 ? word.replaceAll(" ", "-") : word;
      const weekday = rng.uniform() < 0.2 ? `${weekdayOfDate(date)} ` : "";
      return `${drawArticle(rng)}${weekday}${day} ${monthIn(MONTHS, date)} ${date.year}`;
    },
  },
  {
    name: "french-figures",
    share: 3,
    example: { source: "12/03/1956", target: "1956-03-12" },
    write(rng, date) {
      const before = rng.pick(["", "", "le ", `${weekdayOfDate(date)} `]);
      return `${before}${writeFigures(rng, date, rng.pick(["/", "/", "-"]))}`;
    },
  },
];
