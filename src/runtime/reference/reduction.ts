import { normalizeAxis } from "../../tensor/index.ts";
import { given, type Inputs, type Kernel, type KernelTable, list } from "./kernel.ts";
import { lanesOf, mapLanes, normalizeAxes } from "./layout.ts";
import { rangeOf, type Value, wrap } from "./value.ts";

type Lane = Float64Array;

function keptShape(shape: readonly number[], axes: readonly number[], keep: boolean): number[] {
  return keep ? shape.map((dim, i) => (axes.includes(i) ? 1 : dim)) : shape.filter((_, i) => !axes.includes(i));
}

/** Reduces the lanes along the axes that are given, or along all where none are. */
function reduction(f: (lane: Lane, limits: { low: number; high: number }) => number): Kernel {
  return (inputs, { keepdims, noop_with_empty_axes }) => {
    const value = given(inputs, 0);
    const rank = value.shape.length;
    const named = list(inputs, 1) ?? [];
    const all = named.length === 0 && !noop_with_empty_axes;
    const axes = all ? value.shape.map((_, axis) => axis) : normalizeAxes(named, rank);
    const limits = rangeOf(value.dtype);
    const results = lanesOf(value, axes).lanes.map((lane) => wrap(f(lane, limits), value.dtype));
    const shape = keptShape(value.shape, axes, keepdims !== 0);
    return [{ data: Float64Array.from(results), shape, dtype: value.dtype }];
  };
}

/** The sum of `f(x)`, by default of x. */
export function sum(lane: Lane, f?: (x: number) => number): number {
  let total = 0;
  for (const x of lane) total += f ? f(x) : x;
  return total;
}

export function largest(lane: Lane, low: number = Number.NEGATIVE_INFINITY): number {
  let found = low;
  for (let i = 0; i < lane.length; i++) found = Math.max(found, lane[i] as number);
  return found;
}

function smallest(lane: Lane, high: number): number {
  let found = high;
  for (let i = 0; i < lane.length; i++) found = Math.min(found, lane[i] as number);
  return found;
}

export function logSumExp(lane: Lane): number {
  const top = largest(lane);
  return Number.isFinite(top) ? top + Math.log(sum(lane, (x) => Math.exp(x - top))) : top;
}

/** The first (or last) index that no element beats. */
function indexReduction(beats: (x: number, y: number) => boolean): Kernel {
  return (inputs, attributes) => {
    const value = given(inputs, 0);
    const axis = normalizeAxis("reference", attributes.axis as number, value.shape.length);
    const best = (lane: Lane) => {
      let found = 0;
      for (let i = 1; i < lane.length; i++) {
        const [x, y] = [lane[i] as number, lane[found] as number];
        if (beats(x, y) || (attributes.select_last_index && x === y)) found = i;
      }
      return found;
    };
    const data = Float64Array.from(lanesOf(value, [axis]).lanes.map(best));
    return [{ data, shape: keptShape(value.shape, [axis], attributes.keepdims !== 0), dtype: "int64" }];
  };
}

/** Running totals along an axis, from the front or the back, with or without the element itself. */
function cumulative(start: number, f: (total: number, x: number) => number): Kernel {
  return (inputs: Inputs, { exclusive, reverse }) => {
    const value: Value = given(inputs, 0);
    const run = (lane: Lane) => {
      const out = new Float64Array(lane.length);
      let total = start;
      for (let step = 0; step < lane.length; step++) {
        const i = reverse ? lane.length - 1 - step : step;
        const next = wrap(f(total, lane[i] as number), value.dtype);
        out[i] = exclusive ? total : next;
        total = next;
      }
      return out;
    };
    return [mapLanes(value, given(inputs, 1).data[0] as number, run)];
  };
}

export const REDUCTIONS: KernelTable = {
  ReduceSum: reduction((lane) => sum(lane)),
  ReduceMean: reduction((lane) => sum(lane) / lane.length),
  ReduceMax: reduction((lane, { low }) => largest(lane, low)),
  ReduceMin: reduction((lane, { high }) => smallest(lane, high)),
  ReduceProd: reduction((lane) => lane.reduce((product, x) => product * x, 1)),
  ReduceSumSquare: reduction((lane) => sum(lane, (x) => x * x)),
  ReduceL1: reduction((lane) => sum(lane, Math.abs)),
  ReduceL2: reduction((lane) => Math.sqrt(sum(lane, (x) => x * x))),
  ReduceLogSum: reduction((lane) => Math.log(sum(lane))),
  ReduceLogSumExp: reduction(logSumExp),
  ArgMax: indexReduction((x, y) => x > y),
  ArgMin: indexReduction((x, y) => x < y),
  CumSum: cumulative(0, (total, x) => total + x),
  CumProd: cumulative(1, (total, x) => total * x),
};
