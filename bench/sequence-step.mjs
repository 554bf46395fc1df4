/**
 * Times training steps of whole sequence models in Fovea, with Adam: the cases of peers/sequence-cases.json. Prints one JSON line.
 *
 *     node bench/sequence-step.mjs [--workers 1] [--only luong] [--least-ms 3000]
 */
import { parseArgs } from "node:util";
import { adam, crossEntropy } from "../dist/nn/index.js";
import { nodeEngine } from "../dist/node.js";
import { Trainer } from "../dist/tasks/index.js";
import { batchOf, CASES, filled } from "./sequence-models.mjs";

const { values: options } = parseArgs({
  options: {
    workers: { type: "string", default: "1" },
    only: { type: "string" },
    "least-ms": { type: "string", default: "3000" },
  },
});
const leastMs = Number(options["least-ms"]);

async function measure(task) {
  const trainer = new Trainer({
    model: filled(task),
    loss: (model, { label, ...inputs }) => crossEntropy(model.forward(inputs).logits, label),
    optimizer: adam({ learningRate: 0.001 }),
    seed: 1,
    createEngine: nodeEngine,
    workers: Number(options.workers),
  });
  const batch = batchOf(task);
  const prepared = performance.now();
  const losses = [(await trainer.takeStep(batch)).loss];
  const prepareMs = performance.now() - prepared;
  losses.push((await trainer.takeStep(batch)).loss);
  const times = [];
  for (const start = performance.now(); performance.now() - start < leastMs || times.length < 3; ) {
    const before = performance.now();
    await trainer.takeStep(batch);
    times.push(performance.now() - before);
  }
  await trainer.close();
  times.sort((a, b) => a - b);
  return { ...task, stepMs: times[times.length >> 1], prepareMs, losses };
}

const results = [];
for (const task of CASES.training) {
  if (options.only && task.model !== options.only) continue;
  results.push(await measure(task));
}
const peakMb = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ framework: "fovea", workers: Number(options.workers), results, peakMb }));
