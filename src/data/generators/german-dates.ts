import type { Rng } from "../../tensor/random.ts";
import { drawNumber, monthIn, writeFigures } from "./date-words.ts";
import type { DateForm, DayOfCalendar } from "./foreign-dates.ts";

/** German dates: the forms, with their words. */

const MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(" ");
const SHORT_MONTHS = "Jan. Feb. Mär. Apr. Mai Jun. Jul. Aug. Sep. Okt. Nov. Dez.".split(" ");
const WEEKDAYS = "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag".split(" ");
const SHORT_WEEKDAYS = "So Mo Di Mi Do Fr Sa".split(" ");
/** Without its ending, at index day − 1. */
const ORDINALS =
  "erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft dreizehnt vierzehnt fünfzehnt sechzehnt siebzehnt achtzehnt neunzehnt zwanzigst einundzwanzigst zweiundzwanzigst dreiundzwanzigst vierundzwanzigst fünfundzwanzigst sechsundzwanzigst siebenundzwanzigst achtundzwanzigst neunundzwanzigst dreißigst einunddreißigst".split(
    " ",
  );

/** Austria says `Jänner`. */
function drawMonth(rng: Rng, date: DayOfCalendar): string {
  return date.month === 1 && rng.uniform() < 0.15 ? "Jänner" : monthIn(MONTHS, date);
}

/** The north says `Sonnabend`. */
function drawWeekday(rng: Rng, { weekday }: DayOfCalendar): string {
  return weekday === 6 && rng.uniform() < 0.2 ? "Sonnabend" : (WEEKDAYS[weekday] as string);
}

function drawShortWeekday(rng: Rng, { weekday }: DayOfCalendar): string {
  return `${SHORT_WEEKDAYS[weekday]}${rng.pick(["", ",", ".", ".,"])}`;
}

function writeDay(rng: Rng, date: DayOfCalendar): string {
  return `${drawNumber(rng, date.day)}.${rng.uniform() < 0.85 ? " " : ""}${drawMonth(rng, date)} ${date.year}`;
}

function writeShort(rng: Rng, date: DayOfCalendar): string {
  const variant = date.month === 3 ? ["Mär.", "Mrz."] : date.month === 9 ? ["Sep.", "Sept."] : undefined;
  const month = variant ? rng.pick(variant) : monthIn(SHORT_MONTHS, date);
  return `${drawNumber(rng, date.day)}. ${rng.uniform() < 0.5 ? month : month.replace(".", "")} ${date.year}`;
}

/** `dritter Mai 1979`, `der dritte Mai 1979`, `am dritten Mai 1979`. */
function writeSpelled(rng: Rng, date: DayOfCalendar): string {
  const [before, ending] = rng.pick([
    ["", "er"],
    ["der ", "e"],
    ["den ", "en"],
    ["am ", "en"],
  ] as const);
  const weekday = before === "der " || before === "den " ? rng.pick(["", `${drawWeekday(rng, date)}, `]) : "";
  return `${weekday}${before}${ORDINALS[date.day - 1]}${ending} ${drawMonth(rng, date)} ${date.year}`;
}

export const GERMAN_FORMS: readonly DateForm[] = [
  {
    name: "german-day",
    share: 5,
    example: { source: "den 21. Januar 2004", target: "2004-01-21" },
    write: (rng, date) => `${rng.pick(["", "", "", "den ", "am ", "vom "])}${writeDay(rng, date)}`,
  },
  {
    name: "german-weekday",
    share: 4,
    example: { source: "Montag, 12. März 1956", target: "1956-03-12" },
    write(rng, date) {
      if (rng.uniform() < 0.25) return `${drawShortWeekday(rng, date)} ${writeDay(rng, date)}`;
      const [before, between] = rng.pick([
        ["", ", "],
        ["", ", "],
        ["", ", den "],
        ["am ", ", dem "],
        ["", " "],
      ] as const);
      return `${before}${drawWeekday(rng, date)}${between}${writeDay(rng, date)}`;
    },
  },
  {
    name: "german-short-month",
    share: 3,
    example: { source: "21. Jan. 2004", target: "2004-01-21" },
    write: writeShort,
  },
  {
    name: "german-spelled",
    share: 4,
    example: { source: "dritter Mai 1979", target: "1979-05-03" },
    write: writeSpelled,
  },
  {
    name: "german-figures",
    share: 3,
    example: { source: "Mo, 12.03.1956", target: "1956-03-12" },
    write(rng, date) {
      const weekday = rng.pick(["", "", `${drawWeekday(rng, date)}, `, `${drawShortWeekday(rng, date)} `, "am "]);
      return `${weekday}${writeFigures(rng, date, rng.pick([".", ".", ". "]))}`;
    },
  },
];
