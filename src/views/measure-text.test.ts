import { expect, test } from "vitest";
import { intervalEnds, percent, sharePercent } from "./measure-text.ts";

test("only what is all or nothing is written as such", () => {
  expect([percent(1), percent(0), percent(0.99999), percent(0.00001), percent(0.5)]).toEqual([
    "100 %",
    "0 %",
    "99.9 %",
    "0.1 %",
    "50.0 %",
  ]);
});

test("a share has as many decimals as it was measured on", () => {
  expect(sharePercent({ share: 0.98765, count: 999 })).toBe("98.8 %");
  expect(sharePercent({ share: 0.98765, count: 1000 })).toBe("98.77 %");
  expect(intervalEnds({ low: 0.98, high: 0.991, count: 1000 })).toEqual(["98.00", "99.10 %"]);
});
