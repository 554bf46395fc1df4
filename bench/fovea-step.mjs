/**
 * Times one training step of the date normaliser in Fovea: the article's sizes, batch 100, 30 input symbols of 37. Prints one
 * JSON line, as the peers do.
 *
 *     node bench/fovea-step.mjs [--workers 1] [--steps 60] [--warmup 10]
 */
import { parseArgs } from "node:util";
import { DateNormalizer } from "../dist/models/index.js";
import { adam, crossEntropy } from "../dist/nn/index.js";
import { nodeEngine } from "../dist/node.js";
import { Trainer } from "../dist/tasks/index.js";
import { adam as adamOptions, makeWorkload } from "./peers/workload.mjs";

const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "1" },
    steps: { type: "string", default: "60" },
    warmup: { type: "string", default: "10" },
    batch: { type: "string", default: "100" },
  },
});
const size = Number(values.batch);
const { weights, text, label } = makeWorkload(size);
const batch = {
  text: { data: text, shape: [size, 30], dtype: "int32" },
  lengths: { data: new Int32Array(size).fill(30), shape: [size], dtype: "int32" },
  label: { data: label, shape: [size, 10], dtype: "int32" },
};
const model = new DateNormalizer({ vocabulary: 37, maskPadding: false });
for (const [name, parameter] of model.parameters()) {
  parameter.value = { data: startingValue(name), shape: parameter.shape, dtype: "float32" };
}
const trainer = new Trainer({
  model,
  loss: (model, { text, lengths, label }) => {
    const { sum, weight } = crossEntropy(model.forward({ text, lengths }).logits, label);
    return { sum, weight: weight.div(10) };
  },
  optimizer: adam(adamOptions),
  seed: 1,
  createEngine: nodeEngine,
  workers: Number(values.workers),
});

/** The workload's weights, whose gates stand in the order i f c o, in our order i o f c. */
function startingValue(name) {
  const names = {
    "encoder.forwardCell.inputWeight": "forwardKernel",
    "encoder.forwardCell.recurrentWeight": "forwardRecurrent",
    "encoder.forwardCell.bias": "forwardBias",
    "encoder.backwardCell.inputWeight": "backwardKernel",
    "encoder.backwardCell.recurrentWeight": "backwardRecurrent",
    "encoder.backwardCell.bias": "backwardBias",
    "attention.keyProjection.weight": "attentionKey",
    "attention.keyProjection.bias": "attentionBias",
    "attention.queryProjection.weight": "attentionQuery",
    "attention.energy.weight": "energyKernel",
    "attention.energy.bias": "energyBias",
    "decoder.inputWeight": "decoderKernel",
    "decoder.recurrentWeight": "decoderRecurrent",
    "decoder.bias": "decoderBias",
    "classifier.weight": "classifierKernel",
    "classifier.bias": "classifierBias",
  };
  const given = Float32Array.from(weights[names[name]]);
  if (!/Cell|decoder/.test(name)) return given;
  const width = name.startsWith("decoder") ? 256 : 128;
  const unit = width / 4;
  const from = [0, 3, 1, 2];
  return given.map((_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    return given[row * width + from[Math.floor(column / unit)] * unit + (column % unit)];
  });
}

const times = [];
const steps = Number(values.steps);
const warmup = Number(values.warmup);
let first;
let last;
for (let step = 0; step < steps + warmup; step++) {
  const start = performance.now();
  last = await trainer.takeStep(batch);
  first ??= last;
  if (step >= warmup) times.push(performance.now() - start);
}
await trainer.close();
times.sort((a, b) => a - b);
process.stdout.write(
  `${JSON.stringify({
    name: `fovea${values.workers === "1" ? "" : `, ${values.workers} workers`}`,
    threads: Number(values.workers),
    batch: size,
    steps,
    medianMs: times[Math.floor(times.length / 2)],
    bestMs: times[0],
    firstLoss: first.loss,
    lastLoss: last.loss,
    parameters: model.parameterCount,
  })}\n`,
);
