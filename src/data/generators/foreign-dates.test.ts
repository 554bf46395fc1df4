import { expect, test } from "vitest";
import { Rng } from "../../tensor/random.ts";
import { FOREIGN_DATES } from "./foreign-dates.ts";

/** A reader written a second time: it knows beginnings of words only, and asks `Date` for the calendar. Weekdays must fit. */
const fold = (text: string) =>
  text
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ä", "ae")
    .replaceAll("ü", "ue")
    .replaceAll("ö", "oe")
    .normalize("NFD")
    .replace(/\p{M}/gu, "");

const MONTHS = [
  /^(jan|jaen)/,
  /^(feb|fev)/,
  /^(mae?r|mrz)/,
  /^(apr|avr)/,
  /^(mai)/,
  /^(juni$|juin|jun$)/,
  /^(jul|juil)/,
  /^(aug|aout)/,
  /^(sep[^t]|sep$|sept(\.|$|em))/,
  /^(o[ck]t)/,
  /^(nov)/,
  /^(de[zc])/,
];
const GERMAN_DAYS = ["son|so$", "mon|mo$", "die|di$", "mit|mi$", "don|do$", "fre|fr$", "sam|son+abend|sa$"].map(
  (start) => new RegExp(`^(?:${start})`),
);
const FRENCH_DAYS = ["dim", "lun", "mar", "mer", "jeu", "ven", "sam"].map((start) => new RegExp(`^${start}`));
const FRENCH_NUMBERS =
  "premier|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|dix sept|dix huit|dix neuf|vingt|vingt et un|vingt deux|vingt trois|vingt quatre|vingt cinq|vingt six|vingt sept|vingt huit|vingt neuf|trente|trente et un".split(
    "|",
  );

const GERMAN_UNITS =
  "ein zwei drei vier fuenf sechs sieben acht neun zehn elf zwoelf dreizehn vierzehn fuenfzehn sechzehn siebzehn achtzehn neunzehn".split(
    " ",
  );

/** A German ordinal by its parts: ones, `und`, tens. */
function germanOrdinal(word: string): number {
  const odd: Readonly<Record<string, number>> = { er: 1, drit: 3, sech: 6, sieb: 7, ach: 8 };
  const stem = word.replace(/(en|er|e)$/, "").replace(/(st|t)$/, "");
  if (stem in odd) return odd[stem] as number;
  const [, ones, tens] = /^(?:(.*)und)?(zwanzig|dreissig)$/.exec(stem) ?? [];
  if (tens) return (tens === "zwanzig" ? 20 : 30) + (ones ? GERMAN_UNITS.indexOf(ones) + 1 : 0);
  return GERMAN_UNITS.indexOf(stem) + 1;
}

function readForeignDate(text: string, isGerman: boolean): string {
  const words = fold(text)
    .replace(/\b(le|am|vom|den|dem|der)\b/g, " ")
    .split(/[\s,./-]+/)
    .filter(Boolean);
  const year = Number(words.pop());
  const last = words.pop() as string;
  const month = /^\d+$/.test(last) ? Number(last) : MONTHS.findIndex((pattern) => pattern.test(last)) + 1;
  const weekdays = isGerman ? GERMAN_DAYS : FRENCH_DAYS;
  const first = words[0] as string;
  const weekday = words.length > 1 ? weekdays.findLastIndex((pattern) => pattern.test(first)) : -1;
  if (weekday >= 0) words.shift();
  const written = words.join(" ").replace(/^1er$/, "1");
  const day = /^\d+$/.test(written)
    ? Number(written)
    : isGerman
      ? germanOrdinal(written)
      : FRENCH_NUMBERS.indexOf(written) + 1;
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCDate() === day && date.getUTCMonth() === month - 1 && year >= 1900 && year < 2100;
  if (!isReal) return `no date (${year} ${month} ${day})`;
  if (weekday >= 0 && weekday !== date.getUTCDay()) return `weekday ${weekday} in place of ${date.getUTCDay()}`;
  return date.toISOString().slice(0, 10);
}

test.each(FOREIGN_DATES.forms)("$name is read as its answer says", ({ name, example, draw }) => {
  const isGerman = name.startsWith("german");
  expect(readForeignDate(example.source, isGerman)).toBe(example.target);
  const rng = new Rng(11, "dates");
  const wrong: unknown[] = [];
  for (let index = 0; index < 5000; index++) {
    const { source, target } = draw(rng.at(index));
    const read = readForeignDate(source, isGerman);
    if (read !== target) wrong.push({ source, target, read });
  }
  expect(wrong).toEqual([]);
});

test.each([
  ["german", "de"],
  ["french", "fr"],
])("the %s names of months and weekdays are those of the locale data", (language, locale) => {
  const texts = (form: string) => {
    const { draw } = FOREIGN_DATES.forms.find(
      ({ name }) => name === `${language}-${form}`,
    ) as (typeof FOREIGN_DATES.forms)[number];
    const rng = new Rng(1, "names");
    return Array.from({ length: 6000 }, (_, index) => draw(rng.at(index)).source.normalize("NFC")).join("\n");
  };
  const [day, weekday] = [texts("day"), texts("weekday")];
  const name = (date: Date, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(date);
  for (let month = 0; month < 12; month++) {
    expect(day).toContain(` ${name(new Date(Date.UTC(2001, month, 7)), { month: "long" })} `);
  }
  for (let date = 1; date <= 7; date++) {
    expect(weekday).toContain(name(new Date(Date.UTC(2001, 0, date)), { weekday: "long" }));
  }
});

test.each([
  ["den 21. Januar 2004", "2004-01-21"],
  ["MONTAG, DEN 12. MAERZ 1956", "1956-03-12"],
  ["am einunddreißigsten Dezember 1999", "1999-12-31"],
  ["Sonnabend, 6. Jänner 2001", "2001-01-06"],
  ["Di, 12.3.1956", "weekday 2 in place of 1"],
  ["31. Juni 1999", "no date (1999 6 31)"],
])("the reader of this test reads %s as %s", (text, iso) => {
  expect(readForeignDate(text, true)).toBe(iso);
});

test("both languages, all months, all days and all years are drawn", () => {
  const drawn = [new Set<string>(), new Set<string>(), new Set<string>()] as const;
  for (let index = 0; index < 20_000; index++) {
    const parts = FOREIGN_DATES.example({ seed: 3, index }).target.split("-");
    for (const [i, part] of parts.entries()) drawn[i]?.add(part);
  }
  expect(drawn.map((set) => set.size)).toEqual([200, 12, 31]);
});

test("pinned examples do not change", () => {
  const pinned = Array.from({ length: 6 }, (_, index) => FOREIGN_DATES.example({ seed: 1, index }));
  expect(pinned.map(({ source, target }) => `${source} → ${target}`)).toEqual([
    "le dimanche 7 juillet 2075 → 2075-07-07",
    "Freitag, der vierundzwanzigste Oktober 1919 → 1919-10-24",
    "den 22.Mai 1906 → 1906-05-22",
    "Sa 25. 7. 2076 → 2076-07-25",
    "15 sept. 2089 → 2089-09-15",
    "le 22 oct 1983 → 1983-10-22",
  ]);
});
