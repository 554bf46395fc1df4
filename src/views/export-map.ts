import type { Change, Explanation } from "../tasks/events.ts";
import { predictionLine } from "./answer-line.ts";
import type { AttentionMap } from "./attention-map.ts";
import { changedTitle, changeText, isChange } from "./change-text.ts";
import type { Theme } from "./color-table.ts";
import type { LineChart } from "./curve.ts";
import { explanationJson } from "./explanation-json.ts";
import { explanationReport, mapBlock } from "./explanation-report.ts";
import { faithfulnessFact } from "./faithfulness-text.ts";
import type { HeatMapOptions } from "./heat-map-layout.ts";
import { changedJson } from "./json.ts";
import { messages } from "./messages.ts";
import { attentionMapNpy } from "./npy.ts";
import { renderCsv, renderJson, renderSvg, renderTerminal, type TerminalOptions } from "./render.ts";
import { reportHtml } from "./report.ts";

/** What can be exported: an answer with its map, a map alone, or curves. */
export type Exportable = Explanation | AttentionMap | LineChart;

export interface ExportOptions extends Omit<HeatMapOptions, "note"> {
  /** `auto` follows the reader; plain text and data have none. @default "auto" */
  readonly theme?: Theme | "auto";
  /** What a reader changed of how the model reads; said in every file that has room for words. */
  readonly change?: Change | undefined;
}

export interface ExportFormat {
  readonly name: "svg" | "html" | "json" | "csv" | "npy" | "txt";
  /** How a file's name ends, with the dot. */
  readonly ending: string;
  readonly mime: string;
  /** Whether it can hold this: NumPy's format is for maps. */
  readonly takes: (what: Exportable) => boolean;
  readonly make: (what: Exportable, options?: ExportOptions) => string | Uint8Array;
}

const always = () => true;

/**
 * The files that a map can become, for the command line and for a page alike. PNG is not among them, because it needs something
 * that draws text: `renderPng` of `fovea/node` in Node, `svgToPng` in a page.
 */
export const EXPORTS: readonly ExportFormat[] = [
  { name: "txt", ending: ".txt", mime: "text/plain", takes: always, make: exportPlain },
  { name: "json", ending: ".json", mime: "application/json", takes: always, make: exportJson },
  { name: "csv", ending: ".csv", mime: "text/csv", takes: always, make: (what) => renderCsv(picture(what)) },
  {
    name: "npy",
    ending: ".npy",
    mime: "application/octet-stream",
    takes: (what) => !isChart(what),
    make: (what) => attentionMapNpy(mapOf(what)),
  },
  { name: "svg", ending: ".svg", mime: "image/svg+xml", takes: always, make: exportSvg },
  { name: "html", ending: ".html", mime: "text/html", takes: always, make: exportHtml },
];

/**
 * The map of an answer has its weights as the 32-bit floats that they are, which print shorter.
 *
 * @throws RangeError for curves, which have none
 */
export function mapOf(what: Exportable): AttentionMap {
  if (isExplanation(what)) return { ...what.map, weights: Float32Array.from(what.map.weights) };
  if (isChart(what)) throw new RangeError("mapOf: expected an answer or a map but found curves; take another format");
  return what;
}

/** The answer, what was changed, and below it the map in characters. */
export function exportText(what: Exportable, options: TerminalOptions & Pick<ExportOptions, "change"> = {}): string {
  const { change, ...drawing } = options;
  if (isChart(what)) return `${renderTerminal(what, drawing)}\n`;
  const { map, note } = changed(what, options);
  const drawn = `${renderTerminal(map, { ...drawing, ...note })}\n`;
  if (!isExplanation(what)) return drawn;
  const fact = what.faithfulness && !isChange(change) && faithfulnessFact(what.faithfulness, options.language);
  const below = fact ? `\n${fact.join(": ")}\n` : "";
  return `${predictionLine(what.prediction, options.language)}\n\n${drawn}${below}`;
}

/** Text has no theme. */
function exportPlain(what: Exportable, { theme, ...options }: ExportOptions = {}): string {
  return exportText(what, options);
}

function exportSvg(what: Exportable, { change, ...options }: ExportOptions = {}): string {
  if (isChart(what)) return renderSvg(what, options);
  const { map, note } = changed(what, { ...options, change });
  return renderSvg(map, { ...options, ...note });
}

function exportJson(what: Exportable, { change }: ExportOptions = {}): string {
  const kept = isChange(change) ? change : undefined;
  if (isExplanation(what)) return explanationJson({ ...what, map: mapOf(what) }, kept);
  return kept ? changedJson(renderJson(what), kept) : renderJson(what);
}

function exportHtml(what: Exportable, options: ExportOptions = {}): string {
  const { theme = "auto", change, ...drawing } = options;
  const { language = "en" } = options;
  const manner = { language, theme } as const;
  if (isExplanation(what)) return reportHtml(explanationReport(what, { ...manner, map: drawing, change }));
  if (isChart(what)) {
    const { title, ...chart } = what;
    const heading = title ?? chart.curves.map(({ name }) => name).join(", ");
    return reportHtml({ title: heading, ...manner, sections: [{ heading, blocks: [{ kind: "chart", chart }] }] });
  }
  const { map, note } = changed(what, options);
  const { title, ...untitled } = map;
  const heading = messages(language).weight;
  return reportHtml({
    title: title ?? heading,
    ...(note.note === undefined ? {} : { subtitle: note.note }),
    ...manner,
    sections: [{ heading, blocks: [mapBlock(untitled, drawing)] }],
  });
}

/** The map with a title that says that it was changed, and the line that says how. */
function changed(
  what: Explanation | AttentionMap,
  { change, language = "en" }: Pick<ExportOptions, "change" | "language">,
): { readonly map: AttentionMap; readonly note: { readonly note?: string } } {
  const map = mapOf(what);
  if (!isChange(change)) return { map, note: {} };
  const note = { note: changeText(change, map.columns, language) };
  return { map: map.title === undefined ? map : { ...map, title: changedTitle(map.title, language) }, note };
}

function picture(what: Exportable): AttentionMap | LineChart {
  return isChart(what) ? what : mapOf(what);
}

function isExplanation(what: Exportable): what is Explanation {
  return "prediction" in what;
}

function isChart(what: Exportable): what is LineChart {
  return "curves" in what;
}
