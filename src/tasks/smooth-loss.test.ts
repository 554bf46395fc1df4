import { expect, test } from "vitest";
import { smoothLoss, smoothLosses } from "./smooth-loss.ts";

test("the first loss stands for itself, a later one moves what was told by a twentieth", () => {
  expect(smoothLoss(undefined, 8)).toBe(8);
  expect(smoothLoss(8, 4)).toBeCloseTo(7.8, 12);
});

test("a list of every step tells what the steps told one by one", () => {
  const losses = [8, 4, 5, 1, 0.5];
  let told: number | undefined;
  const stepwise = losses.map((loss) => {
    told = smoothLoss(told, loss);
    return told;
  });
  expect(smoothLosses(losses.map((loss, i) => ({ step: i + 1, loss })))).toEqual(stepwise);
});

test("a step that stands for others before it counts as they would", () => {
  const every = [4, 1, 1, 1].map((loss, i) => ({ step: i + 1, loss }));
  const some = [every[0], every[3]] as typeof every;
  expect(smoothLosses(some)[1]).toBeCloseTo(smoothLosses(every)[3] as number, 12);
  expect(smoothLosses([])).toEqual([]);
});
