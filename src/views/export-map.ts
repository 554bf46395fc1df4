import type { Explanation } from "../tasks/events.ts";
import { predictionLine } from "./answer-line.ts";
import type { AttentionMap } from "./attention-map.ts";
import type { Theme } from "./color-table.ts";
import { explanationJson } from "./explanation-json.ts";
import { explanationReport, mapBlock } from "./explanation-report.ts";
import type { HeatMapOptions } from "./heat-map-layout.ts";
import { messages } from "./messages.ts";
import { attentionMapNpy } from "./npy.ts";
import { renderCsv, renderJson, renderSvg, renderTerminal, type TerminalOptions } from "./render.ts";
import { reportHtml } from "./report.ts";

/** What can be exported: an answer with its map, or a map alone. */
export type Exportable = Explanation | AttentionMap;

export interface ExportOptions extends HeatMapOptions {
  /** `auto` follows the reader; plain text and data have none. @default "auto" */
  readonly theme?: Theme | "auto";
}

export interface ExportFormat {
  readonly name: "svg" | "html" | "json" | "csv" | "npy" | "txt";
  /** How a file's name ends, with the dot. */
  readonly ending: string;
  readonly mime: string;
  readonly make: (what: Exportable, options?: ExportOptions) => string | Uint8Array;
}

/**
 * The files that a map can become, for the command line and for a page alike. PNG is not among them, because it needs something
 * that draws text: `renderPng` of `fovea/node` in Node, `svgToPng` in a page.
 */
export const EXPORTS: readonly ExportFormat[] = [
  { name: "txt", ending: ".txt", mime: "text/plain", make: (what, options) => exportText(what, plain(options)) },
  { name: "json", ending: ".json", mime: "application/json", make: exportJson },
  { name: "csv", ending: ".csv", mime: "text/csv", make: (what) => renderCsv(mapOf(what)) },
  { name: "npy", ending: ".npy", mime: "application/octet-stream", make: (what) => attentionMapNpy(mapOf(what)) },
  { name: "svg", ending: ".svg", mime: "image/svg+xml", make: (what, options) => renderSvg(mapOf(what), options) },
  { name: "html", ending: ".html", mime: "text/html", make: exportHtml },
];

/** The map of an answer has its weights as the 32-bit floats that they are, which print shorter. */
export function mapOf(what: Exportable): AttentionMap {
  return isExplanation(what) ? { ...what.map, weights: Float32Array.from(what.map.weights) } : what;
}

/** The answer, and below it the map in characters. */
export function exportText(what: Exportable, options: TerminalOptions = {}): string {
  const drawing = `${renderTerminal(mapOf(what), options)}\n`;
  return isExplanation(what) ? `${predictionLine(what.prediction, options.language)}\n\n${drawing}` : drawing;
}

function exportJson(what: Exportable): string {
  return isExplanation(what) ? explanationJson({ ...what, map: mapOf(what) }) : renderJson(what);
}

function exportHtml(what: Exportable, options: ExportOptions = {}): string {
  const { theme, ...map } = options;
  const manner = { language: map.language ?? "en", theme: theme ?? "auto" } as const;
  if (isExplanation(what)) return reportHtml(explanationReport(what, { ...manner, map }));
  const { title, ...untitled } = what;
  const heading = messages(map.language).weight;
  return reportHtml({
    title: title ?? heading,
    ...manner,
    sections: [{ heading, blocks: [mapBlock(untitled, map)] }],
  });
}

/** Text has no theme. */
function plain({ theme, ...options }: ExportOptions = {}): HeatMapOptions {
  return options;
}

function isExplanation(what: Exportable): what is Explanation {
  return "prediction" in what;
}
