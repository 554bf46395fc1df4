import { expect, test } from "vitest";
import { civilFromDays, daysFromCivil, isoOf, isRealDate } from "./calendar.ts";
import { DATE_FORMATS } from "./formats.ts";
import { DateGenerator, dateExample } from "./generator.ts";
import { daysOfSplit, SPLITS, type Split, splitOfDay } from "./splits.ts";

const FIRST = daysFromCivil({ year: 1930, month: 1, day: 1 });
const LAST = daysFromCivil({ year: 2068, month: 12, day: 31 });

function dayOf(iso: string): number {
  const [year, month, day] = iso.split("-").map(Number) as [number, number, number];
  return daysFromCivil({ year, month, day });
}

test("the splits part the days of 1930 to 2068 as 80, 10 and 10 in a hundred", () => {
  const owners = new Map<number, Split>();
  for (const split of SPLITS) {
    for (const day of daysOfSplit(split).days) {
      expect(owners.has(day)).toBe(false);
      owners.set(day, split);
    }
  }
  expect(owners.size).toBe(LAST - FIRST + 1);
  const shares = SPLITS.map((split) => daysOfSplit(split).days.length / owners.size);
  expect(shares[0]).toBeCloseTo(0.8, 2);
  expect(shares[1]).toBeCloseTo(0.1, 2);
  expect(shares[2]).toBeCloseTo(0.1, 2);
  expect([...owners].filter(([day, split]) => splitOfDay(day) !== split)).toEqual([]);
});

test.each([
  ["weekday", 7, (day: number) => (day - FIRST) % 7],
  ["month", 12, (day: number) => civilFromDays(day).month - 1],
  ["day of the month", 31, (day: number) => civilFromDays(day).day - 1],
] as const)("no split is tied to a %s", (_, places, placeOf) => {
  const all = new Array<number>(places).fill(0);
  const drawn = new Array<number>(places).fill(0);
  for (let day = FIRST; day <= LAST; day++) {
    const place = placeOf(day);
    all[place] = (all[place] as number) + 1;
    if (splitOfDay(day) === "test") drawn[place] = (drawn[place] as number) + 1;
  }
  for (const [place, count] of drawn.entries()) {
    expect(Math.abs(count / (all[place] as number) - 0.1), `place ${place}`).toBeLessThan(0.03);
  }
});

test.each(SPLITS)("the %s examples stay in their split and name real days", (split) => {
  const generator = new DateGenerator({ seed: 4, split });
  const wrong: unknown[] = [];
  for (let index = 0; index < 20_000; index++) {
    const example = generator.example(index);
    const year = Number(example.iso.slice(0, 4));
    const last = DATE_FORMATS.find(({ name }) => name === example.format)?.year === "short" ? 2068 : 2050;
    const isInRange = year >= 1930 && year <= last;
    if (!isInRange || !isRealDate(example.iso) || splitOfDay(dayOf(example.iso)) !== split) wrong.push(example);
  }
  expect(wrong).toEqual([]);
});

test("an example depends on seed, split and index only", () => {
  const generator = new DateGenerator({ seed: 7, split: "train" });
  const forwards = Array.from({ length: 300 }, (_, index) => generator.example(index));
  const backwards = Array.from({ length: 300 }, (_, index) => generator.example(299 - index)).reverse();
  const alone = Array.from({ length: 300 }, (_, index) => dateExample({ seed: 7, split: "train", index }));
  expect(backwards).toEqual(forwards);
  expect(alone).toEqual(forwards);
  const texts = (seed: number, split: Split) =>
    Array.from({ length: 300 }, (_, index) => dateExample({ seed, split, index }).text);
  expect(texts(8, "train")).not.toEqual(texts(7, "train"));
  expect(texts(7, "test")).not.toEqual(texts(7, "train"));
  expect(new Set(texts(7, "train")).size).toBeGreaterThan(290);
});

test("a pinned example does not change", () => {
  expect(dateExample({ seed: 1, split: "train", index: 0 })).toEqual({
    text: "mon, 23Rd OF JAnUaRy 2020",
    iso: "2020-01-23",
    format: "weekday-ordinal-month-year",
    spans: { year: [21, 25], month: [13, 20], day: [5, 9] },
  });
  expect(dateExample({ seed: 1, split: "test", index: 4_294_967_295 })).toEqual({
    text: "1948-24-October",
    iso: "1948-10-24",
    format: "year-month-name-day-marks",
    spans: { year: [0, 4], month: [8, 15], day: [5, 7] },
  });
});

test("formats are drawn equally, and dates evenly", () => {
  const generator = new DateGenerator({ seed: 2, split: "train" });
  const formats = new Map<string, number>();
  const decades = new Map<string, number>();
  const draws = 60_000;
  for (let index = 0; index < draws; index++) {
    const { format } = generator.example(index);
    formats.set(format, (formats.get(format) ?? 0) + 1);
    const decade = generator.example(index, "day-month-year").iso.slice(0, 3);
    decades.set(decade, (decades.get(decade) ?? 0) + 1);
  }
  expect(formats.size).toBe(DATE_FORMATS.length);
  for (const count of formats.values()) expect(Math.abs(count / (draws / DATE_FORMATS.length) - 1)).toBeLessThan(0.15);
  expect(decades.size).toBe(13);
  for (const [decade, count] of decades) {
    const years = decade === "205" ? 1 : 10;
    expect(Math.abs(count / ((draws * years) / 121) - 1), decade).toBeLessThan(years === 1 ? 0.25 : 0.08);
  }
});

test("a year of two figures is one of 1969 to 2068", () => {
  const generator = new DateGenerator({ seed: 2, split: "train" });
  for (const { name } of DATE_FORMATS.filter(({ year }) => year === "short")) {
    const years = new Set<number>();
    for (let index = 0; index < 3000; index++) years.add(Number(generator.example(index, name).iso.slice(0, 4)));
    expect(Math.min(...years)).toBe(1969);
    expect(Math.max(...years)).toBe(2068);
  }
});

test("every day of a split can be drawn", () => {
  const generator = new DateGenerator({ seed: 1, split: "test" });
  const seen = new Set<string>();
  for (let index = 0; index < 60_000; index++) seen.add(generator.example(index, "year-month-day-compact").iso);
  const { days, endLong } = daysOfSplit("test");
  expect(seen.size).toBe(endLong);
  expect(seen.has(isoOf(civilFromDays(days[0] as number)))).toBe(true);
});

test("what cannot be drawn is refused", () => {
  const generator = new DateGenerator({ seed: 1, split: "test" });
  for (const index of [-1, 0.5, 2 ** 32, Number.NaN]) {
    expect(() => generator.example(index)).toThrow(
      new RangeError(`DateGenerator.example: expected an index from 0 to 4294967295 but found ${index}`),
    );
  }
  expect(() => generator.example(0, "iso")).toThrow(
    new RangeError(`formatNamed: expected one of the ${DATE_FORMATS.length} names in DATE_FORMATS but found iso`),
  );
  expect(() => new DateGenerator({ seed: 1, split: "dev" as Split })).toThrow(
    new RangeError("DateGenerator: expected split train, validation or test but found dev"),
  );
  expect(() => dateExample({ seed: -1, split: "test", index: 0 })).toThrow(
    new RangeError("Rng: expected a seed from 0 to 4294967295 but found -1"),
  );
});
