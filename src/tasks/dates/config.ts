import { z } from "zod";
import type { DateNormalizerOptions } from "../../models/date-normalizer/date-normalizer.ts";
import { ModelError } from "../../tensor/errors.ts";
import type { Calibration } from "./reader.ts";

/** The version of the folder's layout. */
export const FORMAT_VERSION = 1;

/** Under which keys an ONNX file carries what stands in the files beside it, so that it can be opened on its own. */
export const METADATA = { task: "fovea.task", config: "fovea.config", vocabulary: "fovea.vocabulary" } as const;

/** `config.json`: which task and model, its sizes, how far to trust it, and how it was trained. */
export interface DateConfig {
  readonly fovea: typeof FORMAT_VERSION;
  readonly task: "dates";
  readonly model: { readonly type: "date-normalizer" } & Required<DateNormalizerOptions>;
  readonly calibration: Calibration;
  /** The recipe, for whoever reads the file; only the size of the test set is read again. */
  readonly training: { readonly testCount: number } & Readonly<Record<string, unknown>>;
}

const size: z.ZodNumber = z.int().min(1).max(65_536);

const schema: z.ZodType<DateConfig> = z.object({
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
  calibration: z.object({ temperature: z.number().positive(), threshold: z.number().min(0).max(1) }),
  training: z.looseObject({ testCount: z.int().min(1).max(1_000_000) }),
});

const vocabulary: z.ZodType<{ input: string[]; output: string[] }> = z.object({
  input: z.array(z.string()).max(1000),
  output: z.array(z.string().length(1)).max(256),
});

/** Bytes, and where they stand, for messages. */
export interface Part {
  readonly file: string;
  readonly bytes: Uint8Array;
}

function parse<T>({ file, bytes }: Part, type: z.ZodType<T>): T {
  const fail = (found: string): never => {
    throw new ModelError(`model: expected ${file} to be of a dates model but found ${found}`);
  };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return fail(`damaged JSON (${(error as Error).message})`);
  }
  const checked = type.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  return fail(`${issue?.path.join(".") || "another object"}: ${issue?.message}`);
}

/** @throws ModelError when `config.json` is damaged or of another task */
export function readConfig(part: Part): DateConfig {
  return parse(part, schema);
}

/** @throws ModelError when `vocab.json` is damaged */
export function readVocabulary(part: Part): { input: string[]; output: string[] } {
  return parse(part, vocabulary);
}
