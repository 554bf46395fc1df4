import * as z from "zod/mini";
import type { TokenLevel } from "../../data/text/index.ts";
import {
  checkRunSettings,
  properFraction,
  RUN_SETTINGS,
  type RunSettings,
  units,
  wholeNumber,
} from "../run-settings.ts";
import { changeSettings, type SettingLimits, settingLimits } from "../settings.ts";
import type { TextFacts } from "../text/open-course.ts";

/** The recipe's settings. */
export interface ClassifySettings extends RunSettings {
  /** What a token is. */
  readonly tokens: TokenLevel;
  /** Most tokens of the vocabulary. */
  readonly vocabulary: number;
  readonly lowercase: boolean;
  /** Longer texts are cut behind so many tokens, the end included. */
  readonly sourceLen: number;
  /** Label smoothing. */
  readonly smoothing: number;
  /** Texts of the test set that are measured. */
  readonly testCount: number;
  readonly model: {
    readonly embeddingDim: number;
    /** Units in each direction. */
    readonly encoderDim: number;
    /** Units of the energies' hidden layer. */
    readonly attentionDim: number;
    /** How a text's words become one vector: by attention, or all alike. */
    readonly pooling: "attention" | "mean";
    readonly dropout: number;
    /** The probability that a word is read as an unknown one, in training. */
    readonly wordDropout: number;
  };
}

const schema: z.ZodMiniType<ClassifySettings> = z.strictObject({
  ...RUN_SETTINGS,
  tokens: z.enum(["character", "word", "byte-pair"]),
  vocabulary: wholeNumber(5, 1_000_000),
  lowercase: z.boolean(),
  sourceLen: wholeNumber(2, 10_000),
  smoothing: properFraction,
  testCount: wholeNumber(1, 1_000_000),
  model: z.strictObject({
    embeddingDim: units,
    encoderDim: units,
    attentionDim: units,
    pooling: z.enum(["attention", "mean"]),
    dropout: properFraction,
    wordDropout: properFraction,
  }),
});

/** Settings that do not depend on the data, and stand-ins for those that do. */
export const CLASSIFY_DEFAULTS: ClassifySettings = {
  seed: 1,
  steps: 5000,
  batch: 64,
  workers: 1,
  learningRate: 0.002,
  warmUp: 100,
  floor: 0.05,
  beta2: 0.998,
  averaging: 0.998,
  clipNorm: 1,
  validateEvery: 200,
  validationCount: 2000,
  patience: 8,
  tokens: "word",
  vocabulary: 20_000,
  lowercase: true,
  sourceLen: 400,
  smoothing: 0,
  testCount: 100_000,
  model: {
    embeddingDim: 100,
    encoderDim: 100,
    attentionDim: 100,
    pooling: "attention",
    dropout: 0.5,
    wordDropout: 0.1,
  },
};

/** Steps and lengths that fit some data: each text is read ten to thirty times, the fewer there are, the more often. */
export function fitClassify(
  defaults: ClassifySettings,
  { count, source, steps: given }: Omit<TextFacts, "target">,
): ClassifySettings {
  const perEpoch = Math.ceil(count / defaults.batch);
  const epochs = Math.max(10, Math.min(30, Math.round(150_000 / count)));
  const steps = given ?? Math.max(300, epochs * perEpoch);
  let longest = 2;
  for (let i = 0; i < source.length; i++) longest = Math.max(longest, source[i] as number);
  return {
    ...defaults,
    steps,
    warmUp: Math.min(defaults.warmUp, Math.ceil(steps / 20)),
    validateEvery: Math.max(50, Math.min(perEpoch, Math.ceil(steps / 20))),
    sourceLen: Math.min(defaults.sourceLen, longest),
  };
}

/** @throws RangeError naming the setting, its limits and what was given */
export function changeClassifySettings(
  changes: Readonly<Record<string, string | number>>,
  before: ClassifySettings = CLASSIFY_DEFAULTS,
): ClassifySettings {
  const settings = changeSettings("classify", schema, before, changes);
  checkRunSettings("classify", settings);
  return settings;
}

/** What each setting may be, by path. */
export function classifyLimits(): Record<string, SettingLimits> {
  return settingLimits(schema);
}

/** The settings in a file, or undefined where they are not the recipe's. */
export function readClassifySettings(value: unknown): ClassifySettings | undefined {
  return schema.safeParse(value).data;
}
