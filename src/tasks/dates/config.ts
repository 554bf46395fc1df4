import * as z from "zod/mini";
import type { DateNormalizerOptions } from "../../models/date-normalizer/date-normalizer.ts";
import { FORMAT_VERSION, METADATA_TASK, type Part, parseJson } from "../model-json.ts";
import type { Calibration } from "./reader.ts";

/** Under which keys an ONNX file carries what stands in the files beside it, so that it can be opened on its own. */
export const METADATA: Readonly<Record<"task" | "config" | "vocabulary", string>> = {
  task: METADATA_TASK,
  config: "fovea.config",
  vocabulary: "fovea.vocabulary",
};

/** `config.json`: which task and model, its sizes, how far to trust it, and how it was trained. */
export interface DateConfig {
  readonly fovea: typeof FORMAT_VERSION;
  readonly task: "dates";
  readonly model: { readonly type: "date-normalizer" } & Required<DateNormalizerOptions>;
  readonly calibration: Calibration;
  /** The recipe, for whoever reads the file; only the size of the test set is read again. */
  readonly training: { readonly testCount: number } & Readonly<Record<string, unknown>>;
}

const size: z.ZodMiniNumber = z.int().check(z.minimum(1), z.maximum(65_536));

const schema: z.ZodMiniType<DateConfig> = z.object({
  fovea: z.literal(FORMAT_VERSION),
  task: z.literal("dates"),
  model: z.object({
    type: z.literal("date-normalizer"),
    vocabulary: size,
    outputVocabulary: size,
    outputLen: size,
    encoderDim: size,
    decoderDim: size,
    energyDim: size,
    maskPadding: z.boolean(),
  }),
  calibration: z.object({
    temperature: z.number().check(z.positive()),
    threshold: z.number().check(z.minimum(0), z.maximum(1)),
  }),
  training: z.looseObject({ testCount: z.int().check(z.minimum(1), z.maximum(1_000_000)) }),
});

const vocabulary: z.ZodMiniType<{ input: string[]; output: string[] }> = z.object({
  input: z.array(z.string()).check(z.maxLength(1000)),
  output: z.array(z.string().check(z.length(1))).check(z.maxLength(256)),
});

/** @throws ModelError when `config.json` is damaged or of another task */
export function readConfig(part: Part): DateConfig {
  return parseJson(part, schema, "dates");
}

/** @throws ModelError when `vocab.json` is damaged */
export function readVocabulary(part: Part): { input: string[]; output: string[] } {
  return parseJson(part, vocabulary, "dates");
}
