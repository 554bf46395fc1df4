import type { TestEvent } from "../events.ts";
import type { ClassifyConfig } from "./config.ts";
import type { FinishedClassifier } from "./folder.ts";

const percent = (value: number) => `${(100 * value).toFixed(2)} %`;

/** The model folder's README: what it is, what was measured, how to use it. */
export function modelCard(
  { model, settings, bestStep, seconds, labels, validation }: FinishedClassifier,
  { config, test }: { readonly config: ClassifyConfig; readonly test: TestEvent },
): string {
  const { overall, groups, metrics } = test;
  const { embeddingDim, encoderDim, pooling } = config.model;
  const rows = groups.map(({ name, right, count, share, low, high }) => {
    return `| ${name} | ${right} / ${count} | ${percent(share)} | ${percent(low)} – ${percent(high)} |`;
  });
  const pooled =
    pooling === "attention" ? "attention pooling, which shows the words that decided" : "the mean of all words";
  return `---
library_name: fovea
pipeline_tag: text-classification
tags: [attention, classify, onnx]
---
# Text classifier

${model.parameterCount.toLocaleString("en")} parameters: embeddings of ${embeddingDim}, a bi-directional LSTM of ${encoderDim} units a direction, and ${pooled}.
It reads the first ${config.limits.sourceLen} tokens (${settings.tokens}s) of a text, the end included. Labels: ${labels.join(", ")}.

## Measured

On ${overall.count.toLocaleString("en")} test texts: **${percent(overall.share)}** right (95 % interval ${percent(overall.low)} – ${percent(overall.high)}), macro F1 ${(metrics.macroF1 as number).toFixed(4)}.

| right label | right | share | 95 % interval |
| --- | --- | --- | --- |
${rows.join("\n")}

Confidences are probabilities at temperature ${config.calibration.temperature.toFixed(2)}, chosen on validation texts.

## Training

Seed ${settings.seed}, ${settings.steps} steps of ${settings.batch} examples, ${settings.workers} worker${settings.workers === 1 ? "" : "s"}, ${seconds.toFixed(1)} s; best of ${validation.length} validation texts at step ${bestStep}.

## Files

\`onnx/model.onnx\`: \`input_ids\` and \`attention_mask\` [batch sequence] int64 → \`logits\` [batch ${labels.length}]${pooling === "attention" ? " and `attentions.0` [batch 1 1 sequence]" : ""}.
\`tokenizer.json\`: the vocabulary. \`model.safetensors\`: the weights. \`config.json\`: sizes and labels. \`metrics.json\`: all numbers.

    npx fovea predict . "…"
`;
}
