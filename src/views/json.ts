import type { Change } from "../tasks/events.ts";
import { type AttentionMap, checkAttentionMap, rowWeights } from "./attention-map.ts";
import { checkLineChart, type LineChart } from "./curve.ts";
import { exactNumber } from "./number-text.ts";
import { checkTable, type Table } from "./table.ts";

/** A map as JSON, one line a row: `{ title, rows, columns, weights: [[…], …] }`. */
export function attentionMapJson(map: AttentionMap): string {
  checkAttentionMap(map);
  const weights = map.rows.map((_, row) => {
    return `    ${JSON.stringify(rowWeights(map, row).map((weight) => exactNumber(weight, map.weights)))}`;
  });
  const title = map.title === undefined ? "" : `  "title": ${JSON.stringify(map.title)},\n`;
  return (
    `{\n${title}  "rows": ${JSON.stringify(map.rows)},\n  "columns": ${JSON.stringify(map.columns)},\n` +
    `  "weights": [\n${weights.join(",\n")}\n  ]\n}\n`
  );
}

/** A picture's JSON that says first what a reader changed of how the model reads. */
export function changedJson(json: string, change: Change): string {
  return json.replace("{\n", () => `{\n  "change": ${JSON.stringify(change)},\n`);
}

/** A chart as JSON, one line a curve; what is not a finite number becomes `null`. */
export function lineChartJson(chart: LineChart): string {
  checkLineChart(chart);
  const { curves, ...rest } = chart;
  const head = Object.entries(rest).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`);
  return `{\n${head.join("")}  "curves": [\n${curves.map((curve) => `    ${JSON.stringify(curve)}`).join(",\n")}\n  ]\n}\n`;
}

/** A table as JSON: its column names, and its values row by row, as they are, not as they are shown. */
export function tableJson({ title, columns, rows }: Table): string {
  checkTable({ columns, rows });
  const head = title === undefined ? "" : `  "title": ${JSON.stringify(title)},\n`;
  const names = JSON.stringify(columns.map(({ name }) => name));
  return `{\n${head}  "columns": ${names},\n  "rows": [\n${rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n")}\n  ]\n}\n`;
}
