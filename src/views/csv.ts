import { type AttentionMap, checkAttentionMap, rowWeights } from "./attention-map.ts";
import { checkLineChart, type LineChart } from "./curve.ts";
import { exactNumber } from "./number-text.ts";
import { checkTable, type Table } from "./table.ts";

export interface CsvOptions {
  /**
   * Puts an apostrophe before texts that a spreadsheet would run as a formula: those that begin with `=`, `+`, `-`, `@`, a tab or
   * a carriage return. It changes the data (the token `-` becomes `'-`), so it is off by default: set it when tokens of unknown
   * origin will be opened in a spreadsheet. @default false
   */
  readonly forSpreadsheet?: boolean;
}

/** A field as RFC 4180 has it; texts with blanks at their ends are quoted too, for readers that trim. */
function field(value: string | number, options: CsvOptions): string {
  if (typeof value === "number") return String(value);
  const text = options.forSpreadsheet && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function lines(rows: readonly (readonly (string | number)[])[], options: CsvOptions): string {
  return rows.map((row) => `${row.map((value) => field(value, options)).join(",")}\r\n`).join("");
}

/** A map as CSV: a header row of input tokens after an empty field, then each output token with its weights. */
export function attentionMapCsv(map: AttentionMap, options: CsvOptions = {}): string {
  checkAttentionMap(map);
  const weights = (row: number) => rowWeights(map, row).map((weight) => exactNumber(weight, map.weights));
  return lines([["", ...map.columns], ...map.rows.map((token, row) => [token, ...weights(row)])], options);
}

/** The curves of a chart as CSV, one point a line: `curve,unit,x,y`. What is not a finite number is left empty. */
export function lineChartCsv(chart: LineChart, options: CsvOptions = {}): string {
  checkLineChart(chart);
  const finite = (value: number | undefined) => (Number.isFinite(value) ? (value as number) : "");
  const points = chart.curves.flatMap(({ name, unit = "", x, y }) => {
    return x.map((value, i) => [name, unit, finite(value), finite(y[i])]);
  });
  return lines([["curve", "unit", "x", "y"], ...points], options);
}

/** A table as CSV, its values as they are, not as they are shown. */
export function tableCsv(table: Table, options: CsvOptions = {}): string {
  checkTable(table);
  return lines([table.columns.map(({ name }) => name), ...table.rows], options);
}
