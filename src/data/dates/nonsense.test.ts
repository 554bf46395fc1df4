import { expect, test } from "vitest";
import { ALPHABET, encodeText, MAX_INPUT } from "./alphabet.ts";
import { isRealDate } from "./calendar.ts";
import { FOREIGN_LANGUAGES } from "./foreign.ts";
import { MONTHS, SHORT_MONTHS } from "./names.ts";
import { NONSENSE_KINDS, type NonsenseKind, nonsenseExample } from "./nonsense.ts";
import { readDate } from "./oracle.fixture.ts";

const draws = (kind: NonsenseKind, seed = 3) =>
  Array.from({ length: 6000 }, (_, index) => nonsenseExample({ seed, index, kind }).text);

test.each(NONSENSE_KINDS)(
  "%s has 1 to 30 characters that can be encoded, varies, and repeats with its seed",
  (kind) => {
    const ids = new Int32Array(MAX_INPUT);
    const texts = draws(kind);
    for (const text of texts) expect(encodeText(text, ids, { alphabet: ALPHABET }).length).toBeGreaterThan(0);
    expect(new Set(texts).size).toBeGreaterThan(3000);
    expect(draws(kind)).toEqual(texts);
    expect(draws(kind, 4)).not.toEqual(texts);
  },
);

test("an impossible date is read as a date that does not exist", () => {
  const possible = draws("impossible-date").filter((text) => isRealDate(readDate(text)));
  expect(possible).toEqual([]);
});

test("impossible dates include the days that February, April and a common year lack, and numbers beyond 31", () => {
  const read = new Set(
    draws("impossible-date")
      .map(readDate)
      .map((iso) => iso.slice(5)),
  );
  for (const end of ["02-29", "02-30", "02-31", "04-31", "11-31", "05-32", "13-31"]) expect([...read]).toContain(end);
});

test("a foreign date has no English month in it", () => {
  const english = new Set([...MONTHS[0], ...SHORT_MONTHS[0], "sept"]);
  const words = draws("foreign-date").flatMap((text) => text.toLowerCase().match(/\p{L}+/gu) ?? []);
  expect(words.filter((word) => english.has(word))).toEqual([]);
  for (const word of [
    "mai",
    "juillet",
    "enero",
    "luglio",
    "março",
    "mei",
    "maj",
    "lipca",
    "ocak",
    "июля",
    "月",
    "년",
  ]) {
    expect(words).toContain(word);
  }
  expect(FOREIGN_LANGUAGES).toHaveLength(13);
});

test("random text is no date", () => {
  const dates = draws("random-text").filter((text) => /\d/.test(text) && /^\W*\d{6}(\d\d)?\W*$/.test(text));
  expect(dates).toEqual([]);
});

test("kinds are drawn equally", () => {
  const counts = new Map<string, number>();
  for (let index = 0; index < 8000; index++) {
    const { kind } = nonsenseExample({ seed: 1, index });
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  for (const kind of NONSENSE_KINDS) expect(Math.abs((counts.get(kind) ?? 0) / 2000 - 1)).toBeLessThan(0.1);
});

test("what cannot be drawn is refused", () => {
  expect(() => nonsenseExample({ seed: 1, index: -1 })).toThrow(
    new RangeError("nonsenseExample: expected an index from 0 to 4294967295 but found -1"),
  );
  expect(() => nonsenseExample({ seed: 1, index: 0, kind: "poetry" as NonsenseKind })).toThrow(
    new RangeError(
      "nonsenseExample: expected kind random-text, foreign-date, impossible-date, distant-year but found poetry",
    ),
  );
});
