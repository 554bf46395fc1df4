import type { LineChart } from "../curve.ts";
import type { LineChartLayout } from "../line-chart-layout.ts";
import { formatNumber } from "../number-text.ts";
import { visibleText } from "../token-text.ts";

/** What a chart says at a place across: the nearest point of each curve, as it was given and not smoothed. */

export interface Reading {
  /** Which curve of the chart. */
  readonly index: number;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface ChartReading {
  readonly x: number;
  readonly readings: readonly Reading[];
}

/** The index in growing `xs` whose value is nearest; −1 for none. */
export function nearestIndex(xs: readonly number[], value: number): number {
  let [low, high] = [0, xs.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  const before = low > 0 && value - (xs[low - 1] as number) <= (xs[low] as number) - value;
  return xs.length === 0 ? -1 : before ? low - 1 : low;
}

/** Reads all curves at the point, of any curve, that is nearest to `x`; undefined where there is none. */
export function readChart(chart: LineChart, x: number): ChartReading | undefined {
  let at: number | undefined;
  for (const curve of chart.curves) {
    const value = curve.x[nearestIndex(curve.x, x)];
    if (value !== undefined && (at === undefined || Math.abs(value - x) < Math.abs(at - x))) at = value;
  }
  if (at === undefined) return undefined;
  const readings: Reading[] = [];
  for (const [index, curve] of chart.curves.entries()) {
    const place = nearestIndex(curve.x, at);
    if (place < 0) continue;
    const y = curve.y[place] as number;
    const unit = curve.unit === undefined ? "" : ` ${visibleText(curve.unit)}`;
    const text = `${formatNumber(y, 5)}${unit}`;
    readings.push({ index, name: visibleText(curve.name), x: curve.x[place] as number, y, text });
  }
  return { x: at, readings };
}

/** The point of any curve that follows `x`, or comes before it; `x` itself at the ends. */
export function neighbour(chart: LineChart, x: number, direction: 1 | -1): number {
  let found: number | undefined;
  for (const { x: xs } of chart.curves) {
    // From the nearest point the wanted one is at most one further.
    const start = nearestIndex(xs, x);
    for (const value of [xs[start - 1], xs[start], xs[start + 1]]) {
      if (value === undefined || (value - x) * direction <= 0) continue;
      if (found === undefined || (value - found) * direction < 0) found = value;
    }
  }
  return found ?? x;
}

/** Where a value stands on a chart, in its pixels. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export function placeOfReading({ panels }: LineChartLayout, reading: Reading): ChartPoint | undefined {
  for (const { frame, series } of panels) {
    if (!series.some(({ index }) => index === reading.index)) continue;
    const y = frame.bottom - (frame.bottom - frame.top) * frame.y.place(reading.y);
    return { x: placeAcross(frame, reading.x), y };
  }
  return undefined;
}

type Frame = LineChartLayout["panels"][number]["frame"];

export function placeAcross({ left, right, x }: Frame, value: number): number {
  return left + (right - left) * x.place(value);
}

/** The value across that stands at a pixel. */
export function valueAcross({ left, right, x }: Frame, pixel: number): number {
  const share = Math.min(1, Math.max(0, (pixel - left) / Math.max(1e-9, right - left)));
  return x.low + (x.high - x.low) * share;
}
