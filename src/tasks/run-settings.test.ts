import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import {
  checkRunSettings,
  fraction,
  properFraction,
  RUN_SETTINGS,
  type RunSettings,
  units,
  wholeNumber,
} from "./run-settings.ts";
import { settingLimits } from "./settings.ts";

const SETTINGS: RunSettings = {
  seed: 0,
  steps: 100,
  batch: 8,
  workers: 2,
  learningRate: 0.001,
  warmUp: 0,
  floor: 0,
  beta2: 0.999,
  averaging: 0,
  clipNorm: 1,
  validateEvery: 10,
  validationCount: 20,
  patience: 3,
};

/** Of each setting numbers that it may be, and that it may not. */
const LIMITS: { readonly [Name in keyof RunSettings]: readonly [good: readonly number[], bad: readonly number[]] } = {
  seed: [
    [0, 2 ** 32 - 1],
    [-1, 2 ** 32, 0.5],
  ],
  steps: [
    [1, 1_000_000],
    [0, 1_000_001],
  ],
  batch: [
    [1, 10_000],
    [0, 10_001, 1.5],
  ],
  workers: [
    [1, 64],
    [0, 65],
  ],
  learningRate: [
    [1e-9, 10],
    [0, -1, 10.1],
  ],
  warmUp: [
    [0, 1e6],
    [-1, 0.5],
  ],
  floor: [
    [0, 1],
    [-0.1, 1.1],
  ],
  beta2: [
    [0, 0.9999],
    [1, -0.1],
  ],
  averaging: [
    [0, 0.9999],
    [1, -0.1],
  ],
  clipNorm: [
    [1e-9, 1e9],
    [0, -1],
  ],
  validateEvery: [
    [1, 1e6],
    [0, 1.5],
  ],
  validationCount: [
    [1, 100_000],
    [0, 100_001],
  ],
  patience: [
    [1, 1e6],
    [0, 1.5],
  ],
};

describe.each(Object.keys(LIMITS) as (keyof RunSettings)[])("the setting %s", (name) => {
  const schema = z.strictObject(RUN_SETTINGS);
  const [good, bad] = LIMITS[name];

  it.each(good)("may be %d", (value) => {
    expect(schema.safeParse({ ...SETTINGS, [name]: value }).success).toBe(true);
  });

  it.each([...bad, Number.NaN, Number.POSITIVE_INFINITY, "1", undefined])("may not be %s", (value) => {
    expect(schema.safeParse({ ...SETTINGS, [name]: value }).success).toBe(false);
  });
});

it("sizes and shares have limits that forms can show", () => {
  const schema = z.object({ fraction, properFraction, units, any: wholeNumber(3), some: wholeNumber(3, 5) });
  expect(settingLimits(schema)).toEqual({
    fraction: { type: "number", minimum: 0, maximum: 1 },
    properFraction: { type: "number", minimum: 0, exclusiveMaximum: 1 },
    units: { type: "integer", minimum: 1, maximum: 4096 },
    any: { type: "integer", minimum: 3 },
    some: { type: "integer", minimum: 3, maximum: 5 },
  });
});

describe("settings together", () => {
  it.each([{}, { batch: 2 }, { steps: 1_000_000, batch: 4294 }, { batch: 64, workers: 64 }])(
    "may have %j",
    (changes) => {
      expect(() => checkRunSettings("toy", { ...SETTINGS, ...changes })).not.toThrow();
    },
  );

  it.each([
    [{ batch: 1 }, "toy: expected a batch of at least 2 examples, one a worker, but found 1"],
    [{ workers: 9 }, "toy: expected a batch of at least 9 examples, one a worker, but found 8"],
    [{ steps: 1_000_000, batch: 4295 }, "toy: expected at most 4294967296 examples in all but found 4295000000"],
  ])("may not have %j", (changes, message) => {
    expect(() => checkRunSettings("toy", { ...SETTINGS, ...changes })).toThrow(new RangeError(message));
  });
});
