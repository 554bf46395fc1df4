import { DAY_FIRST } from "./day-first.ts";
import type { DateFormat } from "./format.ts";
import { MONTH_FIRST } from "./month-first.ts";
import { NUMERIC } from "./numeric.ts";
import { SPELLED } from "./spelled.ts";
import { WITH_WEEKDAY } from "./weekday.ts";
import { YEAR_FIRST } from "./year-first.ts";

/**
 * Every shape that the generator writes, each drawn equally often. The rule for what is open: four figures in front mean
 * year-month-day; a dot, a dash or a space means day first and a slash month first; a number above 12 settles it. A year of two
 * figures means 1969–1999 (69–99) or 2000–2068 (00–68).
 */
export const DATE_FORMATS: readonly DateFormat[] = [
  ...DAY_FIRST,
  ...MONTH_FIRST,
  ...WITH_WEEKDAY,
  ...YEAR_FIRST,
  ...NUMERIC,
  ...SPELLED,
];

const BY_NAME: ReadonlyMap<string, DateFormat> = new Map(DATE_FORMATS.map((format) => [format.name, format]));

/**
 * The format of this name.
 * @throws RangeError when there is none
 */
export function formatNamed(name: string): DateFormat {
  const format = BY_NAME.get(name);
  if (!format) {
    throw new RangeError(
      `formatNamed: expected one of the ${DATE_FORMATS.length} names in DATE_FORMATS but found ${name}`,
    );
  }
  return format;
}
