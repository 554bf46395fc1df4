import { describe, expect, it } from "vitest";
import { ModelError } from "../../tensor/errors.ts";
import { checkProgress as check, type Progress } from "../run-progress.ts";
import { DATE_DEFAULTS, type DateSettings, dateSettings } from "./settings.ts";
import { DATES_PLAN } from "./train.ts";

const checkProgress = (found: unknown, changes: Readonly<Record<string, string | number>>) =>
  check(found, DATES_PLAN, changes);

const progress: Progress<DateSettings> = {
  task: "dates",
  settings: DATE_DEFAULTS,
  step: 30,
  best: { step: 20, score: 0.5 },
  history: { train: [{ step: 1, loss: 20.5, learningRate: 0.001 }], validation: [{ step: 20, exactMatch: 0.5 }] },
  seconds: 1.5,
  smooth: 12.25,
  learningRateFactor: 1,
};

describe("the settings of the recipe", () => {
  it("take changes by name", () => {
    const changed = dateSettings({
      steps: 10,
      learningRate: "0.01",
      alphabet: "article",
      "model.maskPadding": "false",
    });
    expect(changed).toEqual({
      ...DATE_DEFAULTS,
      steps: 10,
      learningRate: 0.01,
      alphabet: "article",
      model: { ...DATE_DEFAULTS.model, maskPadding: false },
    });
  });

  it.each([
    [{ learningRate: "1e6" }, "dates: expected learningRate to be a number above 0 and up to 10 but found 1e6"],
    [{ workers: 5, batch: 4 }, "dates: expected a batch of at least 5 examples, one a worker, but found 4"],
    [{ steps: 1_000_000, batch: 5000 }, "dates: expected at most 4294967296 examples in all but found 5000000000"],
    [{ seed: -1 }, "dates: expected seed to be a whole number from 0 to 4294967295 but found -1"],
  ])("refuse %j", (changes, message) => {
    expect(() => dateSettings(changes)).toThrow(new RangeError(message));
  });
});

describe("the progress of a checkpoint", () => {
  it("is what it was, also where the same settings are given again in other words", () => {
    expect(checkProgress(JSON.parse(JSON.stringify(progress)), {})).toEqual(progress);
    const slower = { ...progress, learningRateFactor: 0.1 };
    expect(checkProgress(JSON.parse(JSON.stringify(slower)), {})).toEqual(slower);
    expect(checkProgress(progress, { steps: 1800, learningRate: "0.020", "model.maskPadding": "true" })).toEqual(
      progress,
    );
  });

  it.each([
    [{ steps: 40 }, "resume: expected steps to be 1800, as when the run began, but found 40; leave it out"],
    [
      { seed: 1, "model.encoderDim": "16" },
      "resume: expected model.encoderDim to be 32, as when the run began, but found 16; leave it out",
    ],
    [{ workers: 2 }, "resume: expected workers to be 1, as when the run began, but found 2; leave it out"],
    [{ batch: "many" }, "dates: expected batch to be a whole number from 1 to 10000 but found many"],
  ])("goes on with the same settings only, not %j", (changes, message) => {
    expect(() => checkProgress(progress, changes as Record<string, string | number>)).toThrow(new RangeError(message));
  });

  it.each([
    undefined,
    null,
    7,
    {},
    [],
    { ...progress, step: 1.5 },
    { ...progress, step: -1 },
    { ...progress, settings: { ...DATE_DEFAULTS, steps: "10" } },
    { ...progress, settings: { ...DATE_DEFAULTS, more: 1 } },
    { ...progress, history: { train: [], validation: [null] } },
    { ...progress, history: undefined },
    { ...progress, best: { step: 1 } },
    { ...progress, smooth: "1" },
    { ...progress, learningRateFactor: -1 },
    { ...progress, learningRateFactor: null },
  ])("is refused where it is another (%#)", (found) => {
    const message = "resume: expected a checkpoint of the dates recipe but found another; train without --resume";
    expect(() => checkProgress(found, {})).toThrow(new ModelError(message));
  });
});
