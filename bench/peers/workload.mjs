// One workload for every peer: the date normaliser's training step, with the same starting weights and the same
// batch in every framework, so that equal losses prove equal work. `workload.py` is its twin; change both or neither.
import { parseArgs } from "node:util";

export const sizes = {
  inputLen: 30,
  outputLen: 10,
  inputVocabulary: 37,
  outputVocabulary: 11,
  encoderDim: 32,
  attentionDim: 10,
  decoderDim: 64,
};

/** Adam as the article's code sets it; epsilon is Keras's default. */
export const adam = { learningRate: 0.005, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

const { inputVocabulary, outputVocabulary, encoderDim, attentionDim, decoderDim } = sizes;

/** Kernels are `[in out]`; gates stand in the order input, forget, cell, output; one bias a layer. */
export const shapes = {
  forwardKernel: [inputVocabulary, 4 * encoderDim],
  forwardRecurrent: [encoderDim, 4 * encoderDim],
  forwardBias: [4 * encoderDim],
  backwardKernel: [inputVocabulary, 4 * encoderDim],
  backwardRecurrent: [encoderDim, 4 * encoderDim],
  backwardBias: [4 * encoderDim],
  attentionKey: [2 * encoderDim, attentionDim],
  attentionQuery: [decoderDim, attentionDim],
  attentionBias: [attentionDim],
  energyKernel: [attentionDim, 1],
  energyBias: [1],
  decoderKernel: [2 * encoderDim, 4 * decoderDim],
  decoderRecurrent: [decoderDim, 4 * decoderDim],
  decoderBias: [4 * decoderDim],
  classifierKernel: [decoderDim, outputVocabulary],
  classifierBias: [outputVocabulary],
};

const EXPECTED_PARAMETERS = 52_960;
const WEIGHT_RANGE = 0.15;

/** Mulberry32, a 32-bit generator that Python can repeat exactly. */
function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Starting weights by name, `text` `[batch inputLen]` and `label` `[batch outputLen]`. */
export function makeWorkload(batch) {
  const rng = mulberry32(7);
  const fill = (length, draw) => Array.from({ length }, draw);
  const weights = {};
  let parameters = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const length = shape.reduce((total, dim) => total * dim, 1);
    weights[name] = Float32Array.from(fill(length, () => (2 * rng() - 1) * WEIGHT_RANGE));
    parameters += length;
  }
  assertParameters(parameters);
  const text = Int32Array.from(fill(batch * sizes.inputLen, () => Math.floor(rng() * inputVocabulary)));
  const label = Int32Array.from(fill(batch * sizes.outputLen, () => Math.floor(rng() * outputVocabulary)));
  return { weights, text, label };
}

export function assertParameters(found) {
  if (found === EXPECTED_PARAMETERS) return;
  throw new RangeError(`date normaliser: expected ${EXPECTED_PARAMETERS} parameters but found ${found}`);
}

/** `--batch --steps --warmup --threads`, all whole numbers. */
export function readOptions() {
  const option = (value) => ({ type: "string", default: String(value) });
  const { values } = parseArgs({
    options: { batch: option(100), steps: option(30), warmup: option(5), threads: option(1) },
  });
  return Object.fromEntries(
    Object.entries(values).map(([name, text]) => {
      const value = Number(text);
      if (Number.isInteger(value) && value >= (name === "warmup" ? 0 : 1)) return [name, value];
      throw new RangeError(`--${name}: expected a whole number but found ${text}`);
    }),
  );
}

/** Imports a framework, or prints why it is absent and ends the process. Whatever it prints goes to stderr. */
export async function importPeer(name, load) {
  for (const level of ["log", "info", "warn", "debug"]) console[level] = (...parts) => console.error(...parts);
  try {
    return await load();
  } catch (error) {
    const reason = String(error.message).split(/ imported from|\n/)[0];
    process.stdout.write(`${JSON.stringify({ name, absent: reason })}\n`);
    process.exit(0);
  }
}

/** Runs `step` (which resolves to the loss) and prints the one line of the report. */
export async function measure({ name, version, threads, batch, steps, warmup, parameters }, step) {
  assertParameters(parameters);
  const losses = [];
  const times = [];
  for (let index = 0; index < warmup + steps; index++) {
    const start = performance.now();
    losses.push(await step());
    if (index >= warmup) times.push(performance.now() - start);
  }
  times.sort((left, right) => left - right);
  const middle = times.length >> 1;
  const median = times.length % 2 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
  const round = (value, digits) => Number(value.toFixed(digits));
  const report = { name, version, threads, batch, steps, medianMs: round(median, 2), bestMs: round(times[0], 2) };
  const proof = { parameters, firstLoss: round(losses[0], 4), lastLoss: round(losses.at(-1), 4) };
  process.stdout.write(`${JSON.stringify({ ...report, ...proof })}\n`);
}
