import { ShapeError } from "../tensor/errors.ts";

/** One measure over training: a loss, an exact match, a learning rate. Values that are not finite leave a gap. */
export interface Curve {
  readonly name: string;
  readonly unit?: string;
  /** Steps, growing. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Curves of one panel share an axis. @default the unit, or else the name */
  readonly panel?: string;
  /** Whether values scatter about what they measure, as the loss of a batch does: many are then smoothed, too. @default true */
  readonly noisy?: boolean;
}

export interface LineChart {
  readonly title?: string;
  /** What runs across, for instance `step`. */
  readonly across?: string;
  readonly curves: readonly Curve[];
  /** `log` needs values above zero; a panel that has others stays linear. @default "linear" */
  readonly scale?: "linear" | "log";
}

/**
 * @throws ShapeError when x and y differ in length
 * @throws RangeError when there is nothing to draw
 */
export function checkLineChart(chart: LineChart): void {
  for (const { name, x, y } of chart.curves) {
    if (x.length !== y.length) {
      throw new ShapeError(
        `lineChart: expected as many y as x in curve "${name}" but found ${y.length} and ${x.length}`,
      );
    }
  }
  if (!chart.curves.some(({ x, y }) => x.some((value, i) => Number.isFinite(value) && Number.isFinite(y[i])))) {
    throw new RangeError("lineChart: expected at least one finite point but found none");
  }
}

/** Points on one axis, in the order in which their panels are first named. */
export function panelsOf(curves: readonly Curve[]): Curve[][] {
  const panels = new Map<string, Curve[]>();
  for (const curve of curves) {
    const name = curve.panel ?? curve.unit ?? curve.name;
    panels.set(name, [...(panels.get(name) ?? []), curve]);
  }
  return [...panels.values()];
}

export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly noisy?: boolean;
}

/** Curves of at least this many points are smoothed, over a fortieth of them to each side. */
const SMOOTHED = 40;
/** Points that the smoothed line has at most. */
const STRONG_POINTS = 800;

/**
 * The strong line of a curve: through each window of neighbouring points a straight line is fitted and read at its point, so
 * that the line lags neither in the middle nor at the ends. Short curves, and those without noise, stay as they are.
 */
export function smooth(curve: Points): Points {
  if (curve.noisy === false || curve.x.length < SMOOTHED) return { x: curve.x, y: curve.y };
  const { x, y } = averaged(curve, STRONG_POINTS);
  const reach = Math.ceil(y.length / 40);
  return { x, y: y.map((_, i) => fittedValue(y, i, reach)) };
}

/** Least squares over the indexes within `reach` of `i`, read at `i`. */
function fittedValue(y: readonly number[], i: number, reach: number): number {
  let [count, meanOffset, mean] = [0, 0, 0];
  const offsets: number[] = [];
  for (let j = Math.max(0, i - reach); j <= Math.min(y.length - 1, i + reach); j++) {
    if (!Number.isFinite(y[j])) continue;
    count++;
    meanOffset += (j - i - meanOffset) / count;
    mean += ((y[j] as number) - mean) / count;
    offsets.push(j - i);
  }
  let [spread, slope] = [0, 0];
  for (const offset of offsets) {
    spread += (offset - meanOffset) ** 2;
    slope += (offset - meanOffset) * ((y[i + offset] as number) - mean);
  }
  return count === 0 ? Number.NaN : mean - (spread === 0 ? 0 : slope / spread) * meanOffset;
}

/** At most `most` points, each the mean of a run. */
function averaged({ x, y }: Points, most: number): Points {
  const size = Math.ceil(x.length / most);
  if (size === 1) return { x, y };
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const starts = Array.from({ length: Math.ceil(x.length / size) }, (_, i) => i * size);
  return {
    x: starts.map((start) => mean(x.slice(start, start + size))),
    y: starts.map((start) => mean(y.slice(start, start + size).filter(Number.isFinite))),
  };
}

/** At most about `most` points: of each run of points its first, lowest and highest, so that no spike is lost. */
export function thin({ x, y }: Points, most: number): Points {
  if (x.length <= most) return { x, y };
  const size = Math.ceil((3 * x.length) / most);
  const kept: number[] = [];
  for (let start = 0; start < x.length; start += size) {
    const end = Math.min(x.length, start + size);
    let [lowest, highest] = [start, start];
    for (let i = start; i < end; i++) {
      const value = y[i] as number;
      if (!Number.isFinite(value)) continue;
      if (!(value >= (y[lowest] as number))) lowest = i;
      if (!(value <= (y[highest] as number))) highest = i;
    }
    kept.push(...new Set([start, lowest, highest].sort((a, b) => a - b)));
  }
  const last = x.length - 1;
  if (kept.at(-1) !== last) kept.push(last);
  return { x: kept.map((i) => x[i] as number), y: kept.map((i) => y[i] as number) };
}
