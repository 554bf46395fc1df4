import {
  type Attributes,
  type DType,
  ModelError,
  type NdArray,
  normalizeAxis,
  product,
  strides,
} from "../../tensor/index.ts";
import { given, type Inputs, type Kernel, type KernelTable, list } from "./kernel.ts";
import { broadcastShape, broadcastTo, normalizeAxes, permute, pick, reshaped, strided } from "./layout.ts";
import { filled, toValue, type Value } from "./value.ts";

/** 0 … count − 1. */
function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

const reshape: Kernel = (inputs, { allowzero }) => {
  const value = given(inputs, 0);
  const target = Array.from(given(inputs, 1).data);
  const shape = target.map((dim, axis) => (dim === 0 && !allowzero ? (value.shape[axis] as number) : dim));
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = value.data.length / product(shape.toSpliced(open, 1));
  if (product(shape) !== value.data.length || shape.some((dim) => !Number.isInteger(dim) || dim < 0)) {
    throw new ModelError(`Reshape: expected a shape for ${value.data.length} elements but found [${target}]`);
  }
  return [reshaped(value, shape)];
};

export const concat: Kernel = (inputs, attributes) => {
  const parts = inputs.map((_, index) => given(inputs, index));
  const first = given(inputs, 0);
  const axis = normalizeAxis("Concat", attributes.axis as number, first.shape.length);
  const chunk = (part: Value) => product(part.shape.slice(axis));
  const row = parts.reduce((total, part) => total + chunk(part), 0);
  const shape = first.shape.with(
    axis,
    parts.reduce((total, part) => total + (part.shape[axis] as number), 0),
  );
  const data = new Float64Array(product(shape));
  let start = 0;
  for (const part of parts) {
    const size = chunk(part);
    for (let i = 0; i * size < part.data.length; i++) {
      data.set(part.data.subarray(i * size, (i + 1) * size), i * row + start);
    }
    start += size;
  }
  return [{ data, shape, dtype: first.dtype }];
};

/** A view of every `step`-th element of each axis, from `start` on. */
function cut(value: Value, shape: readonly number[], { start, step }: { start: number[]; step: number[] }): Value {
  const own = strides(value.shape);
  const offset = start.reduce((total, from, axis) => total + from * (own[axis] as number), 0);
  const steps = own.map((size, axis) => size * (step[axis] as number));
  return { ...value, data: strided(value.data, shape, { steps, offset }), shape };
}

const split: Kernel = (inputs, attributes, outputs) => {
  const value = given(inputs, 0);
  const axis = normalizeAxis("Split", attributes.axis as number, value.shape.length);
  const length = value.shape[axis] as number;
  const each = Math.ceil(length / outputs);
  const sizes = list(inputs, 1) ?? upTo(outputs).map((i) => Math.max(0, Math.min(each, length - i * each)));
  const step = value.shape.map(() => 1);
  let from = 0;
  return sizes.map((size) => {
    const part = cut(value, value.shape.with(axis, size), { start: step.map((_, i) => (i === axis ? from : 0)), step });
    from += size;
    return part;
  });
};

const slice: Kernel = (inputs) => {
  const value = given(inputs, 0);
  const starts = Array.from(given(inputs, 1).data);
  const ends = Array.from(given(inputs, 2).data);
  const axes = list(inputs, 3) ?? upTo(starts.length);
  const steps = list(inputs, 4) ?? starts.map(() => 1);
  const shape = [...value.shape];
  const [start, step] = [shape.map(() => 0), shape.map(() => 1)];
  for (const [i, given] of axes.entries()) {
    const axis = normalizeAxis("Slice", given, shape.length);
    const dim = shape[axis] as number;
    const by = steps[i] as number;
    const [low, high] = by > 0 ? [0, dim] : [-1, dim - 1];
    const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + dim : at, low), high);
    start[axis] = clamp(starts[i] as number);
    step[axis] = by;
    shape[axis] = Math.max(0, Math.ceil((clamp(ends[i] as number) - start[axis]) / by));
  }
  return [cut(value, shape, { start, step })];
};

const squeeze: Kernel = (inputs) => {
  const value = given(inputs, 0);
  const axes = list(inputs, 1) ?? value.shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  const gone = normalizeAxes(axes, value.shape.length);
  return [
    reshaped(
      value,
      value.shape.filter((_, axis) => !gone.includes(axis)),
    ),
  ];
};

const unsqueeze: Kernel = (inputs) => {
  const value = given(inputs, 0);
  const axes = Array.from(given(inputs, 1).data);
  const shape = [...value.shape];
  for (const axis of normalizeAxes(axes, shape.length + axes.length)) shape.splice(axis, 0, 1);
  return [reshaped(value, shape)];
};

const flatten: Kernel = (inputs, attributes) => {
  const value = given(inputs, 0);
  const { shape } = value;
  const axis = attributes.axis as number;
  const at = axis < 0 ? axis + shape.length : axis;
  return [reshaped(value, [product(shape.slice(0, at)), product(shape.slice(at))])];
};

/** Which element of an axis stands `at` places after its first: inside, or where the padding takes it from (−1: nowhere). */
function paddingSource(mode: string, at: number, length: number): number {
  if (at >= 0 && at < length) return at;
  const around = (period: number) => ((at % period) + period) % period;
  if (mode === "edge") return at < 0 ? 0 : length - 1;
  if (mode === "wrap") return around(length);
  if (mode !== "reflect") return -1;
  if (length === 1) return 0;
  const place = around(2 * length - 2);
  return place < length ? place : 2 * length - 2 - place;
}

const pad: Kernel = (inputs, { mode }) => {
  const value = given(inputs, 0);
  const pads = Array.from(given(inputs, 1).data);
  const axes = list(inputs, 3) ?? upTo(value.shape.length);
  const picks = value.shape.map(upTo);
  for (const [i, given] of axes.entries()) {
    const axis = normalizeAxis("Pad", given, value.shape.length);
    const length = value.shape[axis] as number;
    const [before, after] = [pads[i] as number, pads[i + axes.length] as number];
    picks[axis] = upTo(Math.max(0, before + length + after)).map((at) =>
      paddingSource(mode as string, at - before, length),
    );
  }
  return [pick(value, picks, inputs[2]?.data[0])];
};

const tile: Kernel = (inputs) => {
  const value = given(inputs, 0);
  const repeats = given(inputs, 1).data;
  return [
    pick(
      value,
      value.shape.map((dim, axis) => upTo(dim * (repeats[axis] as number)).map((i) => i % dim)),
    ),
  ];
};

const range: Kernel = (inputs) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => given(inputs, index).data[0]) as [number, number, number];
  const { dtype } = given(inputs, 0);
  const data = Float64Array.from(upTo(Math.max(0, Math.ceil((limit - start) / delta))), (i) => start + i * delta);
  return [{ data, shape: [data.length], dtype }];
};

/** Keeps where `column − row` passes a test, and writes 0 elsewhere. */
function keepDiagonals(value: Value, keep: (diagonal: number) => boolean): Value {
  const [rows, columns] = value.shape.slice(-2) as [number, number];
  const data = value.data.map((x, i) => (keep((i % columns) - (Math.floor(i / columns) % rows)) ? x : 0));
  return { ...value, data };
}

const trilu: Kernel = (inputs, { upper }) => {
  const k = inputs[1]?.data[0] ?? 0;
  return [keepDiagonals(given(inputs, 0), (diagonal) => (upper ? diagonal >= k : diagonal <= k))];
};

const eyeLike: Kernel = (inputs, { dtype, k }) => {
  const { shape, dtype: own } = given(inputs, 0);
  return [keepDiagonals(filled(shape, 1, (dtype as DType | undefined) ?? own), (diagonal) => diagonal === k)];
};

const shapeOf = (inputs: Inputs, { start, end }: Attributes): Value[] => {
  const part = given(inputs, 0).shape.slice(start as number, end as number | undefined);
  return [{ data: Float64Array.from(part), shape: [part.length], dtype: "int64" }];
};

export const SHAPES: KernelTable = {
  Reshape: reshape,
  Transpose: (inputs, { perm }) => {
    const value = given(inputs, 0);
    return [permute(value, (perm as number[] | undefined) ?? upTo(value.shape.length).reverse())];
  },
  Concat: concat,
  Split: split,
  Slice: slice,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Flatten: flatten,
  Expand: (inputs) => {
    const value = given(inputs, 0);
    return [broadcastTo(value, broadcastShape([value.shape, Array.from(given(inputs, 1).data)]))];
  },
  Tile: tile,
  Pad: pad,
  Shape: shapeOf,
  Size: (inputs) => [{ data: Float64Array.of(given(inputs, 0).data.length), shape: [], dtype: "int64" }],
  ConstantOfShape: (inputs, attributes) => {
    const { data, dtype } = toValue(attributes.value as NdArray);
    return [filled(Array.from(given(inputs, 0).data), data[0] as number, dtype)];
  },
  Range: range,
  Trilu: trilu,
  EyeLike: eyeLike,
};
