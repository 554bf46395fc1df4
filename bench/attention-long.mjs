/**
 * One training step of self-attention over a long sequence, 64 wide, one head: its time, and the peak memory of the process.
 * Prints one JSON line.
 *
 *     node bench/attention-long.mjs --form chunked --length 16384 [--threads 1]
 */
import { parseArgs } from "node:util";
import { attend, chunkedAttention, MultiHeadAttention, scaledDot } from "../dist/attention/index.js";
import { adam } from "../dist/nn/index.js";
import { nodeBackend } from "../dist/node.js";
import { singleEngine } from "../dist/runtime/index.js";
import { SESSION_OPTIONS } from "../dist/runtime/node.js";
import { Trainer } from "../dist/tasks/index.js";
import { constant } from "../dist/tensor/index.js";

const { values: options } = parseArgs({
  options: {
    form: { type: "string", default: "chunked" },
    length: { type: "string", default: "16384" },
    threads: { type: "string", default: "1" },
  },
});
const [length, dim] = [Number(options.length), 64];
const forms = {
  chunked: (input) => chunkedAttention(input),
  // The formula, with all scores at once.
  plain: ({ query, key, value }) => attend({ query, key, value, score: scaledDot() }),
};
SESSION_OPTIONS.intraOpNumThreads = Number(options.threads);
const trainer = new Trainer({
  model: new MultiHeadAttention({ queryDim: dim, heads: 1, attention: forms[options.form] }),
  loss: (model, { x }) => {
    const { output } = model.forward({ query: x, key: x, value: x });
    return { sum: output.mul(output).sum(), weight: constant(length * dim) };
  },
  optimizer: adam({ learningRate: 0.001 }),
  seed: 1,
  createEngine: singleEngine(nodeBackend),
});
const data = Float32Array.from({ length: length * dim }, (_, i) => Math.sin(0.37 * i));
const x = { data, shape: [1, length, dim], dtype: "float32" };
await trainer.takeStep({ x });
const times = [];
for (let i = 0; i < 3; i++) {
  const start = performance.now();
  await trainer.takeStep({ x });
  times.push(performance.now() - start);
}
await trainer.close();
console.log(
  JSON.stringify({
    form: options.form,
    length,
    threads: Number(options.threads),
    stepMs: times.sort((a, b) => a - b)[1],
    peakMb: process.resourceUsage().maxRSS / 1024,
  }),
);
