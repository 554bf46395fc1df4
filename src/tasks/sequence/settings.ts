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

/** Settings of recipes that write one text from another. */
export interface SequenceSettings extends RunSettings {
  /** What a token of the source is, and of the target. */
  readonly sourceTokens: TokenLevel;
  readonly targetTokens: TokenLevel;
  /** Most tokens of each vocabulary. */
  readonly vocabulary: number;
  /** Whether sources are read in lower case; targets keep their case. */
  readonly lowercase: boolean;
  /** Longer sources are left out of training, and refused as input; in tokens, the end included. */
  readonly sourceLen: number;
  /** The same of targets; no answer is longer. */
  readonly targetLen: number;
  /** Whether longer sources are cut, in place of being left out and refused. */
  readonly truncate: boolean;
  /** Label smoothing. */
  readonly smoothing: number;
  /** The share of tokens, at the end of training, before which the decoder reads what it would have written itself. */
  readonly scheduledSampling: number;
  /** Hypotheses that are followed when answers are written. */
  readonly beam: number;
  readonly lengthPenalty: number;
  readonly coveragePenalty: number;
  /** Texts of the test set that are measured. */
  readonly testCount: number;
  readonly model: {
    readonly type: "bahdanau" | "luong";
    readonly embeddingDim: number;
    /** Encoder units, in each direction where there are two. */
    readonly encoderDim: number;
    /** Of `bahdanau`; `luong` has as many as in the encoder. */
    readonly decoderDim: number;
    /** Units of the energies' hidden layer, of `bahdanau`. */
    readonly attentionDim: number;
    /** Whether there is attention at all. */
    readonly attention: boolean;
    readonly dropout: number;
  };
}

const level: z.ZodMiniType<TokenLevel> = z.enum(["character", "word", "byte-pair"]);
const penalty: z.ZodMiniNumber = z.number().check(z.minimum(0), z.maximum(10));

const schema: z.ZodMiniType<SequenceSettings> = z.strictObject({
  ...RUN_SETTINGS,
  sourceTokens: level,
  targetTokens: level,
  vocabulary: wholeNumber(5, 1_000_000),
  lowercase: z.boolean(),
  sourceLen: wholeNumber(2, 10_000),
  targetLen: wholeNumber(2, 10_000),
  truncate: z.boolean(),
  smoothing: properFraction,
  scheduledSampling: properFraction,
  beam: wholeNumber(1, 100),
  lengthPenalty: penalty,
  coveragePenalty: penalty,
  testCount: wholeNumber(1, 1_000_000),
  model: z.strictObject({
    type: z.enum(["bahdanau", "luong"]),
    embeddingDim: units,
    encoderDim: units,
    decoderDim: units,
    attentionDim: units,
    attention: z.boolean(),
    dropout: properFraction,
  }),
});

/** @throws RangeError naming the setting, its limits and what was given */
export function changeSequenceSettings(
  owner: string,
  changes: Readonly<Record<string, string | number>>,
  before: SequenceSettings,
): SequenceSettings {
  const settings = changeSettings(owner, schema, before, changes);
  checkRunSettings(owner, settings);
  return settings;
}

/** What each setting may be, by path. */
export function sequenceLimits(): Record<string, SettingLimits> {
  return settingLimits(schema);
}

/** The settings in a file, or undefined where they are none of these recipes'. */
export function readSequenceSettings(value: unknown): SequenceSettings | undefined {
  return schema.safeParse(value).data;
}
