import { expect, test } from "vitest";
import { linearAxis, logAxis, niceStep, tightAxis } from "./ticks.ts";

test.each([
  [1, 1],
  [1.2, 2],
  [2.1, 5],
  [5.5, 10],
  [0.03, 0.05],
  [340, 500],
])("the step for %d is %d", (size, step) => {
  expect(niceStep(size)).toBeCloseTo(step, 12);
});

test("a linear axis ends on ticks and has at most the steps that fit", () => {
  expect(linearAxis(0, 23, 4).ticks).toEqual([0, 10, 20, 30]);
  expect(linearAxis(0, 0.3, 3).ticks).toEqual([0, 0.1, 0.2, 0.3]);
  expect(linearAxis(-3, 4, 5).ticks).toEqual([-4, -2, 0, 2, 4]);
  expect(linearAxis(0, 23, 4).place(15)).toBeCloseTo(0.5, 12);
});

test("a single value gets room around it", () => {
  expect(linearAxis(5, 5, 2).ticks).toEqual([0, 5, 10]);
  expect(linearAxis(5, 5, 2).place(5)).toBeCloseTo(0.5, 12);
  expect(linearAxis(0, 0, 2).ticks).toEqual([-1, 0, 1]);
});

test("a tight axis ends with its values", () => {
  const axis = tightAxis(1, 1600, 8);
  expect(axis.ticks).toEqual([200, 400, 600, 800, 1000, 1200, 1400, 1600]);
  expect([axis.place(1), axis.place(1600)]).toEqual([0, 1]);
  expect(tightAxis(3, 16, 1).ticks).toEqual([3, 16]);
  expect(tightAxis(0, 1800, 1).ticks).toEqual([0, 1800]);
});

test("a logarithmic axis has 1, 2, 5 where they fit, else powers of ten", () => {
  expect(logAxis(1, 100, 6).ticks).toEqual([1, 2, 5, 10, 20, 50, 100]);
  expect(logAxis(0.02, 30, 4).ticks).toEqual([0.01, 0.1, 1, 10, 100]);
  expect(logAxis(0.02, 30, 4).place(1)).toBeCloseTo(0.5, 12);
});
