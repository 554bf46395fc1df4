// jax-js peer: one jitted training step on its WebAssembly device, which has one thread in Node, whatever is asked.
// There is no scan, so the recurrences are unrolled. `.ref` keeps an array that a function would otherwise consume.
import { readFileSync } from "node:fs";
import { adam, importPeer, makeWorkload, measure, readOptions, shapes, sizes } from "./workload.mjs";

const name = "jax-js-wasm";
const options = readOptions();
const jax = await importPeer(name, async () => {
  const library = await import("@jax-js/jax");
  await library.init("wasm");
  library.defaultDevice("wasm");
  return library;
});

const { numpy: np, nn, tree } = jax;
const { batch } = options;
const { inputLen, outputLen, inputVocabulary, outputVocabulary, encoderDim, attentionDim, decoderDim } = sizes;
const stateDim = 2 * encoderDim;

/** One LSTM step from gates that already hold the input's share; consumes `gates` and the state. */
function lstmCell(gates, [hidden, cell], recurrent) {
  const [input, forget, candidate, output] = np.split(gates.add(np.matmul(hidden, recurrent.ref)), 4, 1);
  const next = nn
    .sigmoid(forget)
    .mul(cell)
    .add(nn.sigmoid(input).mul(np.tanh(candidate)));
  return [nn.sigmoid(output).mul(np.tanh(next.ref)), next];
}

const zeroState = (dim) => [np.zeros([batch, dim]), np.zeros([batch, dim])];

/** Hidden states `[inputLen batch encoderDim]`; the input's share of all steps is one product. */
function encode(text, { kernel, recurrent, bias }, reversed) {
  const gates = np.split(np.matmul(text.ref, kernel.ref).add(bias.ref), inputLen);
  const states = [];
  let state = zeroState(encoderDim);
  for (let step = 0; step < inputLen; step++) {
    const position = reversed ? inputLen - 1 - step : step;
    state = lstmCell(gates[position], state, recurrent);
    states[position] = state[0].ref;
  }
  tree.dispose(state);
  return np.stack(states);
}

/** Decoder states `[outputLen*batch decoderDim]` from encoder states `[batch inputLen stateDim]`. */
function decode(states, weights) {
  const rows = states.ref.reshape([batch * inputLen, stateDim]);
  const projected = np.matmul(rows, weights.attentionKey.ref).add(weights.attentionBias.ref);
  const keys = projected.reshape([batch, inputLen, attentionDim]);
  let state = zeroState(decoderDim);
  const outputs = [];
  for (let step = 0; step < outputLen; step++) {
    const query = np.matmul(state[0].ref, weights.attentionQuery.ref).reshape([batch, 1, attentionDim]);
    const hidden = np.tanh(keys.ref.add(query)).reshape([batch * inputLen, attentionDim]);
    const energies = nn.relu(np.matmul(hidden, weights.energyKernel.ref).add(weights.energyBias.ref));
    const attention = nn.softmax(energies.reshape([batch, 1, inputLen]), -1);
    const context = np.matmul(attention, states.ref).reshape([batch, stateDim]);
    const gates = np.matmul(context, weights.decoderKernel.ref).add(weights.decoderBias.ref);
    state = lstmCell(gates, state, weights.decoderRecurrent);
    outputs.push(state[0].ref);
  }
  tree.dispose([state, keys, states]);
  return np.concatenate(outputs);
}

/** Cross-entropy summed over the positions, averaged over the batch; `text` is one-hot, time first. */
function loss(weights, text, label) {
  const side = (prefix) => ({
    kernel: weights[`${prefix}Kernel`],
    recurrent: weights[`${prefix}Recurrent`],
    bias: weights[`${prefix}Bias`],
  });
  const bothSides = [encode(text, side("forward"), false), encode(text, side("backward"), true)];
  const states = np.transpose(np.concatenate(bothSides, 2), [1, 0, 2]);
  const logits = np.matmul(decode(states, weights), weights.classifierKernel.ref).add(weights.classifierBias.ref);
  tree.dispose([weights, text]);
  return np.sum(nn.logSoftmax(logits, -1).mul(label)).mul(-1 / batch);
}

/** Gradients and Adam in one compiled function; `rate` and `spread` hold the two bias corrections of this step. */
const update = jax.jit((weights, moments, text, label, rate, spread) => {
  const [value, gradients] = jax.valueAndGrad(loss)(tree.ref(weights), text, label);
  const next = { weights: {}, first: {}, second: {} };
  for (const [key, gradient] of Object.entries(gradients)) {
    const first = moments.first[key].mul(adam.beta1).add(gradient.ref.mul(1 - adam.beta1));
    const second = moments.second[key].mul(adam.beta2).add(np.square(gradient).mul(1 - adam.beta2));
    const divisor = np.sqrt(second.ref).mul(spread.ref).add(adam.epsilon);
    next.weights[key] = weights[key].sub(first.ref.mul(rate.ref).div(divisor));
    next.first[key] = first;
    next.second[key] = second;
  }
  tree.dispose([rate, spread]);
  return [value, next];
});

const workload = makeWorkload(batch);
const perShape = (make) => Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key, make(shape, key)]));
let state = {
  weights: perShape((shape, key) => np.array(workload.weights[key]).reshape(shape)),
  first: perShape((shape) => np.zeros(shape)),
  second: perShape((shape) => np.zeros(shape)),
};

function timeFirst(indices, length, vocabulary) {
  const hot = new Float32Array(length * batch * vocabulary);
  for (const [index, symbol] of indices.entries()) {
    const [row, position] = [Math.floor(index / length), index % length];
    hot[(position * batch + row) * vocabulary + symbol] = 1;
  }
  return np.array(hot).reshape([length * batch, vocabulary]);
}
const text = timeFirst(workload.text, inputLen, inputVocabulary);
const label = timeFirst(workload.label, outputLen, outputVocabulary);

let count = 0;
async function step() {
  count += 1;
  const rate = adam.learningRate / (1 - adam.beta1 ** count);
  const spread = 1 / Math.sqrt(1 - adam.beta2 ** count);
  const { weights, ...moments } = state;
  const [value, next] = update(weights, moments, text.ref, label.ref, np.array(rate), np.array(spread));
  state = next;
  await jax.blockUntilReady(tree.ref(next));
  const [number] = await value.data();
  return number;
}

const parameters = Object.values(state.weights).reduce((total, array) => total + array.size, 0);
const manifest = new URL("../package.json", import.meta.resolve("@jax-js/jax"));
const { version } = JSON.parse(readFileSync(manifest, "utf8"));
await measure({ ...options, name, version, threads: 1, parameters }, step);
