import { confidenceText } from "../confidence.ts";
import type { TestEvent } from "../events.ts";
import type { DateConfig } from "./config.ts";
import type { DateSettings } from "./settings.ts";

const percent = (value: number) => `${(100 * value).toFixed(2)} %`;

interface Measured {
  readonly config: DateConfig;
  readonly settings: DateSettings;
  readonly test: TestEvent;
  readonly bestStep: number;
  readonly seconds: number;
  readonly parameters: number;
}

/** The model folder's README: what it is, what was measured, how to use it. */
export function modelCard({ config, settings: training, test, bestStep, seconds, parameters }: Measured): string {
  const { model, calibration } = config;
  const { overall, groups, metrics } = test;
  const rows = groups.map(({ name, right, count, share, low, high }) => {
    return `| ${name} | ${right} / ${count} | ${percent(share)} | ${percent(low)} – ${percent(high)} |`;
  });
  return `---
library_name: fovea
pipeline_tag: text2text-generation
tags: [attention, dates, onnx]
---
# Date normaliser

Reads an English date of at most 30 characters and writes it as \`yyyy-mm-dd\`. ${parameters.toLocaleString("en")} parameters:
a bi-directional LSTM of ${model.encoderDim} units a direction reads the characters; for each of the ten characters to write, one attention step from
the state of an LSTM of ${model.decoderDim} units picks what to read.

## Measured

Exact match on ${overall.count.toLocaleString("en")} generated test strings, whose calendar dates occur neither in training nor in validation:
**${percent(overall.share)}** (95 % interval ${percent(overall.low)} – ${percent(overall.high)}).

Of the answers, ${percent(metrics.certainShare ?? 0)} are *certain* (confidence ${confidenceText(calibration.threshold)} or more at temperature ${calibration.temperature.toFixed(2)});
of these, ${percent(metrics.certainRight ?? 0)} are right. Of inputs that have no answer, ${percent(metrics.doubtfulNonsense ?? 0)} are marked doubtful.

| format | right | exact match | 95 % interval |
| --- | --- | --- | --- |
${rows.join("\n")}

## Limits

Dates from 1930 to 2050, in English, without a time of day. Four digits in front mean year, month, day; where the order of day
and month is open, a slash means month first, and a dot, a dash or a space means day first; two-digit years are 1969 to 2068.
What the network writes is printed as it is: check \`valid\` and \`certain\`.

## Training

Seed ${training.seed}, ${training.steps} steps of ${training.batch} generated examples, ${training.workers} worker${training.workers === 1 ? "" : "s"}, ${seconds.toFixed(1)} s; best on validation at step ${bestStep}.

## Files

\`onnx/model.onnx\`: inputs \`text\` [batch 30] int32, \`lengths\` [batch] int32; outputs \`logits\` [batch 10 11] and \`attention\` [batch 10 30].
\`vocab.json\`: the symbols. \`model.safetensors\`: the weights. \`config.json\`: sizes, calibration and recipe. \`metrics.json\`: all numbers.

    npx fovea predict . "3 May 1979"
`;
}
