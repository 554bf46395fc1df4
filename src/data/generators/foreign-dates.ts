import type { Rng } from "../../tensor/random.ts";
import { type CivilDate, civilFromDays, daysFromCivil, isoOf, weekdayOf } from "../dates/calendar.ts";
import { FRENCH_FORMS } from "./french-dates.ts";
import { type Form, type Generator, generatorOf } from "./generator.ts";
import { GERMAN_FORMS } from "./german-dates.ts";

/**
 * German and French dates of 1900 to 2099, and `yyyy-mm-dd`. The day stands before the month, also in figures; a weekday is that
 * of the date; years have four figures. As people type them: sometimes in capitals or without any, sometimes without marks
 * (`Maerz`, `aout`). Sources: Duden on dates; Imprimerie nationale, Lexique des règles typographiques, for the short months.
 */

const FIRST_DAY = daysFromCivil({ year: 1900, month: 1, day: 1 });
const DAYS = daysFromCivil({ year: 2100, month: 1, day: 1 }) - FIRST_DAY;

/** A day of the calendar; `weekday` counts from 0, Sunday. */
export interface DayOfCalendar extends Readonly<CivilDate> {
  readonly weekday: number;
}

/** One way in which a language writes a date, with right letters and marks. */
export interface DateForm extends Omit<Form, "draw"> {
  readonly write: (rng: Rng, date: DayOfCalendar) => string;
}

function drawDay(rng: Rng): DayOfCalendar {
  const days = FIRST_DAY + rng.integer(DAYS);
  return { ...civilFromDays(days), weekday: weekdayOf(days) };
}

const LETTERS: Readonly<Record<string, string>> = { ä: "ae", ö: "oe", ü: "ue", ß: "ss" };

/** German letters written as two, and letters without their accents. */
function withoutMarks(text: string): string {
  return text
    .replace(/[äöüß]/g, (letter) => LETTERS[letter] as string)
    .normalize("NFD")
    .replace(/\p{M}/gu, "");
}

/** The text as somebody types it. */
function drawTyping(rng: Rng, text: string): string {
  const marked = rng.uniform() < 0.2 ? withoutMarks(text) : text;
  const kind = rng.uniform();
  if (kind < 0.7) return marked;
  return kind < 0.85 ? marked.toLowerCase() : marked.toUpperCase();
}

const FORMS: readonly Form[] = [...GERMAN_FORMS, ...FRENCH_FORMS].map(({ write, ...form }) => ({
  ...form,
  draw(rng: Rng) {
    const date = drawDay(rng);
    return { source: drawTyping(rng, write(rng, date)), target: isoOf(date) };
  },
}));

export const FOREIGN_DATES: Generator = generatorOf({
  name: "foreign-dates",
  summary: "German and French dates → yyyy-mm-dd",
  alphabet: {
    source: " ,-./0123456789ABCDEFGHIJKLMNOPQRSTUVWXZabcdefghijklmnopqrstuvwxzÄÉÖÛÜßäéöûü",
    target: "-0123456789",
  },
  forms: FORMS,
});
