/**
 * Views: attention maps, training curves, tables and reports, drawn for a terminal, as SVG, as HTML, as CSV and as JSON.
 * A layout turns a picture into a scene (plain data) once; each back end only draws scenes. Everything here is a pure function
 * from data to a string and runs in Node and in browsers alike; the environment and the clock are passed in.
 * May import `tensor`, `autodiff`, `onnx`, `runtime`, `nn`, `attention`, `models`, `data` and `tasks`.
 */
export {
  type AttentionMap,
  checkAttentionMap,
  type MapAxes,
  poolMaximum,
  rowEntropy,
  rowRanks,
  rowWeights,
} from "./attention-map.ts";
export {
  BLUE_WHITE_ORANGE,
  CIVIDIS,
  hexColor,
  inkOn,
  type Rgb,
  relativeLuminance,
  SERIES_COLORS,
  sequentialTable,
  shadeIndex,
  signedIndex,
  type Theme,
  WHITE_TO_BLUE,
} from "./color-table.ts";
export { attentionMapCsv, type CsvOptions, lineChartCsv, tableCsv } from "./csv.ts";
export { type Curve, type LineChart, type Points, smooth } from "./curve.ts";
export { displayWidth, graphemes, pad, shorten } from "./display-width.ts";
export { type ExplanationReportOptions, explanationReport, mapBlock } from "./explanation-report.ts";
export { EXPORTS, type Exportable, type ExportFormat, type ExportOptions } from "./export-map.ts";
export { columnSums } from "./heat-map-coverage.ts";
export { type HeatMapOptions, layoutHeatMap } from "./heat-map-layout.ts";
export { attentionMapJson, lineChartJson, tableJson } from "./json.ts";
export { type LineChartOptions, layoutLineChart } from "./line-chart-layout.ts";
export { escapeMarkup } from "./markup.ts";
export type { Language } from "./messages.ts";
export { attentionMapNpy } from "./npy.ts";
export { formatDuration, formatNumber, formatWeight } from "./number-text.ts";
export { encodePng, type PngImage } from "./png.ts";
export { type Progress, progressLine } from "./progress-line.ts";
export {
  type Picture,
  renderCsv,
  renderJson,
  renderSvg,
  renderTerminal,
  type SvgOptions,
  type TerminalOptions,
} from "./render.ts";
export { type Report, type ReportBlock, type ReportSection, reportHtml } from "./report.ts";
export type { BarMark, CellsMark, LineMark, Mark, Scene, TextMark, TextTone } from "./scene.ts";
export { curveLine, type SparklineOptions, sparkline } from "./sparkline.ts";
export { pageSurface, type Surface, terminalSurface } from "./surface.ts";
export { drawSvg, type SvgDrawing } from "./svg-drawing.ts";
export { PAGE_COLORS, type PageColors } from "./svg-style.ts";
export { type Table, type TableColumn, type TableTextOptions, tableHtml, tableText } from "./table.ts";
export { type ColorMode, detectColor, detectTheme, detectUnicode, type TerminalFacts } from "./terminal-color.ts";
export { drawTerminal, type TerminalDrawing } from "./terminal-drawing.ts";
export { tokenText, visibleText } from "./token-text.ts";
