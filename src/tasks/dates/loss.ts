import type { DateNormalizer } from "../../models/date-normalizer/date-normalizer.ts";
import { crossEntropy, type WeightedLoss } from "../../nn/losses.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { NO_ANSWER } from "./batches.ts";

/** Cross-entropy summed over the ten characters; its weight counts dates. */
export function dateLoss(model: DateNormalizer, batch: Readonly<Record<string, Tensor>>): WeightedLoss {
  const { text, lengths, label, weight } = batch as Record<"text" | "lengths" | "label" | "weight", Tensor>;
  const { logits } = model.forward({ text, lengths });
  const rowWeight = weight.unsqueeze(1).expand(label.shape);
  const { sum } = crossEntropy(logits, label, { uniform: NO_ANSWER, rowWeight });
  return { sum, weight: weight.sum() };
}
