import { expect, test } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import {
  ALPHABET,
  type Alphabet,
  ARTICLE_ALPHABET,
  alphabetFrom,
  decodeOutput,
  encodeIso,
  encodeText,
  MAX_INPUT,
  OUTPUT_SYMBOLS,
} from "./alphabet.ts";

/** The symbols of an encoded text, padding left out. */
function symbolsOf(text: string, alphabet: Alphabet = ALPHABET): string[] {
  const ids = new Int32Array(MAX_INPUT);
  const { length } = encodeText(text, ids, { alphabet });
  expect([...ids].slice(length).every((id) => id === alphabet.padding)).toBe(true);
  return [...ids].slice(0, length).map((id) => alphabet.symbols[id] as string);
}

test("the article has 37 symbols, ours adds the comma and the dash, and the output has 11", () => {
  expect(ARTICLE_ALPHABET.symbols).toHaveLength(37);
  expect(ALPHABET.symbols).toHaveLength(39);
  expect(ALPHABET.symbols.filter((symbol) => !ARTICLE_ALPHABET.symbols.includes(symbol))).toEqual([",", "-"]);
  expect(ALPHABET.symbols.filter((symbol) => /^[a-z]$/.test(symbol)).join("")).toBe("abcdefghijlmnoprstuvwy");
  expect(OUTPUT_SYMBOLS).toEqual([..."0123456789-"]);
  expect([ALPHABET.unknown, ALPHABET.padding]).toEqual([37, 38]);
});

test("an alphabet survives vocab.json", () => {
  expect(alphabetFrom(JSON.parse(JSON.stringify(ALPHABET.symbols)))).toEqual(ALPHABET);
});

test("text becomes one small symbol a character, then padding", () => {
  expect(symbolsOf("3 May 1979").join("")).toBe("3 may 1979");
  expect(symbolsOf("Wed, 10-JUL").join("")).toBe("wed, 10-jul");
  expect(symbolsOf(" a  b ").join("")).toBe(" a  b ");
  expect(symbolsOf("Wed, 10-JUL", ARTICLE_ALPHABET)).toEqual([..."wed", "<unk>", ..." 10", "<unk>", ..."jul"]);
});

test("typographic forms are read one to one", () => {
  expect(symbolsOf("１９７６／０７．Ｊ，").join("")).toBe("1976/07.j,");
  expect(symbolsOf("4\u00a0a\u202fb\u3000c\td\u2009e").join("")).toBe("4 a b c d e");
  expect(symbolsOf("1‐2‑3‒4–5—6―7−8").join("")).toBe("1-2-3-4-5-6-7-8");
});

test("anything else is unknown, one symbol a code point", () => {
  const ids = new Int32Array(MAX_INPUT);
  expect(encodeText("'96 ’96 k年😀\ud800", ids)).toEqual({ length: 12, unknown: 6 });
  expect([0, 4, 8, 9, 10, 11].map((i) => ids[i])).toEqual(Array(6).fill(ALPHABET.unknown));
  expect(symbolsOf("😀".repeat(30))).toHaveLength(30);
});

test("an offset writes one row of a batch and nothing else", () => {
  const ids = new Int32Array(MAX_INPUT * 3).fill(-7);
  encodeText("9 may 1998", ids, { offset: MAX_INPUT });
  expect([...ids.subarray(0, MAX_INPUT), ...ids.subarray(2 * MAX_INPUT)].every((id) => id === -7)).toBe(true);
  expect(ids.subarray(MAX_INPUT, 2 * MAX_INPUT).includes(-7)).toBe(false);
  expect(() => encodeText("9 may 1998", ids, { offset: 61 })).toThrow(
    new RangeError("encodeText: expected room for 30 ids at 61 but found 90 in all"),
  );
});

test("blank and long texts are refused", () => {
  const ids = new Int32Array(MAX_INPUT);
  expect(() => encodeText("", ids)).toThrow(
    new DataError("text: expected a date but found nothing; write one, such as 9 may 1998"),
  );
  expect(() => encodeText(" \u00a0\t", ids)).toThrow(
    new DataError("text: expected a date but found only spaces; write one, such as 9 may 1998"),
  );
  expect(() => encodeText("Wednesday, September 30th, 2015 😀", ids)).toThrow(
    new DataError("text: expected at most 30 characters but found 33; leave out all but the date, such as the time", {
      column: 31,
    }),
  );
  expect(encodeText("a".repeat(30), ids)).toEqual({ length: 30, unknown: 0 });
});

test("broken vocabularies are refused", () => {
  expect(() => alphabetFrom(["a", "<unk>"])).toThrow(
    new DataError("alphabetFrom: expected ASCII characters, <unk> and <pad> but found another list of symbols"),
  );
  for (const [symbols, found] of [
    [["a", "a", "<unk>", "<pad>"], '"a" at 1'],
    [["A", "<unk>", "<pad>"], '"A" at 0'],
    [["ab", "<unk>", "<pad>"], '"ab" at 0'],
  ] as const) {
    expect(() => alphabetFrom(symbols)).toThrow(
      new DataError(`alphabetFrom: expected single lower-case ASCII characters, each once, but found ${found}`),
    );
  }
});

test("answers are encoded and decoded", () => {
  const ids = new Int32Array(12);
  encodeIso("1979-05-03", ids, 1);
  expect([...ids]).toEqual([0, 1, 9, 7, 9, 10, 0, 5, 10, 0, 3, 0]);
  expect(decodeOutput(ids, 1)).toBe("1979-05-03");
  for (const iso of ["1979-5-3", "1979/05/03", "1979-05-0x", "19790-5-03"]) {
    expect(() => encodeIso(iso, ids)).toThrow(new DataError(`encodeIso: expected yyyy-mm-dd but found "${iso}"`));
  }
});
