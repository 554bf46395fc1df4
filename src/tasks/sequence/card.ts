import { confidenceText } from "../confidence.ts";
import type { TestEvent } from "../events.ts";
import type { SequenceConfig } from "./config.ts";
import type { FinishedSequence } from "./folder.ts";

const percent = (value: number) => `${(100 * value).toFixed(2)} %`;

/** The model folder's README: what it is, what was measured, how to use it. */
export function modelCard(
  finished: FinishedSequence,
  { config, test }: { readonly config: SequenceConfig; readonly test: TestEvent },
): string {
  const { task, model, settings, bestStep, seconds, validation } = finished;
  const { sourceLen, targetLen } = config.limits;
  return `---
library_name: fovea
pipeline_tag: text2text-generation
tags: [attention, ${task.name}, onnx]
---
# ${task.title}

${model.parameterCount.toLocaleString("en")} parameters: ${describe(config)}. It reads at most ${sourceLen} tokens (${settings.sourceTokens}s) and writes at most
${targetLen} (${settings.targetTokens}s), the end of the text included.

## Measured

On ${test.overall.count.toLocaleString("en")} test texts, which training has not seen:

| measure | value | 95 % interval |
| --- | --- | --- |
${measures(test).join("\n")}

By length of the text:

| length | texts | exact match${hasBleu(test) ? " | BLEU" : ""} |
| --- | --- | ---${hasBleu(test) ? " | ---" : ""} |
${test.groups.map(({ name, count, share, metrics }) => `| ${name} | ${count} | ${percent(share)}${metrics ? ` | ${(metrics.bleu as number).toFixed(2)}` : ""} |`).join("\n")}
${trusted(config, test)}
## Training

Seed ${settings.seed}, ${settings.steps} steps of ${settings.batch} examples, ${settings.workers} worker${settings.workers === 1 ? "" : "s"}, ${seconds.toFixed(1)} s; best of ${validation.length} validation texts at step ${bestStep}.

## Files

\`onnx/encoder_model.onnx\`: \`input_ids\` and \`attention_mask\` [batch encoder_sequence] int64 → what the decoder reads, and its first state.
\`onnx/decoder_with_past_model.onnx\`: one token \`input_ids\` [batch 1] → \`logits\` [batch 1 vocabulary], \`cross_attentions.0\` [batch 1 1 encoder_sequence],
and the next state: what one step gives as \`present.…\` the next reads as \`past_key_values.…\`.
\`tokenizer.json\`: of the texts read; \`target/tokenizer.json\`: of the texts written. \`model.safetensors\`: the weights. \`metrics.json\`: all numbers.

    npx fovea predict . "…"
`;
}

function describe({ model }: SequenceConfig): string {
  const { type, encoderDim, decoderDim, attentionDim, attention, embeddingDim } = model;
  if (type === "luong") {
    const looks = attention ? ", which looks back by dot-product attention" : "";
    return `embeddings of ${embeddingDim}, an LSTM of ${encoderDim} units that reads and one that writes${looks}`;
  }
  const looks = attention ? `additive attention with ${attentionDim} units` : "no attention";
  return `embeddings of ${embeddingDim}, a bi-directional GRU of ${encoderDim} units a direction, ${looks}, and a GRU of ${decoderDim} units that writes`;
}

function hasBleu({ groups }: TestEvent): boolean {
  return groups.some(({ metrics }) => metrics?.bleu !== undefined);
}

function measures({ overall, metrics, intervals = {} }: TestEvent): string[] {
  const rows = [`| exact match | ${percent(overall.share)} | ${percent(overall.low)} – ${percent(overall.high)} |`];
  for (const [name, value] of Object.entries(metrics)) {
    if (name === "exactMatch" || name.startsWith("certain")) continue;
    const interval = intervals[name];
    rows.push(
      `| ${name} | ${value.toFixed(3)} | ${interval ? interval.map((end) => end.toFixed(3)).join(" – ") : ""} |`,
    );
  }
  return rows;
}

function trusted({ calibration, decoding }: SequenceConfig, { metrics }: TestEvent): string {
  const written = decoding.beam === 1 ? "greedily" : `by beam search with ${decoding.beam} hypotheses`;
  if (calibration.threshold === undefined) return `\nAnswers are written ${written}.\n`;
  return `
Answers are written ${written}. ${percent(metrics.certainShare ?? 0)} of them are *certain* (confidence ${confidenceText(calibration.threshold)} or more); of these, ${percent(metrics.certainRight ?? 0)} are right.
`;
}
