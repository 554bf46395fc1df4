import * as z from "zod/mini";
import { END, PAD, START } from "../../data/text/index.ts";
import { FORMAT_VERSION, type Part, parseJson } from "../model-json.ts";
import type { Trust } from "./explain.ts";
import type { SequenceSettings } from "./settings.ts";

/** `config.json`: which task and model, its sizes, how it writes, how far to trust it, and how it was trained. */
export interface SequenceConfig {
  readonly fovea: typeof FORMAT_VERSION;
  readonly task: string;
  /** Hugging Face's names, for whoever else reads the folder. */
  readonly model_type: string;
  readonly is_encoder_decoder: true;
  readonly pad_token_id: typeof PAD;
  readonly bos_token_id: typeof START;
  readonly decoder_start_token_id: typeof START;
  readonly eos_token_id: typeof END;
  readonly model: SequenceSettings["model"] & { readonly sourceVocabulary: number; readonly targetVocabulary: number };
  /** Most tokens of a text and of an answer, the end included, and whether longer texts are cut rather than refused. */
  readonly limits: { readonly sourceLen: number; readonly targetLen: number; readonly truncate: boolean };
  readonly decoding: { readonly beam: number; readonly lengthPenalty: number; readonly coveragePenalty: number };
  readonly calibration: Trust;
  /** The recipe, for whoever reads the file. */
  readonly training: Readonly<Record<string, unknown>>;
}

const size: z.ZodMiniNumber = z.int().check(z.minimum(1), z.maximum(1_000_000));
const length: z.ZodMiniNumber = z.int().check(z.minimum(2), z.maximum(10_000));
const penalty: z.ZodMiniNumber = z.number().check(z.minimum(0), z.maximum(10));

const schema: z.ZodMiniType<SequenceConfig> = z.object({
  fovea: z.literal(FORMAT_VERSION),
  task: z.string(),
  model_type: z.string(),
  is_encoder_decoder: z.literal(true),
  pad_token_id: z.literal(PAD),
  bos_token_id: z.literal(START),
  decoder_start_token_id: z.literal(START),
  eos_token_id: z.literal(END),
  model: z.looseObject({
    type: z.enum(["bahdanau", "luong"]),
    sourceVocabulary: size,
    targetVocabulary: size,
    embeddingDim: size,
    encoderDim: size,
    decoderDim: size,
    attentionDim: size,
    attention: z.boolean(),
    dropout: z.number(),
  }),
  limits: z.object({ sourceLen: length, targetLen: length, truncate: z.boolean() }),
  decoding: z.object({
    beam: z.int().check(z.minimum(1), z.maximum(100)),
    lengthPenalty: penalty,
    coveragePenalty: penalty,
  }),
  calibration: z.object({ threshold: z.optional(z.number().check(z.minimum(0), z.maximum(1))) }),
  training: z.looseObject({}),
}) as z.ZodMiniType<SequenceConfig>;

/** @throws ModelError when `config.json` is damaged or of another task */
export function readSequenceConfig(part: Part, task: string): SequenceConfig {
  return parseJson(part, schema, task);
}
