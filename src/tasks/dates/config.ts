import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import type { DateNormalizerOptions } from "../../models/date-normalizer/date-normalizer.ts";
import { ModelError } from "../../tensor/errors.ts";
import type { Calibration } from "./reader.ts";

/** What is wrong with a value, in words; the small form of zod brings none. */
const WORDS = en().localeError;

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

/** Bytes, and where they stand, for messages. */
export interface Part {
  readonly file: string;
  readonly bytes: Uint8Array;
}

function parse<T>({ file, bytes }: Part, type: z.ZodMiniType<T>): T {
  const fail = (found: string): never => {
    throw new ModelError(`model: expected ${file} to be of a dates model but found ${found}`);
  };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return fail(`damaged JSON (${(error as Error).message})`);
  }
  const checked = type.safeParse(value, { error: WORDS });
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
