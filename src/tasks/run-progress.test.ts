import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { ModelError } from "../tensor/errors.ts";
import { checkProgress, type Progress, type SettingsReader } from "./run-progress.ts";
import { changeSettings } from "./settings.ts";

interface ToySettings {
  readonly steps: number;
  readonly model: { readonly dim: number };
}

const schema: z.ZodMiniType<ToySettings> = z.strictObject({
  steps: z.int().check(z.minimum(1)),
  model: z.strictObject({ dim: z.int().check(z.minimum(1), z.maximum(8)) }),
});

const READER: SettingsReader<ToySettings> = {
  task: "toy",
  read: (value) => schema.safeParse(value).data,
  change: (changes, before) => changeSettings("toy", schema, before, changes),
};

const PROGRESS: Progress<ToySettings> = {
  task: "toy",
  settings: { steps: 30, model: { dim: 3 } },
  step: 20,
  best: { step: 10, score: -0.5 },
  history: {
    train: [{ step: 1, loss: 20.5, learningRate: 0.001 }],
    validation: [{ step: 10, bleu: 0.25, loss: 2 }, { step: 20 }],
  },
  seconds: 1.5,
  smooth: 12.25,
  learningRateFactor: 0.5,
};

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const check = (found: unknown, changes: Readonly<Record<string, string | number>> = {}) =>
  checkProgress(json(found), READER, changes);

describe("the progress of a run", () => {
  it("is read as it was written", () => {
    expect(check(PROGRESS)).toEqual(PROGRESS);
  });

  it.each([{ files: { train: ["a.tsv"] }, fingerprint: "1:a" }, 3, null])(
    "keeps what the recipe knows of its data: %j",
    (data) => {
      expect(check({ ...PROGRESS, data })).toEqual({ ...PROGRESS, data });
    },
  );

  it("goes on with the same settings, given again in other words", () => {
    expect(check(PROGRESS, { steps: "30", "model.dim": 3 })).toEqual(PROGRESS);
  });

  it.each([
    [{ steps: 40 }, "resume: expected steps to be 30, as when the run began, but found 40; leave it out"],
    [
      { "model.dim": "4", steps: "30" },
      "resume: expected model.dim to be 3, as when the run began, but found 4; leave it out",
    ],
    [{ "model.dim": 9 }, "toy: expected model.dim to be a whole number from 1 to 8 but found 9"],
    [{ size: 1 }, "toy: expected a setting (steps, model.dim) but found size"],
  ])("does not go on with %j", (changes, message) => {
    expect(() => check(PROGRESS, changes as Record<string, string | number>)).toThrow(new RangeError(message));
  });

  it.each<[string, unknown]>([
    ["of another recipe", { ...PROGRESS, task: "dates" }],
    ["without a recipe", { ...PROGRESS, task: undefined }],
    ["with settings of another", { ...PROGRESS, settings: { steps: 30 } }],
    ["without settings", { ...PROGRESS, settings: undefined }],
    ["at half a step", { ...PROGRESS, step: 2.5 }],
    ["before the first step", { ...PROGRESS, best: { step: -1, score: 0 } }],
    ["with a best that has no score", { ...PROGRESS, best: { step: 1 } }],
    [
      "with measures that are no numbers",
      { ...PROGRESS, history: { train: [], validation: [{ step: 1, bleu: "1" }] } },
    ],
    ["with validations at no step", { ...PROGRESS, history: { train: [], validation: [{ bleu: 1 }] } }],
    ["with losses at no learning rate", { ...PROGRESS, history: { train: [{ step: 1, loss: 1 }], validation: [] } }],
    ["with a loss that is no number", { ...PROGRESS, smooth: Number.NaN }],
    ["with a negative factor", { ...PROGRESS, learningRateFactor: -1 }],
    ["that is a list", [PROGRESS]],
    ["that is nothing", null],
  ])("is refused %s", (_, found) => {
    expect(() => check(found)).toThrow(
      new ModelError("resume: expected a checkpoint of the toy recipe but found another; train without --resume"),
    );
  });
});
