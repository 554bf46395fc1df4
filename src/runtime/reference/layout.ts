import { formatShape, normalizeAxis, product, ShapeError, strides } from "../../tensor/index.ts";
import type { Value } from "./value.ts";

/** Copies a strided view, row by row: element `i, j, …` is `data[offset + i · steps[0] + j · steps[1] + …]`. */
export function strided(
  data: Float64Array,
  shape: readonly number[],
  { steps, offset = 0 }: { steps: readonly number[]; offset?: number },
): Float64Array {
  const out = new Float64Array(product(shape));
  if (out.length === 0) return out;
  const rank = shape.length;
  const index = new Array<number>(rank).fill(0);
  const length = shape[rank - 1] ?? 1;
  const step = steps[rank - 1] ?? 0;
  let from = offset;
  for (let to = 0; to < out.length; ) {
    for (let i = 0; i < length; i++) out[to++] = data[from + i * step] as number;
    for (let axis = rank - 2; axis >= 0; axis--) {
      from += steps[axis] as number;
      if (++(index[axis] as number) < (shape[axis] as number)) break;
      from -= (shape[axis] as number) * (steps[axis] as number);
      index[axis] = 0;
    }
  }
  return out;
}

/** The shape that all stretch to, by NumPy's rule. */
export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const dims = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const dim = dims.find((found) => found !== 1) ?? 1;
    if (dims.some((found) => found !== dim && found !== 1)) {
      throw new ShapeError(
        `reference: expected shapes that broadcast but found ${shapes.map(formatShape).join(" and ")}`,
      );
    }
    return dim;
  });
}

/** Repeats axes of length 1 (and absent leading axes) up to a shape that `broadcastShape` gave. */
export function broadcastTo(value: Value, shape: readonly number[]): Value {
  const missing = shape.length - value.shape.length;
  if (missing === 0 && shape.every((dim, axis) => dim === value.shape[axis])) return value;
  const own = strides(value.shape);
  const steps = shape.map((_, axis) => (axis < missing || value.shape[axis - missing] === 1 ? 0 : own[axis - missing]));
  return { ...value, data: strided(value.data, shape, { steps: steps as number[] }), shape };
}

/** Axes in the order of `order`. */
export function permute(value: Value, order: readonly number[]): Value {
  const own = strides(value.shape);
  const shape = order.map((axis) => value.shape[axis] as number);
  return { ...value, data: strided(value.data, shape, { steps: order.map((axis) => own[axis] as number) }), shape };
}

/** Axes counted from the front, each once, in rising order. */
export function normalizeAxes(axes: readonly number[], rank: number): number[] {
  const found = new Set(axes.map((axis) => normalizeAxis("reference", axis, rank)));
  return [...found].sort((a, b) => a - b);
}

/** The vectors along some axes (flattened together, in their order), and the shape of the other axes. */
export function lanesOf(value: Value, axes: readonly number[]): { lanes: Float64Array[]; outer: number[] } {
  const kept = value.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const outer = kept.map((axis) => value.shape[axis] as number);
  const length = product(axes.map((axis) => value.shape[axis] as number));
  const { data } = permute(value, [...kept, ...axes]);
  const lanes = Array.from({ length: product(outer) }, (_, i) => data.subarray(i * length, (i + 1) * length));
  return { lanes, outer };
}

/** Replaces every vector along an axis by another, all of one length. */
export function mapLanes(value: Value, axis: number, f: (lane: Float64Array) => ArrayLike<number>): Value {
  const at = normalizeAxis("reference", axis, value.shape.length);
  const { lanes, outer } = lanesOf(value, [at]);
  const results = lanes.map(f);
  const length = results[0]?.length ?? (value.shape[at] as number);
  const data = new Float64Array(results.length * length);
  for (const [i, result] of results.entries()) data.set(result, i * length);
  const order = outer.map((_, i) => i).toSpliced(at, 0, outer.length);
  return permute({ ...value, data, shape: [...outer, length] }, order);
}

/** `output[i, j, …] = input[picks[0][i], picks[1][j], …]`; where a pick is −1, `fill`. */
export function pick(value: Value, picks: readonly (readonly number[])[], fill = 0): Value {
  const own = strides(value.shape);
  let places = [0];
  for (const [axis, indices] of picks.entries()) {
    const step = own[axis] as number;
    places = places.flatMap((place) => indices.map((index) => (place < 0 || index < 0 ? -1 : place + index * step)));
  }
  const data = Float64Array.from(places, (place) => (place < 0 ? fill : (value.data[place] as number)));
  return { ...value, data, shape: picks.map((indices) => indices.length) };
}

export function reshaped(value: Value, shape: readonly number[]): Value {
  return { ...value, shape };
}
