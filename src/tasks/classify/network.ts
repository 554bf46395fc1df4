import { UNKNOWN } from "../../data/text/index.ts";
import { TextClassifier } from "../../models/text-classifier/text-classifier.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { exportGraph, type InputTypes } from "../inference.ts";
import type { WantedTensors } from "../network.ts";
import type { Values } from "../training-run.ts";
import { NAMES } from "./reader.ts";
import type { ClassifySettings } from "./settings.ts";

/** The model that settings ask for. */
export function buildModel(
  { pooling, attentionDim, ...sizes }: ClassifySettings["model"],
  { vocabulary, classes }: { readonly vocabulary: number; readonly classes: number },
): TextClassifier {
  const { embeddingDim, encoderDim, dropout, wordDropout } = sizes;
  const energies = pooling === "attention" ? { attentionDim } : {};
  const options = { vocabulary, classes, embeddingDim, encoderDim, dropout, wordDropout, unknown: UNKNOWN };
  return new TextClassifier({ ...options, ...energies });
}

const SHAPE = ["batch", "sequence"] as const;

/** What the exported network is fed: Hugging Face's names. */
export const INPUTS: InputTypes = {
  [NAMES.ids]: { shape: SHAPE, dtype: "int64" },
  [NAMES.mask]: { shape: SHAPE, dtype: "int64" },
};

/** What it gives. */
export function outputsOf(model: TextClassifier): WantedTensors {
  const logits = { [NAMES.logits]: { shape: ["batch", model.options.classes], dtype: "float32" } } as const;
  if (!model.pooling) return logits;
  return { ...logits, [NAMES.attention]: { shape: ["batch", 1, 1, "sequence"], dtype: "float32" } };
}

/** The model as ONNX with some values of its parameters. */
export function exportClassifier(
  model: TextClassifier,
  { values, metadata = {} }: { values: Values; metadata?: Readonly<Record<string, string>> },
): Uint8Array {
  return exportGraph(model, INPUTS, {
    values,
    metadata,
    forward: ({ [NAMES.ids]: ids, [NAMES.mask]: mask }) =>
      model.forward({
        text: (ids as Tensor).cast("int32"),
        lengths: (mask as Tensor).cast("int32").sum({ axes: 1 }),
      }),
  });
}
