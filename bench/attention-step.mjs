/**
 * Times attention mechanisms in Fovea, forward and training step with Adam, one thread: the cases of peers/attention-cases.json,
 * with weights and inputs that the PyTorch peer has, too, so that equal losses prove equal work. Prints one JSON line.
 *
 *     node bench/attention-step.mjs [--only multi-head] [--least-ms 400]
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  AdditiveAttention,
  chunkedAttention,
  GroupedQueryAttention,
  MultiHeadAttention,
} from "../dist/attention/index.js";
import { adam, initialize, Module } from "../dist/nn/index.js";
import { nodeBackend, nodeEngine } from "../dist/node.js";
import { prepare, Trainer } from "../dist/tasks/index.js";
import { constant } from "../dist/tensor/index.js";

const { values: options } = parseArgs({
  options: { only: { type: "string" }, "least-ms": { type: "string", default: "400" } },
});
const cases = JSON.parse(readFileSync(new URL("peers/attention-cases.json", import.meta.url), "utf8"));

/** Numbers from −1 to 1 without any order, times a scale: what every framework computes alike. */
function noise(shape, k, scale) {
  const size = shape.reduce((total, dim) => total * dim, 1);
  const data = Float32Array.from({ length: size }, (_, i) => {
    const far = Math.sin(12.9898 * i + k) * 43758.5453;
    return (2 * (far - Math.floor(far)) - 1) * scale;
  });
  return { data, shape, dtype: "float32" };
}

function build({ mechanism, dim, heads, keyValueHeads }) {
  const common = { queryDim: dim, heads, bias: false };
  if (mechanism === "multi-head") return new MultiHeadAttention(common);
  if (mechanism === "grouped-query") return new GroupedQueryAttention({ ...common, keyValueHeads });
  if (mechanism === "chunked")
    return new MultiHeadAttention({ ...common, attention: (input) => chunkedAttention(input) });
  return new AdditiveAttention({ queryDim: dim, keyDim: dim, hiddenDim: dim });
}

class SelfAttention extends Module {
  constructor(attention) {
    super();
    this.attention = attention;
  }

  forward({ x }) {
    return { output: this.attention.forward({ query: x, key: x, value: x }).output };
  }
}

/** Median of runs, after as long a time of warming up. */
async function timed(run, leastMs) {
  for (const start = performance.now(); performance.now() - start < leastMs; ) await run();
  const times = [];
  const start = performance.now();
  while (performance.now() - start < leastMs || times.length < 3) {
    const before = performance.now();
    await run();
    times.push(performance.now() - before);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

async function measure(task) {
  const { batch, length, dim } = task;
  const model = build(task);
  // Named as PyTorch's peer orders them.
  for (const [k, parameter] of [...model.parameters().values()].entries()) {
    const [inputDim, outputDim] = parameter.shape;
    const { data } = noise([outputDim, inputDim], k + 1, 1 / Math.sqrt(inputDim));
    const transposed = Float32Array.from(data, (_, i) => data[(i % outputDim) * inputDim + Math.floor(i / outputDim)]);
    parameter.value = { data: transposed, shape: parameter.shape, dtype: "float32" };
  }
  initialize(model, 1);
  const x = noise([batch, length, dim], 0.5, 1);
  const loss = (module, { x }) => {
    const { output } = module.forward({ query: x, key: x, value: x });
    const weight = constant(batch * length * dim);
    return { sum: output.mul(output).sum(), weight };
  };
  const types = { x: { shape: [batch, length, dim], dtype: "float32" } };
  const runner = await prepare(new SelfAttention(model), types, nodeBackend);
  const forwardMs = await timed(() => runner.run({ x }), Number(options["least-ms"]));
  await runner.release();
  const trainer = new Trainer({
    model,
    loss,
    optimizer: adam({ learningRate: 0.001 }),
    seed: 1,
    createEngine: nodeEngine,
  });
  const first = (await trainer.takeStep({ x })).loss;
  const second = (await trainer.takeStep({ x })).loss;
  const stepMs = await timed(() => trainer.takeStep({ x }), Number(options["least-ms"]));
  await trainer.close();
  return { ...task, forwardMs, stepMs, losses: [first, second] };
}

const results = [];
for (const task of cases) {
  if (options.only && task.mechanism !== options.only) continue;
  results.push(await measure(task));
}
console.log(JSON.stringify({ framework: "fovea", results }));
