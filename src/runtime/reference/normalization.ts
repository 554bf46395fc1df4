import { normalizeAxis, product } from "../../tensor/index.ts";
import { mapValue, zip } from "./elementwise.ts";
import { given, type Inputs, type Kernel, type KernelTable } from "./kernel.ts";
import { lanesOf, mapLanes, reshaped } from "./layout.ts";
import { largest, logSumExp, sum } from "./reduction.ts";
import type { Value } from "./value.ts";

function alongAxis(f: (lane: Float64Array, attributes: Readonly<Record<string, unknown>>) => Float64Array): Kernel {
  return (inputs, attributes) => [mapLanes(given(inputs, 0), attributes.axis as number, (lane) => f(lane, attributes))];
}

function softmax(lane: Float64Array): Float64Array {
  const top = largest(lane);
  const exponentials = lane.map((x) => Math.exp(x - top));
  const total = sum(exponentials);
  return exponentials.map((x) => x / total);
}

function logSoftmax(lane: Float64Array): Float64Array {
  const total = logSumExp(lane);
  return lane.map((x) => x - total);
}

/** 1 at the first of the largest. */
function hardmax(lane: Float64Array): Float64Array {
  const at = lane.indexOf(largest(lane));
  return lane.map((_, i) => (i === at ? 1 : 0));
}

/** Divides by the 1-norm or the 2-norm; zeros stay zeros. */
function lpNormalize(lane: Float64Array, p: number): Float64Array {
  const norm = p === 1 ? sum(lane, Math.abs) : Math.sqrt(sum(lane, (x) => x * x));
  return lane.map((x) => (norm === 0 ? 0 : x / norm));
}

interface Standardized {
  readonly value: Value;
  readonly mean: Float64Array;
  readonly inverse: Float64Array;
}

/** `(x − mean) / √(variance + ε)` over `size` elements that lie together; without centring, the mean is taken as 0. */
function standardize(
  value: Value,
  size: number,
  { epsilon, center }: { epsilon: number; center: boolean },
): Standardized {
  const data = new Float64Array(value.data.length);
  const [mean, inverse] = [new Float64Array(data.length / size), new Float64Array(data.length / size)];
  for (let i = 0; i < mean.length; i++) {
    const lane = value.data.subarray(i * size, (i + 1) * size);
    const middle = center ? sum(lane) / size : 0;
    const scale = 1 / Math.sqrt(sum(lane, (x) => (x - middle) ** 2) / size + epsilon);
    data.set(
      lane.map((x) => (x - middle) * scale),
      i * size,
    );
    mean[i] = middle;
    inverse[i] = scale;
  }
  return { value: { ...value, data }, mean, inverse };
}

const multiply = (a: Value, b: Value) => zip(a, b, (x, y) => x * y);
const add = (a: Value, b: Value) => zip(a, b, (x, y) => x + y);

/** Over the axes from `axis` on: (x − mean) / √(variance + ε) · scale + bias, and the mean and 1 / √(…). */
const layerNormalization: Kernel = (inputs, attributes) => {
  const input = given(inputs, 0);
  const axis = normalizeAxis("LayerNormalization", attributes.axis as number, input.shape.length);
  const size = product(input.shape.slice(axis));
  const { value, mean, inverse } = standardize(input, size, { epsilon: attributes.epsilon as number, center: true });
  const scaled = multiply(value, given(inputs, 1));
  const shape = input.shape.map((dim, i) => (i < axis ? dim : 1));
  const statistics = [mean, inverse].map((data): Value => ({ data, shape, dtype: "float32" }));
  return [inputs[2] ? add(scaled, inputs[2]) : scaled, ...statistics];
};

const rmsNormalization: Kernel = (inputs, attributes) => {
  const input = given(inputs, 0);
  const axis = normalizeAxis("RMSNormalization", attributes.axis as number, input.shape.length);
  const size = product(input.shape.slice(axis));
  const { value } = standardize(input, size, { epsilon: attributes.epsilon as number, center: false });
  return [multiply(value, given(inputs, 1))];
};

/** A vector over channels, ready to broadcast against `[batch, channels, …]`. */
function perChannel(vector: Value, rank: number): Value {
  return reshaped(vector, [vector.data.length, ...new Array<number>(Math.max(0, rank - 2)).fill(1)]);
}

/** Standardises groups of channels of each example, then scales and shifts every channel. */
function groupNormalization(inputs: Inputs, groups: number, epsilon: number): Value[] {
  const input = given(inputs, 0);
  const size = product(input.shape.slice(1)) / groups;
  const { value } = standardize(input, size, { epsilon, center: true });
  const [scale, bias] = [1, 2].map((index) => perChannel(given(inputs, index), input.shape.length));
  return [add(multiply(value, scale as Value), bias as Value)];
}

/** With the running statistics, or in training with those of the batch, which then move the running ones. */
const batchNormalization: Kernel = (inputs, { epsilon, momentum, training_mode }) => {
  const input = given(inputs, 0);
  const rank = input.shape.length;
  const [scale, bias, runningMean, runningVariance] = [1, 2, 3, 4].map((index) => given(inputs, index)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const channels = lanesOf(
    input,
    input.shape.map((_, axis) => axis).filter((axis) => axis !== 1),
  ).lanes;
  const means = channels.map((lane) => sum(lane) / lane.length);
  const variances = channels.map((lane, i) => sum(lane, (x) => (x - (means[i] as number)) ** 2) / lane.length);
  const current = (own: number[], running: Value): Value =>
    training_mode ? { ...running, data: Float64Array.from(own) } : running;
  const [mean, variance] = [current(means, runningMean), current(variances, runningVariance)];
  const deviation = mapValue(variance, (x) => Math.sqrt(x + (epsilon as number)));
  const gain = zip(scale, deviation, (x, y) => x / y);
  const centred = zip(input, perChannel(mean, rank), (x, y) => x - y);
  const output = add(multiply(centred, perChannel(gain, rank)), perChannel(bias, rank));
  const keep = momentum as number;
  const moved = (running: Value, now: Value) => zip(running, now, (x, y) => x * keep + y * (1 - keep));
  return [output, moved(runningMean, mean), moved(runningVariance, variance)];
};

export const NORMALIZATIONS: KernelTable = {
  Softmax: alongAxis(softmax),
  LogSoftmax: alongAxis(logSoftmax),
  Hardmax: alongAxis(hardmax),
  LpNormalization: alongAxis((lane, { p }) => lpNormalize(lane, p as number)),
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  InstanceNormalization: (inputs, { epsilon }) =>
    groupNormalization(inputs, given(inputs, 0).shape[1] as number, epsilon as number),
  GroupNormalization: (inputs, { epsilon, num_groups }) =>
    groupNormalization(inputs, num_groups as number, epsilon as number),
  BatchNormalization: batchNormalization,
};
