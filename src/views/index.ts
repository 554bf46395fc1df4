/**
 * Views: attention maps, training curves, tables and reports, drawn for a terminal, as SVG, as HTML, as CSV and as JSON.
 * A layout turns a picture into a scene (plain data) once; each back end only draws scenes. All of that is pure functions from
 * data to a string, in Node and in browsers alike; the environment and the clock are passed in. In a browser, importing this
 * also registers the elements of `elements/`, `<fovea-attention-map>` and so on; in Node they are only classes.
 * May import `tensor`, `autodiff`, `onnx`, `runtime`, `nn`, `attention`, `models`, `data` and `tasks`.
 */

export { confidenceText } from "../tasks/confidence.ts";
export {
  type AttentionMap,
  checkAttentionMap,
  type MapAxes,
  poolMaximum,
  rowEntropy,
  rowRanks,
  rowWeights,
} from "./attention-map.ts";
export { changedTitle, changeText } from "./change-text.ts";
export {
  BLUE_DARK_ORANGE,
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
  signedTable,
  type Theme,
  WHITE_TO_BLUE,
} from "./color-table.ts";
export { attentionMapCsv, type CsvOptions, lineChartCsv, tableCsv } from "./csv.ts";
export { type Curve, type LineChart, type Points, smooth } from "./curve.ts";
export { displayWidth, graphemes, pad, shorten } from "./display-width.ts";
export { FoveaAttentionMap, type MapLook } from "./elements/attention-map.ts";
export type { MapScale } from "./elements/attention-map-data.ts";
export type { MapView } from "./elements/attention-map-properties.ts";
export { define, ElementBase, type ThemeChoice } from "./elements/base.ts";
export { FoveaCompare } from "./elements/compare.ts";
export { jensenShannon, type RowDivergence, rankRows } from "./elements/divergence.ts";
export {
  BADGE_FROM,
  type BadgeName,
  type HeadBadges,
  type HeadFacts,
  type HeadWeights,
  headFacts,
  shownBadges,
} from "./elements/head-badges.ts";
export { FoveaHeadGrid } from "./elements/head-grid.ts";
export type { Head, HeadSort, HeadTokens, RatedHead } from "./elements/head-grid-data.ts";
export { FoveaLineChart } from "./elements/line-chart.ts";
export type { ChartReading, Reading } from "./elements/line-chart-reading.ts";
export { type CellColors, fillPixels, fitCanvas, paintCells, poolStrongest } from "./elements/paint.ts";
export { type PagePngOptions, svgToPng } from "./elements/png-in-page.ts";
export { FoveaProbeStrip } from "./elements/probe-strip.ts";
export type { Probe } from "./elements/probe-strip-model.ts";
export { FoveaRibbons } from "./elements/ribbons.ts";
export type { Place, Selection } from "./elements/selection.ts";
export { FoveaStepScrubber } from "./elements/step-scrubber.ts";
export { type ExplanationReportOptions, explanationReport, mapBlock } from "./explanation-report.ts";
export { EXPORTS, type Exportable, type ExportFormat, type ExportOptions } from "./export-map.ts";
export { columnSums } from "./heat-map-coverage.ts";
export { type HeatMapOptions, layoutHeatMap } from "./heat-map-layout.ts";
export { attentionMapJson, lineChartJson, tableJson } from "./json.ts";
export { type LineChartOptions, layoutLineChart } from "./line-chart-layout.ts";
export { escapeMarkup } from "./markup.ts";
export {
  intervalEnds,
  intervalText,
  isShare,
  measureName,
  measureValue,
  overallName,
  percent,
  sharePercent,
} from "./measure-text.ts";
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
export { TrainingRecord } from "./training-record.ts";
export { trainingReport } from "./training-report.ts";
