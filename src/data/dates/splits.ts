import { daysFromCivil } from "./calendar.ts";

/** Train, validation and test, parted by calendar date: 80 %, 10 % and 10 % of the days of 1930 to 2068, the same for every seed. */

/** The three parts; no calendar date is in two of them. */
export type Split = "train" | "validation" | "test";

/** The parts in order. */
export const SPLITS: readonly Split[] = ["train", "validation", "test"];

/** The years that are written with four figures, both included. */
export const FIRST_YEAR = 1930;
export const LAST_YEAR = 2050;

/** The years that two figures mean, both included (the rule of `strptime`). */
export const FIRST_SHORT_YEAR = 1969;
export const LAST_SHORT_YEAR = 2068;

const FIRST_DAY = daysFromCivil({ year: FIRST_YEAR, month: 1, day: 1 });
const LAST_LONG_DAY = daysFromCivil({ year: LAST_YEAR, month: 12, day: 31 });
const LAST_DAY = daysFromCivil({ year: LAST_SHORT_YEAR, month: 12, day: 31 });
const FIRST_SHORT_DAY = daysFromCivil({ year: FIRST_SHORT_YEAR, month: 1, day: 1 });

/** A 32-bit integer mixed so that neighbours are unrelated (the finaliser of MurmurHash3, A. Appleby). */
function mixed(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** The part that a day number belongs to: bucket = mixed(day) mod 10; 0–7 train, 8 validation, 9 test. */
export function splitOfDay(day: number): Split {
  const bucket = mixed(day) % 10;
  return bucket < 8 ? "train" : bucket === 8 ? "validation" : "test";
}

/** The days of one part in order, and the places where 1969 begins and 2050 ends. Shared by all callers: to be read only. */
export interface SplitDays {
  readonly days: Int32Array;
  readonly firstShort: number;
  readonly endLong: number;
}

const known = new Map<Split, SplitDays>();

/** The days of 1930 to 2068 in `split`, computed once. */
export function daysOfSplit(split: Split): SplitDays {
  const stored = known.get(split);
  if (stored) return stored;
  const days: number[] = [];
  let firstShort = 0;
  let endLong = 0;
  for (let day = FIRST_DAY; day <= LAST_DAY; day++) {
    if (day === FIRST_SHORT_DAY) firstShort = days.length;
    if (splitOfDay(day) === split) days.push(day);
    if (day === LAST_LONG_DAY) endLong = days.length;
  }
  const found = { days: Int32Array.from(days), firstShort, endLong };
  known.set(split, found);
  return found;
}
