import * as z from "zod/mini";
import { PAD } from "../../data/text/index.ts";
import { FORMAT_VERSION, type Part, parseJson } from "../model-json.ts";
import type { ClassifySettings } from "./settings.ts";

/** `config.json`: which task and model, its sizes, its labels, how far to trust it, and how it was trained. */
export interface ClassifyConfig {
  readonly fovea: typeof FORMAT_VERSION;
  readonly task: "classify";
  readonly model_type: "text-classifier";
  readonly pad_token_id: typeof PAD;
  /** Labels by the place of their logit, as Hugging Face keeps them. */
  readonly id2label: Readonly<Record<string, string>>;
  readonly model: ClassifySettings["model"] & { readonly vocabulary: number };
  /** Most tokens that are read of a text, the end included. */
  readonly limits: { readonly sourceLen: number };
  readonly calibration: { readonly temperature: number };
  /** The recipe, for whoever reads the file. */
  readonly training: Readonly<Record<string, unknown>>;
}

const size: z.ZodMiniNumber = z.int().check(z.minimum(1), z.maximum(1_000_000));

const schema: z.ZodMiniType<ClassifyConfig> = z.object({
  fovea: z.literal(FORMAT_VERSION),
  task: z.literal("classify"),
  model_type: z.literal("text-classifier"),
  pad_token_id: z.literal(PAD),
  id2label: z.record(z.string(), z.string()),
  model: z.object({
    vocabulary: size,
    embeddingDim: size,
    encoderDim: size,
    attentionDim: size,
    pooling: z.enum(["attention", "mean"]),
    dropout: z.number().check(z.minimum(0), z.lt(1)),
    wordDropout: z.number().check(z.minimum(0), z.lt(1)),
  }),
  limits: z.object({ sourceLen: z.int().check(z.minimum(2), z.maximum(10_000)) }),
  calibration: z.object({ temperature: z.number().check(z.positive()) }),
  training: z.looseObject({}),
}) as z.ZodMiniType<ClassifyConfig>;

/** @throws ModelError when `config.json` is damaged or of another task */
export function readClassifyConfig(part: Part): ClassifyConfig {
  return parseJson(part, schema, "classify");
}

/** Labels in the order of their places; undefined where some are missing. */
export function labelsOf({ id2label }: ClassifyConfig): readonly string[] | undefined {
  const labels = Object.keys(id2label).map((_, i) => (Object.hasOwn(id2label, String(i)) ? id2label[i] : undefined));
  return labels.length > 1 && labels.every((label) => label !== undefined) ? labels : undefined;
}
