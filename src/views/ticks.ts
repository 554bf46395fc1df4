import { formatNumber } from "./number-text.ts";

/** Marks of an axis at 1, 2 and 5 times powers of ten. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  /** Place of a value on the axis from 0 to 1. */
  readonly place: (value: number) => number;
  readonly text: (value: number) => string;
}

/** The smallest of 1, 2, 5 × 10ⁿ that is not below `size`. */
export function niceStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= size * (1 - 1e-9)) as number;
  return factor * power;
}

/**
 * A linear axis with at most `most` steps whose ends are ticks.
 *
 * @param most how many steps there is room for, at least 1
 */
export function linearAxis(low: number, high: number, most: number): Axis {
  const [from, to] = low < high ? [low, high] : widen(low);
  const step = niceStep((to - from) / Math.max(1, most));
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => cleaned((first + i) * step));
  const [start, end] = [ticks[0] as number, ticks.at(-1) as number];
  return { low: start, high: end, ticks, place: (value) => (value - start) / (end - start), text: formatNumber };
}

/** A linear axis that ends where its values end; its ticks lie within, or are its ends where fewer than two do. */
export function tightAxis(low: number, high: number, most: number): Axis {
  const [from, to] = low < high ? [low, high] : widen(low);
  const axis = linearAxis(from, to, most);
  const inside = axis.ticks.filter((tick) => tick >= from && tick <= to);
  const ticks = inside.length > 1 ? inside : [from, to];
  return { ...axis, low: from, high: to, ticks, place: (value) => (value - from) / (to - from) };
}

/** A logarithmic axis over positive values: ticks at 1, 2, 5 × 10ⁿ, or at powers of ten where those are too many. */
export function logAxis(low: number, high: number, most: number): Axis {
  const from = Math.floor(Math.log10(low) + 1e-9);
  const to = Math.max(from + 1, Math.ceil(Math.log10(high) - 1e-9));
  const factors = (to - from) * 3 <= most ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil((to - from) / Math.max(1, most)));
  const ticks: number[] = [];
  for (let power = from; power <= to; power += every) {
    for (const factor of factors) if (power < to || factor === 1) ticks.push(cleaned(factor * 10 ** power));
  }
  return {
    low: 10 ** from,
    high: 10 ** to,
    ticks,
    place: (value) => (Math.log10(value) - from) / (to - from),
    text: formatNumber,
  };
}

/** A range around a single value. */
function widen(value: number): [number, number] {
  const half = value === 0 ? 1 : Math.abs(value) / 2;
  return [value - half, value + half];
}

/** Without the last digits that binary fractions leave behind: 0.30000000000000004 becomes 0.3. */
function cleaned(value: number): number {
  return Number(value.toPrecision(12));
}
