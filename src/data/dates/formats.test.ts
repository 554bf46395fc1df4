import { expect, test } from "vitest";
import { Rng } from "../../tensor/random.ts";
import { MAX_INPUT } from "./alphabet.ts";
import { type CivilDate, civilFromDays, daysFromCivil, isoOf } from "./calendar.ts";
import { DATE_FORMATS, formatNamed } from "./formats.ts";
import { type DateExample, DateGenerator, writeDate } from "./generator.ts";
import { MONTHS, SHORT_MONTHS, SPELLED_DAYS } from "./names.ts";
import { readDate } from "./oracle.fixture.ts";
import { Pen } from "./pen.ts";
import { SPLITS } from "./splits.ts";

const DRAWS = 1500;

/** What the spans hold, read as numbers: the iso date if the spans are right. */
function readSpans({ text, spans, iso }: DateExample): string {
  const [year, month, day] = ([spans.year, spans.month, spans.day] as const).map(([start, end]) =>
    [...text].slice(start, end).join("").toLowerCase(),
  ) as [string, string, string];
  const fullYear = /^\d\d$/.test(year) ? iso.slice(0, 2) + year : year;
  const monthIndex = [MONTHS[0].indexOf(month), SHORT_MONTHS[0].indexOf(month), month === "sept" ? 8 : -1];
  const monthNumber = /^\d+$/.test(month) ? Number(month) : Math.max(...monthIndex) + 1;
  const spelled = SPELLED_DAYS[0].indexOf(day.replace(" ", "-")) + 1;
  const dayNumber = /^\d+(st|nd|rd|th)?$/.test(day) ? Number.parseInt(day, 10) : spelled;
  return `${fullYear}-${String(monthNumber).padStart(2, "0")}-${String(dayNumber).padStart(2, "0")}`;
}

test("format names are unique and in kebab-case", () => {
  const names = DATE_FORMATS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([]);
  expect(formatNamed("day-month-year").example).toBe("9 may 1998");
  expect(() => formatNamed("dmy")).toThrow(
    new RangeError(`formatNamed: expected one of the ${names.length} names in DATE_FORMATS but found dmy`),
  );
});

test.each(DATE_FORMATS.map(({ name }) => name))(
  "%s: every draw is read as its answer, and its spans hold it",
  (name) => {
    for (const split of SPLITS) {
      const generator = new DateGenerator({ seed: 11, split });
      const wrong: unknown[] = [];
      for (let index = 0; index < DRAWS; index++) {
        const example = generator.example(index, name);
        const isWrong = readDate(example.text) !== example.iso || readSpans(example) !== example.iso;
        const isTooLong = example.text.length > MAX_INPUT || [...example.text].length !== example.text.length;
        if (isWrong || isTooLong || example.format !== name)
          wrong.push([example, readDate(example.text), readSpans(example)]);
      }
      expect(wrong).toEqual([]);
    }
  },
);

test.each(DATE_FORMATS)("$name can write its example, but for the date", ({ name, example }) => {
  const shape = (text: string) =>
    text
      .toLowerCase()
      .replace(/\d+/g, (figures) => (figures.length > 2 ? "9".repeat(figures.length) : "9"))
      .replace(/[a-z]{3,}|'/g, "a");
  const generator = new DateGenerator({ seed: 5, split: "train" });
  const shapes = new Set(Array.from({ length: 4000 }, (_, index) => shape(generator.example(index, name).text)));
  expect([...shapes]).toContain(shape(example));
});

test("the shortest form of every format fits for every day of two years", () => {
  const pen = new Pen(new Rng(3, "formats"));
  const first = daysFromCivil({ year: 2023, month: 1, day: 1 });
  let longest = 0;
  for (const format of DATE_FORMATS) {
    for (let days = first; days < first + 731; days++) {
      for (let repeat = 0; repeat < 8; repeat++) {
        pen.begin(true);
        format.write(pen, civilFromDays(days));
        pen.end();
        longest = Math.max(longest, pen.text.length);
      }
    }
  }
  expect(longest).toBeLessThanOrEqual(MAX_INPUT);
});

// Each lies in another week-numbering year than its calendar year, or beside such a day.
const NEW_YEAR_TRAPS = [
  "2018-12-31",
  "2019-01-01",
  "2021-01-01",
  "2020-12-31",
  "2016-01-03",
  "1989-01-01",
  "2049-12-31",
];

test.each(NEW_YEAR_TRAPS)("every format that takes %s writes its calendar year", (iso) => {
  const [year, month, day] = iso.split("-").map(Number) as [number, number, number];
  const date: CivilDate = { year, month, day };
  const pen = new Pen(new Rng(9, "formats"));
  const formats = DATE_FORMATS.filter(({ accepts }) => !accepts || accepts(date));
  expect(formats.length).toBeGreaterThan(30);
  for (const format of formats) {
    for (let repeat = 0; repeat < 40; repeat++) {
      writeDate(pen, format, date);
      expect(readDate(pen.text), pen.text).toBe(isoOf(date));
    }
  }
});
