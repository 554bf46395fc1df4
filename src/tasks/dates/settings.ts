import * as z from "zod/mini";
import { checkRunSettings, RUN_SETTINGS, type RunSettings, units, wholeNumber } from "../run-settings.ts";
import { changeSettings, type SettingLimits, settingLimits } from "../settings.ts";

/** The recipe's settings. */
export interface DateSettings extends RunSettings {
  /** `fovea`, 39 symbols, or `article`, 37. */
  readonly alphabet: "fovea" | "article";
  /** The share of inputs without an answer. */
  readonly nonsense: number;
  /** What the loss of such an input counts. */
  readonly nonsenseWeight: number;
  readonly testCount: number;
  readonly model: {
    readonly encoderDim: number;
    readonly decoderDim: number;
    readonly energyDim: number;
    readonly maskPadding: boolean;
  };
}

const schema: z.ZodMiniType<DateSettings> = z.strictObject({
  ...RUN_SETTINGS,
  alphabet: z.enum(["fovea", "article"]),
  nonsense: z.number().check(z.minimum(0), z.maximum(0.5)),
  nonsenseWeight: z.number().check(z.minimum(0), z.maximum(10)),
  testCount: wholeNumber(1, 1_000_000),
  model: z.strictObject({ encoderDim: units, decoderDim: units, energyDim: units, maskPadding: z.boolean() }),
});

/**
 * The recipe: the article's layers and batch, Adam with a warm-up to 0.02 and a cosine down, and among each batch a few inputs
 * that have no answer, so that the model learns to doubt.
 */
export const DATE_DEFAULTS: DateSettings = {
  seed: 1,
  steps: 1800,
  batch: 100,
  workers: 1,
  alphabet: "fovea",
  learningRate: 0.02,
  warmUp: 20,
  floor: 0.2,
  beta2: 0.99,
  averaging: 0.995,
  clipNorm: 1,
  nonsense: 0.04,
  nonsenseWeight: 0.2,
  validateEvery: 200,
  validationCount: 1000,
  patience: 4,
  testCount: 10_000,
  model: { encoderDim: 32, decoderDim: 64, energyDim: 10, maskPadding: true },
};

/**
 * Settings with some changed.
 *
 * @param before default: the recipe's own
 * @throws RangeError naming the setting, its limits and what was given
 */
export function dateSettings(
  changes: Readonly<Record<string, string | number>>,
  before: DateSettings = DATE_DEFAULTS,
): DateSettings {
  const settings = changeSettings("dates", schema, before, changes);
  checkRunSettings("dates", settings);
  return settings;
}

/** What each setting may be, by path. */
export function dateLimits(): Record<string, SettingLimits> {
  return settingLimits(schema);
}

/** The settings in a file, or undefined where they are not the recipe's. */
export function readDateSettings(value: unknown): DateSettings | undefined {
  return schema.safeParse(value).data;
}
