import { expect, test } from "vitest";
import { meanSpread, placeAfter, timeline } from "./probe-strip-model.ts";

const uniform = { rows: ["a", "b"], columns: ["w", "x", "y", "z"], weights: new Array(8).fill(0.25) };
const sharp = { rows: ["a"], columns: ["x", "y", "z"], weights: [0, 1, 0] };

test("spread is 1 for uniform rows, 0 for rows on one token, and their mean over all rows", () => {
  expect(meanSpread([uniform])).toBeCloseTo(1, 12);
  expect(meanSpread([sharp])).toBe(0);
  expect(meanSpread([uniform, sharp])).toBeCloseTo(2 / 3, 12);
  expect(meanSpread([])).toBe(0);
  expect(meanSpread([{ rows: ["a"], columns: ["x"], weights: [1] }])).toBe(0);
});

test("the time line has a moment an evaluation", () => {
  const moments = timeline([
    { step: 10, maps: [uniform] },
    { step: 20, maps: [sharp] },
  ]);
  expect(moments).toEqual([
    { step: 10, spread: expect.closeTo(1, 12) },
    { step: 20, spread: 0 },
  ]);
});

test("who watches the latest evaluation follows, who looked back stays", () => {
  expect(placeAfter(0, { before: 0, now: 1 })).toBe(0);
  expect(placeAfter(4, { before: 5, now: 6 })).toBe(5);
  expect(placeAfter(2, { before: 5, now: 6 })).toBe(2);
  expect(placeAfter(4, { before: 5, now: 2 })).toBe(1);
  expect(placeAfter(3, { before: 9, now: 0 })).toBe(0);
});
