/**
 * Times what a step costs besides its model: the optimiser's update of 53 thousand to 20 million parameters, at once and in pieces
 * that stay in the cache, one after the other in one process; adding the gradients of two workers; and drawing noise. Says how
 * near the update of 20 million comes to the memory's speed. Prints one JSON line.
 */
import { adam, adamW, averaged, FlatParameters, initialize, Module, normal, Parameter } from "../dist/nn/index.js";
import { nodeBackend } from "../dist/node.js";
import { drawNoise, SUM } from "../dist/runtime/engine.js";
import { addInOrder } from "../dist/runtime/exchange.js";
import { Update } from "../dist/runtime/update.js";
import { planPieces, planUpdate } from "../dist/runtime/update-plan.js";
import { updateGraph, updateInPieces } from "../dist/tasks/training-graph.js";

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function timed(work, times) {
  const found = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await work(i);
    found.push(performance.now() - start);
  }
  return median(found);
}

/** A matrix, which is decayed, and a bias, which is not. */
class Weights extends Module {
  constructor(size) {
    super();
    this.matrix = new Parameter([size - 1000, 1], { initializer: normal(0.1) });
    this.bias = new Parameter([1000], { initializer: normal(0.1) });
  }
}

async function timeUpdate({ size, steps, label, optimizer }) {
  const model = new Weights(size);
  initialize(model, 1);
  const flat = new FlatParameters(model);
  const zero = () => ({ data: new Float32Array(size), shape: [size], dtype: "float32" });
  const first = { ...flat.values(), ...Object.fromEntries(optimizer.slots.map((name) => [name, zero()])) };
  const plans = {
    whole: planUpdate({ state: first, update: updateGraph(flat, optimizer) }),
    pieces: planPieces(updateInPieces(flat, optimizer), nodeBackend.piece),
  };
  const gradient = Float32Array.from({ length: size }, (_, i) => Math.cos(7 * i));
  const runs = [];
  for (const [form, plan] of Object.entries(plans)) {
    const update = await Update.load(plan, nodeBackend, nodeBackend.createState(first));
    runs.push({ form, update, times: [] });
  }
  for (let step = 0; step < steps; step++) {
    const scalars = { ...optimizer.scalars(step), [SUM.weight]: 64, [SUM.examples]: 64 };
    for (const { update, times } of runs) {
      times.push(await timed(() => update.run({ [SUM.gradient]: gradient }, scalars), 1));
    }
  }
  for (const { update } of runs) await update.release();
  const [wholeMs, piecesMs] = runs.map(({ times }) => median(times));
  return { parameters: size, optimizer: label, wholeMs, piecesMs, ratio: wholeMs / piecesMs };
}

const OPTIMIZERS = {
  adam: adam({ learningRate: 1e-3 }),
  "adam, clipped": adam({ learningRate: 1e-3, clipNorm: 1 }),
  "averaged adamW, clipped": averaged(adamW({ learningRate: 1e-3, clipNorm: 1 }), { decay: 0.99 }),
};
const SIZES = { 53000: 201, 1000000: 41, 6600000: 15, 20000000: 9 };

const updates = [];
for (const [size, steps] of Object.entries(SIZES)) {
  for (const [label, optimizer] of Object.entries(OPTIMIZERS)) {
    updates.push(await timeUpdate({ size: Number(size), steps, label, optimizer }));
  }
}

const LARGE = 20_000_000;
const [source, target] = [new Float32Array(LARGE).fill(0.01), new Float32Array(LARGE).fill(0.01)];
const bytesASecond = (2 * 4 * LARGE) / ((await timed(() => target.set(source), 5)) / 1000);
const shared = [0, 1].map(() => new Float32Array(new SharedArrayBuffer(4 * 6_600_000)));
const total = new Float32Array(6_600_000);
const noise = [{ name: "noise", shape: [1280, 784] }];
const { piecesMs } = updates.find(({ parameters, optimizer }) => parameters === LARGE && optimizer === "adam");
process.stdout.write(
  `${JSON.stringify({
    name: "adam, 20M parameters",
    medianMs: piecesMs,
    copyGBs: bytesASecond / 1e9,
    fusedLimitMs: ((7 * 4 * LARGE) / bytesASecond) * 1000,
    updates,
    addTwoGradientsMs: await timed(() => addInOrder(total, shared), 15),
    noiseMsAMillion:
      (await timed((step) => drawNoise(noise, { seed: 1, step, firstExample: 0, examples: 1280 }), 15)) /
      ((1280 * 784) / 1e6),
  })}\n`,
);
