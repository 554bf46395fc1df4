import { type AttentionMap, rowWeights, turnMap } from "./attention-map.ts";
import type { Theme } from "./color-table.ts";
import type { LineChart } from "./curve.ts";
import { type HeatMapOptions, layoutHeatMap } from "./heat-map-layout.ts";
import { layoutLineChart } from "./line-chart-layout.ts";
import { element, escapeMarkup } from "./markup.ts";
import { type Language, messages } from "./messages.ts";
import { formatNumber, formatWeight } from "./number-text.ts";
import { REPORT_SCRIPT, REPORT_SCRIPT_HASH } from "./report-script.ts";
import { reportStyle } from "./report-style.ts";
import { MOST_SINGLE_CELLS, type Scene } from "./scene.ts";
import { pageSurface } from "./surface.ts";
import { drawSvg } from "./svg-drawing.ts";
import { type Table, tableHtml } from "./table.ts";
import { tokenText } from "./token-text.ts";

/** A document of sections, each a heading and blocks in the order in which they are read. */
export interface Report {
  readonly title: string;
  readonly subtitle?: string;
  /** @default "en" */
  readonly language?: Language;
  /** `auto` is light, and dark where the reader prefers dark. @default "auto" */
  readonly theme?: Theme | "auto";
  readonly sections: readonly ReportSection[];
}

export interface ReportSection {
  readonly heading: string;
  readonly blocks: readonly ReportBlock[];
}

export type ReportBlock =
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "facts"; readonly facts: readonly (readonly [name: string, value: string | number])[] }
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "chart"; readonly chart: LineChart }
  | { readonly kind: "map"; readonly map: AttentionMap; readonly options?: HeatMapOptions };

/** Widths of pictures, for a page and for a phone. */
const WIDE = 720;
const NARROW = 350;
/** Maps are laid out narrower than the page, so that shrunk to a phone they can still be read. */
const MAP_WIDTH = 540;

/** The whole report as one HTML file: no request leaves it, and its content policy lets only its own script run. */
export function reportHtml(report: Report): string {
  const { language = "en", theme = "auto" } = report;
  const maps = report.sections.flatMap(({ blocks }) => blocks.filter((block) => block.kind === "map"));
  const hasMap = maps.length > 0;
  const policy = ["default-src 'none'", "style-src 'unsafe-inline'", "base-uri 'none'", "form-action 'none'"];
  if (hasMap) policy.push(`script-src '${REPORT_SCRIPT_HASH}'`);
  if (maps.some(({ map }) => !isSmall(map))) policy.push("img-src data:");
  const title = escapeMarkup(report.title);
  const subtitle = report.subtitle ? `<p class="subtitle">${escapeMarkup(report.subtitle)}</p>\n` : "";
  return `<!doctype html>
<html lang="${escapeMarkup(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${theme === "auto" ? "light dark" : theme}">
<meta name="generator" content="Fovea">
<title>${title}</title>
<style>${reportStyle(theme)}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
${subtitle}</header>
${report.sections.map((section) => sectionHtml(section, { language, theme })).join("\n")}
</main>
${hasMap ? `<script>${REPORT_SCRIPT}</script>\n` : ""}</body>
</html>
`;
}

/** What holds for a whole section. */
interface Manner {
  readonly language: Language;
  readonly theme: Theme | "auto";
  readonly heading: string;
}

function sectionHtml({ heading, blocks }: ReportSection, manner: Omit<Manner, "heading">): string {
  const content = blocks.map((block) => blockHtml(block, { ...manner, heading })).join("\n");
  return `<section>\n<h2>${escapeMarkup(heading)}</h2>\n${content}\n</section>`;
}

function blockHtml(block: ReportBlock, manner: Manner): string {
  switch (block.kind) {
    case "paragraph":
      return `<p>${escapeMarkup(block.text)}</p>`;
    case "facts":
      return `<dl class="facts">${block.facts.map(factHtml).join("")}</dl>`;
    case "table":
      return scrolling(tableHtml(block.table), block.table.title ?? manner.heading);
    case "chart":
      return chartHtml(block.chart, manner);
    case "map":
      return mapHtml(block, manner);
  }
}

function factHtml([name, value]: readonly [string, string | number]): string {
  const text = typeof value === "number" ? formatNumber(value) : value;
  return `<div><dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(text)}</dd></div>`;
}

function picture(scene: Scene, theme: Manner["theme"]): string {
  return drawSvg(scene, { standalone: false, theme });
}

/** What may be wider than the page scrolls by itself, by the keyboard too. */
function scrolling(content: string, label: string): string {
  return element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": label }, content);
}

/** Whether a map's cells are drawn one by one and repeated as a table. */
function isSmall({ weights }: AttentionMap): boolean {
  return weights.length <= MOST_SINGLE_CELLS;
}

/** A chart twice, for the page and for the phone: its text keeps its size, and the style sheet shows one of them. */
function chartHtml(chart: LineChart, { language, theme }: Manner): string {
  const at = (width: number) => picture(layoutLineChart(chart, pageSurface({ width }), { language }), theme);
  return `<figure><div class="wide">${at(WIDE)}</div><div class="narrow">${at(NARROW)}</div></figure>`;
}

function mapHtml({ map, options }: Extract<ReportBlock, { kind: "map" }>, { language, theme }: Manner): string {
  const words = messages(language);
  const scene = layoutHeatMap(map, pageSurface({ width: MAP_WIDTH }), { language, ...options });
  const limits = `min-width:${Math.round(0.7 * scene.width)}px;max-width:${Math.round(1.35 * scene.width)}px`;
  const name = scene.title ? `${scene.title}: ${scene.summary}` : scene.summary;
  const drawing = scrolling(`<div style="${limits}">${picture(scene, theme)}</div>`, name);
  const small = isSmall(map);
  const status = small ? `<p class="status" role="status">${escapeMarkup(words.hint)}</p>` : "";
  const table = small
    ? `<details><summary>${escapeMarkup(words.asTable)}</summary>${scrolling(tableHtml(mapTable(options?.transposed ? turnMap(map) : map)), words.asTable)}</details>`
    : "";
  const attributes = small
    ? { class: "map", tabindex: 0, role: "group", "aria-label": name }
    : { role: "group", "aria-label": name };
  return element("figure", attributes, drawing + status + table);
}

function mapTable(map: AttentionMap): Table {
  const weights = (row: number) => rowWeights(map, row).map(formatWeight);
  return {
    columns: [{ name: "" }, ...map.columns.map((token) => ({ name: tokenText(token), align: "right" as const }))],
    rows: map.rows.map((token, row) => [tokenText(token), ...weights(row)]),
  };
}
