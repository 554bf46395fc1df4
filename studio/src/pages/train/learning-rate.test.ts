import type { ProgressEvent } from "fovea/tasks";
import { expect, test } from "vitest";
import { rateNow } from "./learning-rate.ts";

const progress = (learningRate: number, learningRateFactor?: number): ProgressEvent => {
  const told = learningRateFactor === undefined ? {} : { learningRateFactor };
  return { type: "progress", step: 9, steps: 90, loss: 1, learningRate, ...told, examplesPerSecond: 1, secondsLeft: 1 };
};

test("a learning rate is told as the factor makes it that is set, whatever the last step had", () => {
  expect(rateNow({ progress: progress(0.01), factor: 1 })).toBe(0.01);
  expect(rateNow({ progress: progress(0.01), factor: 10 })).toBe(0.1);
  expect(rateNow({ progress: progress(0.1, 10), factor: 10 })).toBe(0.1);
  expect(rateNow({ progress: progress(0.1, 10), factor: 1 })).toBe(0.01);
  expect(rateNow({ progress: progress(0, 0), factor: 1 })).toBeUndefined();
  expect(rateNow({ progress: undefined, factor: 1 })).toBeUndefined();
});
