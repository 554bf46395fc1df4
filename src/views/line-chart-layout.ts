import { type Curve, checkLineChart, type LineChart, type Points, panelsOf, smooth, thin } from "./curve.ts";
import { type Language, messages } from "./messages.ts";
import type { LineMark, Mark, Scene } from "./scene.ts";
import { layoutSeriesNames, type Series } from "./series-names.ts";
import type { Surface } from "./surface.ts";
import { type Axis, linearAxis, logAxis, tightAxis } from "./ticks.ts";
import { layoutTitle } from "./title.ts";
import { visibleText } from "./token-text.ts";

export interface LineChartOptions {
  /** @default "en" */
  readonly language?: Language;
}

/** Where the curves of a panel are drawn. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: Axis;
  readonly y: Axis;
}

/** A chart that was laid out, with what a view needs to read values off it. */
export interface LineChartLayout {
  readonly scene: Scene;
  readonly panels: readonly { readonly frame: Frame; readonly series: readonly Series[] }[];
}

/** Lays curves out over one axis across, a panel below the other for each unit. */
export function layoutLineChart(chart: LineChart, surface: Surface, options: LineChartOptions = {}): Scene {
  return layoutLineChartPanels(chart, surface, options).scene;
}

/** The same with the place and the axes of each panel. */
export function layoutLineChartPanels(
  chart: LineChart,
  surface: Surface,
  options: LineChartOptions = {},
): LineChartLayout {
  checkLineChart(chart);
  const { margin, line } = surface;
  const isPage = surface.kind === "page";
  const most = Math.max(1, Math.floor(surface.chart.panelHeight / surface.chart.tickHeight));
  const order = new Map(chart.curves.map((curve, index) => [curve, index]));
  const panels = panelsOf(chart.curves).map((curves) => ({
    y: valueAxis(curves, chart.scale ?? "linear", most),
    series: curves.map((curve): Series => ({ curve, strong: smooth(curve), index: order.get(curve) as number })),
  }));
  const widest = Math.max(
    ...panels.flatMap(({ y }) => y.ticks.map((tick) => surface.textWidth(y.text(tick), "faint"))),
  );
  const left = margin + widest + surface.gap + (isPage ? 0 : 1);
  const right = surface.width - margin - (isPage ? 6 : 0);
  const steps = chart.curves.flatMap((curve) => curve.x.filter(Number.isFinite));
  const x = acrossAxis(steps, Math.max(1, Math.floor((right - left) / surface.chart.tickWidth)));

  const marks: Mark[] = [];
  const laid: { frame: Frame; series: readonly Series[] }[] = [];
  let y = margin;
  const title = layoutTitle(chart.title, surface, { x: margin, y });
  marks.push(...title.marks);
  y += title.height;
  for (const [index, panel] of panels.entries()) {
    const names = layoutSeriesNames(panel.series, surface, { x: left, y, right });
    const top = y + names.height + (isPage ? 8 : 0);
    const frame = { left, right, top, bottom: top + surface.chart.panelHeight, x, y: panel.y };
    marks.push(...names.marks, ...layoutFrame(frame, surface, index === panels.length - 1));
    marks.push(...panel.series.flatMap((series) => layoutCurve(series, frame, surface)));
    laid.push({ frame, series: panel.series });
    y = frame.bottom + (isPage ? 12 : 1);
  }
  y += isPage ? 10 : 1;
  if (chart.across !== undefined) {
    const text = visibleText(chart.across);
    marks.push({ kind: "text", x: right, y: y + line / 2, text, anchor: "end", tone: "faint" });
    y += line;
  }
  const summary = messages(options.language).chartSummary(chart.curves.map(({ name }) => visibleText(name)).join(", "));
  const named = chart.title && visibleText(chart.title);
  return { scene: { width: surface.width, height: y + margin, title: named, summary, marks }, panels: laid };
}

const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const greatest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

/** From zero, unless that would leave half of the room empty; never beyond the last step. */
function acrossAxis(steps: readonly number[], most: number): Axis {
  const [low, high] = [least(steps), greatest(steps)];
  if (low < 0) return tightAxis(low, high, most);
  return tightAxis(low <= high / 2 || low === high ? 0 : low, high > 0 ? high : 1, most);
}

function valueAxis(curves: readonly Curve[], scale: "linear" | "log", most: number): Axis {
  const values = curves.flatMap((curve) => curve.y.filter(Number.isFinite));
  if (curves.every(({ unit }) => unit === "%")) return percentAxis(values, most);
  return axisOf(values, scale, most);
}

/** Shares are never below nothing or above the whole, so that a flat curve of them is seen against both. */
function percentAxis(values: readonly number[], most: number): Axis {
  const [low, high] = [least(values), greatest(values)];
  const isShare = low >= 0 && high <= 100;
  const axis = isShare && low === high ? linearAxis(0, 100, most) : axisOf(values, "linear", most);
  return { ...axis, text: (value) => `${axis.text(value)} %` };
}

function axisOf(values: readonly number[], scale: "linear" | "log", most: number): Axis {
  if (values.length === 0) return linearAxis(0, 1, most);
  if (scale === "log" && least(values) > 0) return logAxis(least(values), greatest(values), most);
  // Measures that come near zero are read from zero.
  const low = least(values) >= 0 && least(values) < greatest(values) / 3 ? 0 : least(values);
  return linearAxis(low, greatest(values), most);
}

function layoutFrame(frame: Frame, surface: Surface, isLast: boolean): Mark[] {
  const { left, right, top, bottom, x, y } = frame;
  const isPage = surface.kind === "page";
  const marks: Mark[] = [];
  const straight = (xs: [number, number], ys: [number, number], role: "axis" | "grid"): LineMark => {
    return { kind: "line", xs, ys, role, weight: "faint" };
  };
  for (const tick of y.ticks) {
    const level = valuePlace(frame, surface, tick);
    if (isPage) marks.push(straight([left, right], [level, level], "grid"));
    const at = left - surface.gap - (isPage ? 0 : 1);
    marks.push({ kind: "text", x: at, y: level, text: y.text(tick), anchor: "end", tone: "faint" });
  }
  if (!isPage) marks.push(straight([left - 1, left - 1], [top, bottom], "axis"));
  marks.push(straight([left, right], [bottom, bottom], "axis"));
  for (const tick of isLast ? x.ticks : []) {
    const at = left + (right - left) * x.place(tick);
    if (isPage) marks.push(straight([at, at], [bottom, bottom + 4], "axis"));
    const text = x.text(tick);
    const half = surface.textWidth(text, "faint") / 2;
    const anchor = at + half > right + surface.margin / 2 ? "end" : at - half < left - surface.gap ? "start" : "middle";
    // The middle of the character cell that the curve passes through.
    const x0 = isPage || anchor !== "middle" ? at : Math.floor(at) + 0.5;
    marks.push({ kind: "text", x: x0, y: bottom + (isPage ? 13 : 1), text, anchor, tone: "faint" });
  }
  return marks;
}

/** Height of a value: on a page down to the axis, in a terminal down to the line of text above it. */
function valuePlace({ top, bottom, y }: Frame, surface: Surface, value: number): number {
  const lowest = surface.kind === "page" ? bottom : bottom - 0.01;
  return lowest - (lowest - top) * y.place(value);
}

/** A curve as it is, faint, and smoothed, strong. */
function layoutCurve({ curve, strong, index }: Series, frame: Frame, surface: Surface): Mark[] {
  const { left, right, x } = frame;
  const line = (points: Points, weight: "strong" | "faint"): LineMark => ({
    kind: "line",
    xs: points.x.map((value) => left + (right - left - 0.01) * x.place(value)),
    ys: points.y.map((value) => valuePlace(frame, surface, value)),
    role: index,
    weight,
  });
  const raw = line(thin(curve, 3 * surface.width), strong.y === curve.y ? "strong" : "faint");
  const lines = strong.y === curve.y ? [raw] : [raw, line(strong, "strong")];
  const dots = surface.kind === "page" ? lonelyPoints(curve) : { x: [], y: [] };
  return dots.x.length === 0 ? lines : [...lines, { ...line(dots, "faint"), weight: "dot" }];
}

/** Points without a neighbour, of which a line shows nothing. */
function lonelyPoints({ x, y }: Points): Points {
  const isThere = (i: number) => Number.isFinite(x[i]) && Number.isFinite(y[i]);
  const places = x.flatMap((_, i) => (isThere(i) && !isThere(i - 1) && !isThere(i + 1) ? [i] : []));
  return { x: places.map((i) => x[i] as number), y: places.map((i) => y[i] as number) };
}
