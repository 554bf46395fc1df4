import { expect, test } from "vitest";
import { displayWidth, graphemes, pad, shorten } from "./display-width.ts";

test.each([
  ["abc", 3],
  ["", 0],
  ["中文", 4],
  ["。", 2],
  ["한글", 4],
  ["ＡＢ", 4],
  ["ｱ", 1],
  ["é", 1],
  ["e\u0301", 1],
  ["👍", 2],
  ["👩‍👩‍👧", 2],
  ["🇨🇳", 2],
  ["❤\ufe0f", 2],
  ["␣│▀", 3],
  ["\u001b", 0],
  ["𠀀", 2],
])("%j takes %i columns", (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test("an accent stays with its letter", () => {
  expect(graphemes("e\u0301a")).toEqual(["e\u0301", "a"]);
});

test("shortening counts columns, not characters", () => {
  expect(shorten("abcdef", 6)).toBe("abcdef");
  expect(shorten("abcdef", 4)).toBe("abc…");
  expect(shorten("中文字符", 6)).toBe("中文…");
  expect(shorten("中文字符", 1)).toBe("…");
  expect(shorten("中文", 0)).toBe("");
});

test("padding fills up to columns on either side", () => {
  expect(pad("中", 4)).toBe("中  ");
  expect(pad("中", 4, "right")).toBe("  中");
  expect(pad("long", 2)).toBe("long");
});
