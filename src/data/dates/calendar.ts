/**
 * The proleptic Gregorian calendar in integer arithmetic. Days are counted from 1970-01-01, which is day 0. Years are calendar
 * years, never week-numbering years. Source of the two conversions: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"
 * (2013), sections `days_from_civil` and `civil_from_days`: years run from 1 March, eras last 400 years or 146,097 days.
 */

/** A calendar date; `month` counts from 1 and `day` from 1. */
export interface CivilDate {
  year: number;
  month: number;
  day: number;
}

const DAYS_IN_ERA = 146_097;
/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH_SHIFT = 719_468;

/** Whether 29 February exists in `year`. */
export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** The number of days in a month, 28 to 31; 0 for a month outside 1 … 12. */
export function daysInMonth(year: number, month: number): number {
  if (month < 1 || month > 12) return 0;
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The day number of a date. A day past the end of its month counts on into the next one. */
export function daysFromCivil({ year, month, day }: Readonly<CivilDate>): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_IN_ERA + dayOfEra - EPOCH_SHIFT;
}

/** The date of a day number, written into `date` (a new object by default), which is returned. */
export function civilFromDays(days: number, date: CivilDate = { year: 0, month: 0, day: 0 }): CivilDate {
  const shifted = days + EPOCH_SHIFT;
  const era = Math.floor(shifted / DAYS_IN_ERA);
  const dayOfEra = shifted - era * DAYS_IN_ERA;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  date.day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  date.month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  date.year = yearOfEra + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

/** The weekday of a day number: 0 is Sunday, 6 is Saturday. 1970-01-01 was a Thursday. */
export function weekdayOf(days: number): number {
  return (((days + 4) % 7) + 7) % 7;
}

/** `yyyy-mm-dd` of a date from year 0 to 9999. */
export function isoOf({ year, month, day }: Readonly<CivilDate>): string {
  const digits = year < 1000 ? String(year).padStart(4, "0") : String(year);
  return `${digits}-${month < 10 ? "0" : ""}${month}-${day < 10 ? "0" : ""}${day}`;
}

/**
 * Whether `iso` is `yyyy-mm-dd` and names a day that exists: ten characters, month 01–12, a day the month has.
 * Year 0000 exists (a leap year), as in ISO 8601.
 */
export function isRealDate(iso: string): boolean {
  if (iso.length !== 10) return false;
  for (let i = 0; i < 10; i++) {
    const code = iso.charCodeAt(i);
    const isDash = code === 0x2d;
    if (i === 4 || i === 7 ? !isDash : code < 0x30 || code > 0x39) return false;
  }
  const day = Number(iso.slice(8));
  return day >= 1 && day <= daysInMonth(Number(iso.slice(0, 4)), Number(iso.slice(5, 7)));
}
