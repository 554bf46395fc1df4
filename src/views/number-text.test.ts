import { expect, test } from "vitest";
import { exactNumber, formatDuration, formatNumber, formatWeight } from "./number-text.ts";

test.each([
  [0, "0"],
  [12345, "12,345"],
  [1234567.8, "1,234,568"],
  [0.42, "0.42"],
  [0.05, "0.05"],
  [87.5, "87.5"],
  [0.123456, "0.1235"],
  [0.00042, "0.00042"],
  [0.000042, "4.2e-5"],
  [1e20, "1e20"],
  [-2.34567, "-2.346"],
  [Number.NaN, "–"],
  [Number.POSITIVE_INFINITY, "∞"],
  [Number.NEGATIVE_INFINITY, "−∞"],
])("%d is written %s", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test("weights always have three decimals", () => {
  expect([0, 0.0004, 0.72, 1.00001].map(formatWeight)).toEqual(["0.000", "0.000", "0.720", "1.000"]);
});

test("durations are written as a clock has them", () => {
  expect([0, 7.2, 59.6, 754, 3723].map(formatDuration)).toEqual(["0:00", "0:07", "1:00", "12:34", "1:02:03"]);
});

test("a 32-bit float is written as short as it reads back", () => {
  const source = Float32Array.from([0.1, 1 / 3]);
  expect(exactNumber(source[0] as number, source)).toBe(0.1);
  expect(Math.fround(exactNumber(source[1] as number, source))).toBe(source[1]);
  expect(exactNumber(1 / 3, [1 / 3])).toBe(1 / 3);
});
