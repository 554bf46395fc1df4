import { ModelError, type NdArray, normalizeAxis, product, strides } from "../../tensor/index.ts";
import { given, type Inputs, type Kernel, type KernelTable } from "./kernel.ts";
import { lanesOf, permute } from "./layout.ts";
import { toValue, type Value, wrap } from "./value.ts";

/** An index counted from the front. */
export function place(index: number, length: number): number {
  if (index < -length || index >= length) {
    throw new ModelError(`reference: expected an index from ${-length} to ${length - 1} but found ${index}`);
  }
  return index < 0 ? index + length : index;
}

const gather: Kernel = (inputs, attributes) => {
  const value = given(inputs, 0);
  const indices = given(inputs, 1);
  const axis = normalizeAxis("Gather", attributes.axis as number, value.shape.length);
  const [before, after] = [value.shape.slice(0, axis), value.shape.slice(axis + 1)];
  const [length, row] = [value.shape[axis] as number, product(after)];
  const data = new Float64Array(product(before) * indices.data.length * row);
  let to = 0;
  for (let page = 0; page < product(before); page++) {
    for (const index of indices.data) {
      const from = (page * length + place(index, length)) * row;
      data.set(value.data.subarray(from, from + row), to);
      to += row;
    }
  }
  return [{ data, shape: [...before, ...indices.shape, ...after], dtype: value.dtype }];
};

/** For every element of `indices`, the offset in an array of `shape` with that index along `axis` and its own along the others. */
function elementOffsets(indices: Value, shape: readonly number[], axis: number): number[] {
  const [own, other] = [strides(indices.shape), strides(shape)];
  return Array.from(indices.data, (index, i) =>
    shape.reduce<number>((offset, dim, a) => {
      const at = Math.floor(i / (own[a] as number)) % (indices.shape[a] as number);
      return offset + (a === axis ? place(index, dim) : at) * (other[a] as number);
    }, 0),
  );
}

const gatherElements: Kernel = (inputs, attributes) => {
  const value = given(inputs, 0);
  const indices = given(inputs, 1);
  const axis = normalizeAxis("GatherElements", attributes.axis as number, value.shape.length);
  const data = Float64Array.from(elementOffsets(indices, value.shape, axis), (from) => value.data[from] as number);
  return [{ data, shape: indices.shape, dtype: value.dtype }];
};

/** Row offsets that the vectors along the last axis of `indices` point to, the first `batchDims` axes being shared. */
function rowOffsets(indices: Value, shape: readonly number[], batchDims: number): number[] {
  const depth = indices.shape.at(-1) as number;
  const count = product(indices.shape.slice(0, -1));
  const batches = product(shape.slice(0, batchDims));
  const steps = strides(shape);
  const page = product(shape.slice(batchDims));
  return Array.from({ length: count }, (_, row) => {
    let offset = Math.floor(row / (count / batches)) * page;
    for (let i = 0; i < depth; i++) {
      const axis = batchDims + i;
      offset += place(indices.data[row * depth + i] as number, shape[axis] as number) * (steps[axis] as number);
    }
    return offset;
  });
}

const gatherNd: Kernel = (inputs, attributes) => {
  const value = given(inputs, 0);
  const indices = given(inputs, 1);
  const batchDims = attributes.batch_dims as number;
  const rest = value.shape.slice(batchDims + (indices.shape.at(-1) as number));
  const row = product(rest);
  const offsets = rowOffsets(indices, value.shape, batchDims);
  const data = new Float64Array(offsets.length * row);
  for (const [i, from] of offsets.entries()) data.set(value.data.subarray(from, from + row), i * row);
  return [{ data, shape: [...indices.shape.slice(0, -1), ...rest], dtype: value.dtype }];
};

const MERGES: Readonly<Record<string, (old: number, update: number) => number>> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: Math.max,
  min: Math.min,
};

function merge(value: Value, reduction: string): (data: Float64Array, at: number, update: number) => void {
  const f = MERGES[reduction];
  if (!f) throw new ModelError(`reference: expected a reduction (${Object.keys(MERGES)}) but found ${reduction}`);
  return (data, at, update) => {
    data[at] = wrap(f(data[at] as number, update), value.dtype);
  };
}

const scatterElements: Kernel = (inputs, attributes) => {
  const value = given(inputs, 0);
  const updates = given(inputs, 2).data;
  const axis = normalizeAxis("ScatterElements", attributes.axis as number, value.shape.length);
  const write = merge(value, attributes.reduction as string);
  const data = value.data.slice();
  for (const [i, at] of elementOffsets(given(inputs, 1), value.shape, axis).entries()) {
    write(data, at, updates[i] as number);
  }
  return [{ ...value, data }];
};

const scatterNd: Kernel = (inputs, attributes) => {
  const value = given(inputs, 0);
  const indices = given(inputs, 1);
  const updates = given(inputs, 2).data;
  const row = product(value.shape.slice(indices.shape.at(-1)));
  const write = merge(value, attributes.reduction as string);
  const data = value.data.slice();
  for (const [i, at] of rowOffsets(indices, value.shape, 0).entries()) {
    for (let j = 0; j < row; j++) write(data, at + j, updates[i * row + j] as number);
  }
  return [{ ...value, data }];
};

/** An index outside `−depth … depth − 1` gives a row without a hot element. */
const oneHot: Kernel = (inputs, attributes) => {
  const indices = given(inputs, 0);
  const depth = given(inputs, 1).data[0] as number;
  const { data: pair, dtype } = given(inputs, 2);
  const [off, on] = pair as unknown as [number, number];
  const rank = indices.shape.length;
  const data = new Float64Array(indices.data.length * depth).fill(off);
  for (const [i, index] of indices.data.entries()) {
    const at = index < 0 ? index + depth : index;
    if (at >= 0 && at < depth) data[i * depth + at] = on;
  }
  const axis = normalizeAxis("OneHot", attributes.axis as number, rank + 1);
  const order = indices.shape.map((_, i) => i).toSpliced(axis, 0, rank);
  return [permute({ data, shape: [...indices.shape, depth], dtype }, order)];
};

/** Of equal elements, the one with the lower index comes first. */
const topK: Kernel = (inputs, attributes) => {
  const value = given(inputs, 0);
  const count = given(inputs, 1).data[0] as number;
  const rank = value.shape.length;
  const axis = normalizeAxis("TopK", attributes.axis as number, rank);
  const { lanes, outer } = lanesOf(value, [axis]);
  const best = lanes.map((lane) => {
    const order = Array.from(lane.keys());
    const sign = attributes.largest ? -1 : 1;
    return order.sort((i, j) => sign * ((lane[i] as number) - (lane[j] as number)) || i - j).slice(0, count);
  });
  const order = outer.map((_, i) => i).toSpliced(axis, 0, rank - 1);
  const together = (rows: number[][], dtype: Value["dtype"]) =>
    permute({ data: Float64Array.from(rows.flat()), shape: [...outer, count], dtype }, order);
  const values = best.map((indices, i) => indices.map((index) => lanes[i]?.[index] as number));
  return [together(values, value.dtype), together(best, "int64")];
};

/** The slices of an axis (default: of the flattened input) whose condition holds; a short condition is false beyond its end. */
const compress: Kernel = (inputs, attributes) => {
  const value = given(inputs, 0);
  const axis = attributes.axis as number | undefined;
  const kept = Array.from(given(inputs, 1).data.entries()).flatMap(([i, on]) => (on ? [i] : []));
  const flat = axis === undefined ? { ...value, shape: [value.data.length] } : value;
  const indices = { data: Float64Array.from(kept), shape: [kept.length], dtype: "int64" } as const;
  return gather([flat, indices], { axis: axis ?? 0 }, 1);
};

/** The indices of the elements other than 0, one row for each axis. */
function nonZero(inputs: Inputs): Value[] {
  const { data, shape } = given(inputs, 0);
  const hits = Array.from(data.entries()).flatMap(([i, x]) => (x === 0 ? [] : [i]));
  const steps = strides(shape);
  const rows = shape.map((dim, axis) => hits.map((i) => Math.floor(i / (steps[axis] as number)) % dim));
  return [{ data: Float64Array.from(rows.flat()), shape: [shape.length, hits.length], dtype: "int64" }];
}

/** Reverses the first `sequence_lens` elements of each row of the time axis. */
const reverseSequence: Kernel = (inputs, { batch_axis, time_axis }) => {
  const value = given(inputs, 0);
  const lengths = given(inputs, 1).data;
  const [batch, time] = [batch_axis as number, time_axis as number];
  const steps = strides(value.shape);
  const at = (i: number, axis: number) => Math.floor(i / (steps[axis] as number)) % (value.shape[axis] as number);
  const data = value.data.map((x, i) => {
    const [length, now] = [lengths[at(i, batch)] as number, at(i, time)];
    return now < length ? (value.data[i + (length - 1 - 2 * now) * (steps[time] as number)] as number) : x;
  });
  return [{ ...value, data }];
};

/** Writes an update into a cache along an axis, from an index of its own for each row of the batch (axis 0). */
const tensorScatter: Kernel = (inputs, attributes) => {
  const [cache, update] = [given(inputs, 0), given(inputs, 1)];
  const axis = normalizeAxis("TensorScatter", attributes.axis as number, cache.shape.length);
  const [length, count] = [cache.shape[axis] as number, update.shape[axis] as number];
  const row = product(cache.shape.slice(axis + 1));
  const pages = product(cache.shape.slice(0, axis));
  const data = cache.data.slice();
  for (let page = 0; page < pages; page++) {
    const start = inputs[2]?.data[Math.floor((page * (cache.shape[0] as number)) / pages)] ?? 0;
    for (let i = 0; i < count; i++) {
      const to = attributes.mode === "circular" ? (start + i) % length : place(start + i, length);
      const from = (page * count + i) * row;
      data.set(update.data.subarray(from, from + row), (page * length + to) * row);
    }
  }
  return [{ ...cache, data }];
};

export const INDEXING: KernelTable = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
  TensorScatter: tensorScatter,
  ReverseSequence: reverseSequence,
  OneHot: oneHot,
  TopK: topK,
  Compress: compress,
  NonZero: nonZero,
  Constant: (_, { value }) => [toValue(value as NdArray)],
};
