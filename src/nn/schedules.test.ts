import { expect, test } from "vitest";
import { constantRate, cosine, inverseDecay, type Schedule, warmUp } from "./schedules.ts";

const rates = (schedule: Schedule, steps: readonly number[]) => steps.map((step) => Number(schedule(step).toFixed(12)));

test("a constant rate stays", () => {
  expect(rates(constantRate(0.1), [0, 1, 1e6])).toEqual([0.1, 0.1, 0.1]);
});

test("inverse decay halves where decay · step is 1", () => {
  expect(rates(inverseDecay({ rate: 0.005, decay: 0.01 }), [0, 100, 300])).toEqual([0.005, 0.0025, 0.00125]);
});

test("a cosine falls from the rate to its floor and stays there", () => {
  expect(rates(cosine({ rate: 2, steps: 10 }), [0, 5, 10, 99])).toEqual([2, 1, 0, 0]);
  expect(rates(cosine({ rate: 2, steps: 10, floor: 0.5 }), [0, 5, 10])).toEqual([2, 1.5, 1]);
});

test("a warm-up rises to the rate that follows, which counts from its own start", () => {
  const schedule = warmUp(4, cosine({ rate: 1, steps: 2 }));
  expect(rates(schedule, [0, 1, 2, 3, 4, 5, 6])).toEqual([0.25, 0.5, 0.75, 1, 1, 0.5, 0]);
  expect(rates(warmUp(0, constantRate(3)), [0])).toEqual([3]);
});

test("a cosine over no steps is refused", () => {
  expect(() => cosine({ rate: 1, steps: 0 })).toThrow(
    new RangeError("cosine: expected steps to be a positive integer but found 0"),
  );
});

test.each<[() => Schedule, string]>([
  [() => constantRate(-1), "constantRate: expected rate to be finite and at least 0 but found -1"],
  [
    () => inverseDecay({ rate: Number.NaN, decay: 0 }),
    "inverseDecay: expected rate to be finite and at least 0 but found NaN",
  ],
  [() => inverseDecay({ rate: 1, decay: -1 }), "inverseDecay: expected decay to be finite and at least 0 but found -1"],
  [() => cosine({ rate: -2, steps: 3 }), "cosine: expected rate to be finite and at least 0 but found -2"],
  [() => cosine({ rate: 2, steps: 3, floor: -1 }), "cosine: expected floor to be finite and at least 0 but found -1"],
  [() => warmUp(-1, constantRate(1)), "warmUp: expected steps to be an integer of at least 0 but found -1"],
  [() => warmUp(1.5, constantRate(1)), "warmUp: expected steps to be an integer of at least 0 but found 1.5"],
])("an option out of range is refused: %s", (build, message) => {
  expect(build).toThrow(new RangeError(message));
});
