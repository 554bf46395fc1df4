import { expect, it } from "vitest";
import { codePointLength, compareCodePoints, mostFrequent } from "./vocabulary.ts";

it("orders by code point, not by UTF-16 unit", () => {
  const texts = ["𐀀", "\uffff", "b", "ab", "a", "", "中", "🧿"];
  expect(texts.toSorted(compareCodePoints)).toEqual(["", "a", "ab", "b", "中", "\uffff", "𐀀", "🧿"]);
  expect(compareCodePoints("𐀀a", "𐀀a")).toBe(0);
});

it("counts code points", () => {
  expect(["", "abc", "👍🏽", "e\u0301"].map(codePointLength)).toEqual([0, 3, 2, 2]);
});

const COUNTS = new Map([
  ["b", 2],
  ["𐀀", 3],
  ["a", 2],
  ["c", 1],
  ["\uffff", 3],
]);

it("takes the symbols seen most often, and of those seen equally often the first by code point", () => {
  expect(mostFrequent(COUNTS)).toEqual(["\uffff", "𐀀", "a", "b", "c"]);
  expect(mostFrequent(COUNTS, { size: 3 })).toEqual(["\uffff", "𐀀", "a"]);
  expect(mostFrequent(COUNTS, { minCount: 2 })).toEqual(["\uffff", "𐀀", "a", "b"]);
});
