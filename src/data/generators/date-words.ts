import type { Rng } from "../../tensor/random.ts";
import type { DayOfCalendar } from "./foreign-dates.ts";

/** What both languages write alike. */

/** The month's number in a list that begins with January. */
export function monthIn(words: readonly string[], { month }: DayOfCalendar): string {
  return words[month - 1] as string;
}

/** A figure of a day or a month, in some with a zero in front. */
export function drawNumber(rng: Rng, value: number): string {
  return rng.uniform() < 0.25 ? String(value).padStart(2, "0") : String(value);
}

/** Day, month and year in figures, both with zeros or both without. */
export function writeFigures(rng: Rng, { day, month, year }: DayOfCalendar, mark: string): string {
  const places = rng.uniform() < 0.5 ? 2 : 1;
  const [first, second] = [day, month].map((value) => String(value).padStart(places, "0"));
  return [first, second, year].join(mark);
}
