import { expect, it } from "vitest";
import { crc32 } from "./crc-32.ts";

it.each([
  ["", 0],
  ["123456789", 0xcbf43926],
  ["The quick brown fox jumps over the lazy dog", 0x414fa339],
])("the check sum of %j", (text, sum) => {
  expect(crc32(new TextEncoder().encode(text))).toBe(sum);
});
