import { expect, test } from "vitest";
import { civilFromDays, daysFromCivil, daysInMonth, isLeapYear, isoOf, isRealDate, weekdayOf } from "./calendar.ts";

test.each([
  ["1970-01-01", 0, 4],
  ["2000-02-29", 11_016, 2],
  ["1930-01-01", -14_610, 3],
  ["2050-12-31", 29_584, 6],
  ["1976-07-04", 2376, 0],
  ["0000-03-01", -719_468, 3],
])("%s is day %i, weekday %i", (iso, days, weekday) => {
  const [year, month, day] = iso.split("-").map(Number) as [number, number, number];
  expect(daysFromCivil({ year, month, day })).toBe(days);
  expect(isoOf(civilFromDays(days))).toBe(iso);
  expect(weekdayOf(days)).toBe(weekday);
});

test("the days of 1930 to 2050 agree with Date, and each is real", () => {
  const wrong: string[] = [];
  for (let days = -14_610; days <= 29_584; days++) {
    const iso = isoOf(civilFromDays(days));
    const date = new Date(days * 86_400_000);
    if (date.toISOString().slice(0, 10) !== iso || date.getUTCDay() !== weekdayOf(days) || !isRealDate(iso))
      wrong.push(iso);
    if (daysFromCivil(civilFromDays(days)) !== days) wrong.push(iso);
  }
  expect(wrong).toEqual([]);
});

test("a date object can be reused", () => {
  const date = { year: 0, month: 0, day: 0 };
  expect(civilFromDays(2376, date)).toBe(date);
  expect(date).toEqual({ year: 1976, month: 7, day: 4 });
});

test("months have their lengths", () => {
  expect(Array.from({ length: 14 }, (_, month) => daysInMonth(2023, month))).toEqual([
    0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0,
  ]);
  expect([1900, 2000, 2023, 2024].map(isLeapYear)).toEqual([false, true, false, true]);
  expect([1900, 2000, 2023, 2024].map((year) => daysInMonth(year, 2))).toEqual([28, 29, 28, 29]);
});

test.each(["1998-05-09", "2000-02-29", "0000-02-29", "9999-12-31"])("%s is a real date", (iso) => {
  expect(isRealDate(iso)).toBe(true);
});

test.each([
  "",
  "1998-5-9",
  "1998-05-09 ",
  "1998/05/09",
  "1998-13-01",
  "1998-00-10",
  "1998-02-29",
  "1900-02-29",
  "2001-04-31",
  "2001-04-00",
  "19x8-05-09",
  "-998-05-09",
  "1998-05-0９",
])("%j is not a real date", (iso) => {
  expect(isRealDate(iso)).toBe(false);
});
