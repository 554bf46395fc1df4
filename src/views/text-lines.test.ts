import { expect, test } from "vitest";
import { breakLines } from "./text-lines.ts";

test("lines break between words, or within a word that is too long", () => {
  expect(breakLines("the dog is running", { width: 8, most: 5 })).toEqual(["the dog", "is", "running"]);
  expect(breakLines("abcdefgh ij", { width: 4, most: 5 })).toEqual(["abcd", "efgh", "ij"]);
  expect(breakLines("狗正在跑", { width: 4, most: 5 })).toEqual(["狗正", "在跑"]);
});

test("what is beyond the last line is cut off", () => {
  expect(breakLines("one two three four", { width: 5, most: 2 })).toEqual(["one", "two …"]);
  expect(breakLines("", { width: 5, most: 2 })).toEqual([]);
  expect(breakLines("ab", { width: 0, most: 2 })).toEqual(["a", ""]);
});
