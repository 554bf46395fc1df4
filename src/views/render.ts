import type { AttentionMap } from "./attention-map.ts";
import { attentionMapCsv, type CsvOptions, lineChartCsv, tableCsv } from "./csv.ts";
import type { LineChart } from "./curve.ts";
import { type HeatMapOptions, layoutHeatMap } from "./heat-map-layout.ts";
import { attentionMapJson, lineChartJson, tableJson } from "./json.ts";
import { layoutLineChart } from "./line-chart-layout.ts";
import type { Scene } from "./scene.ts";
import { pageSurface, type Surface, terminalSurface } from "./surface.ts";
import { drawSvg, type SvgDrawing } from "./svg-drawing.ts";
import { type Table, tableText } from "./table.ts";
import { drawTerminal, type TerminalDrawing } from "./terminal-drawing.ts";

/** What can be shown. Each is told by what it holds: weights, curves or marks. */
export type Picture = AttentionMap | LineChart | Scene;

export interface TerminalOptions extends HeatMapOptions, Partial<TerminalDrawing> {
  /** Lines that a map may take before it is drawn smaller. @default 24 */
  readonly height?: number;
}

/**
 * A picture or a table as lines of text, without colour and 80 columns wide if nothing else is said.
 */
export function renderTerminal(picture: Picture | Table, options: TerminalOptions = {}): string {
  const { color = "none", width = 80, unicode = true } = options;
  if (isTable(picture)) return tableText(picture, { width, unicode, styled: color !== "none" });
  const halfBlocks = color !== "none" && unicode;
  const surface = terminalSurface({
    width,
    halfBlocks,
    ...(options.height === undefined ? {} : { height: options.height }),
  });
  return drawTerminal(sceneOf(picture, surface, options), { ...options, color, width, unicode });
}

export interface SvgOptions extends HeatMapOptions, SvgDrawing {
  /** Pixels across, at the most for a map. @default 720 */
  readonly width?: number;
}

/** A picture as SVG: a file of its own unless `standalone` is false. */
export function renderSvg(picture: Picture, options: SvgOptions = {}): string {
  const surface = pageSurface(options.width === undefined ? {} : { width: options.width });
  return drawSvg(sceneOf(picture, surface, options), options);
}

/** A map, a chart or a table as CSV (RFC 4180). */
export function renderCsv(picture: AttentionMap | LineChart | Table, options: CsvOptions = {}): string {
  if (isTable(picture)) return tableCsv(picture, options);
  return "curves" in picture ? lineChartCsv(picture, options) : attentionMapCsv(picture, options);
}

/** A map, a chart or a table as JSON. */
export function renderJson(picture: AttentionMap | LineChart | Table): string {
  if (isTable(picture)) return tableJson(picture);
  return "curves" in picture ? lineChartJson(picture) : attentionMapJson(picture);
}

function isTable(picture: Picture | Table): picture is Table {
  return !("weights" in picture || "curves" in picture || "marks" in picture);
}

function sceneOf(picture: Picture, surface: Surface, options: HeatMapOptions): Scene {
  if ("marks" in picture) return picture;
  return "curves" in picture ? layoutLineChart(picture, surface, options) : layoutHeatMap(picture, surface, options);
}
