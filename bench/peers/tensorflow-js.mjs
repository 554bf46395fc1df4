// TensorFlow.js peer: the WebAssembly back end, low-level ops. In Node that back end has one thread, whatever is asked.
// Every kernel that the step needs, gradients included, exists in the back end, so nothing is worked around.
import { adam, importPeer, makeWorkload, measure, readOptions, shapes, sizes } from "./workload.mjs";

const name = "tensorflow-js-wasm";
const options = readOptions();
const tf = await importPeer(name, async () => {
  const library = await import("@tensorflow/tfjs");
  await import("@tensorflow/tfjs-backend-wasm");
  if (!(await library.setBackend("wasm"))) throw new Error("the WebAssembly back end did not start");
  return library;
});

const { batch } = options;
const { inputLen, outputLen, inputVocabulary, outputVocabulary, encoderDim, attentionDim, decoderDim } = sizes;
const stateDim = 2 * encoderDim;

/** One LSTM step from gates that already hold the input's share. */
function lstmCell(gates, [hidden, cell], recurrent) {
  const [input, forget, candidate, output] = tf.split(gates.add(hidden.matMul(recurrent)), 4, 1);
  const next = forget.sigmoid().mul(cell).add(input.sigmoid().mul(candidate.tanh()));
  return [output.sigmoid().mul(next.tanh()), next];
}

/** Hidden states `[inputLen batch encoderDim]`; the input's share of all steps is one product. */
function encode(text, { kernel, recurrent, bias }, reversed) {
  const gates = tf.split(text.matMul(kernel).add(bias), inputLen);
  const states = [];
  let state = [tf.zeros([batch, encoderDim]), tf.zeros([batch, encoderDim])];
  for (let step = 0; step < inputLen; step++) {
    const position = reversed ? inputLen - 1 - step : step;
    state = lstmCell(gates[position], state, recurrent);
    states[position] = state[0];
  }
  return tf.concat(states).reshape([inputLen, batch, encoderDim]);
}

/** Cross-entropy summed over the positions, averaged over the batch; `text` is one-hot, time first. */
function loss(weights, text, label) {
  const side = (prefix) => ({
    kernel: weights[`${prefix}Kernel`],
    recurrent: weights[`${prefix}Recurrent`],
    bias: weights[`${prefix}Bias`],
  });
  const bothSides = [encode(text, side("forward"), false), encode(text, side("backward"), true)];
  const states = tf.concat(bothSides, 2).transpose([1, 0, 2]);
  const rows = states.reshape([batch * inputLen, stateDim]);
  const keys = rows.matMul(weights.attentionKey).add(weights.attentionBias).reshape([batch, inputLen, attentionDim]);
  let state = [tf.zeros([batch, decoderDim]), tf.zeros([batch, decoderDim])];
  const outputs = [];
  for (let step = 0; step < outputLen; step++) {
    const query = state[0].matMul(weights.attentionQuery).reshape([batch, 1, attentionDim]);
    const hidden = keys
      .add(query)
      .tanh()
      .reshape([batch * inputLen, attentionDim]);
    const energies = hidden.matMul(weights.energyKernel).add(weights.energyBias).relu();
    const attention = energies.reshape([batch, 1, inputLen]).softmax();
    const context = attention.matMul(states).reshape([batch, stateDim]);
    const gates = context.matMul(weights.decoderKernel).add(weights.decoderBias);
    state = lstmCell(gates, state, weights.decoderRecurrent);
    outputs.push(state[0]);
  }
  const logits = tf.concat(outputs).matMul(weights.classifierKernel).add(weights.classifierBias);
  return tf.logSoftmax(logits).mul(label).sum().div(-batch);
}

const workload = makeWorkload(batch);
const weights = Object.fromEntries(
  Object.entries(shapes).map(([key, shape]) => [key, tf.variable(tf.tensor(workload.weights[key], shape))]),
);
const timeFirst = (indices, length, vocabulary) => {
  const steps = tf.tensor2d(indices, [batch, length], "int32").transpose();
  return tf.oneHot(steps.reshape([length * batch]), vocabulary).toFloat();
};
const text = tf.tidy(() => timeFirst(workload.text, inputLen, inputVocabulary));
const label = tf.tidy(() => timeFirst(workload.label, outputLen, outputVocabulary));
const optimizer = tf.train.adam(adam.learningRate, adam.beta1, adam.beta2, adam.epsilon);

async function step() {
  const value = tf.tidy(() => optimizer.minimize(() => loss(weights, text, label), true));
  const [number] = await value.data();
  value.dispose();
  return number;
}

const parameters = Object.values(weights).reduce((total, variable) => total + variable.size, 0);
await measure({ ...options, name, version: tf.version.tfjs, threads: 1, parameters }, step);
