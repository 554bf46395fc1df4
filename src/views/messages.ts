/** The fixed words of pictures and reports. */
import type { MapAxes } from "./attention-map.ts";

export type Language = "en" | "zh-CN";

/** What rows and columns are called, one of them and so many. */
export interface AxisNames {
  readonly row: string;
  readonly column: string;
  readonly rows: (count: number) => string;
  readonly columns: (count: number) => string;
}

export interface Messages {
  readonly axes: Readonly<Record<MapAxes, AxisNames>>;
  readonly weight: string;
  readonly rowMaximum: string;
  /** The same of a map that is drawn turned. */
  readonly columnMaximum: string;
  readonly inPercent: string;
  readonly gamma: (gamma: string) => string;
  readonly entropy: string;
  readonly pooled: (rows: number, columns: number) => string;
  readonly cell: (cell: CellFacts, axes: AxisNames) => string;
  readonly mapSummary: (rows: string, columns: string) => string;
  readonly chartSummary: (names: string) => string;
  readonly hint: string;
  readonly asTable: string;
  readonly left: string;
  readonly total: string;
}

/** What a tooltip and a status line say of one cell. */
export interface CellFacts {
  readonly query: string;
  readonly queryPlace: number;
  readonly key: string;
  readonly keyPlace: number;
  readonly weight: string;
  readonly rank: number;
  readonly columns: number;
  readonly entropy: string;
}

const counted = (one: string, many: string) => (count: number) => `${count} ${count === 1 ? one : many}`;

const EN: Messages = {
  axes: {
    tokens: {
      row: "output",
      column: "input",
      rows: counted("output token", "output tokens"),
      columns: counted("input token", "input tokens"),
    },
    queries: { row: "query", column: "key", rows: counted("query", "queries"), columns: counted("key", "keys") },
  },
  weight: "attention weight",
  rowMaximum: "weight, share of the row's largest",
  columnMaximum: "weight, share of the column's largest",
  inPercent: ", numbers in %",
  gamma: (gamma) => `, gamma ${gamma}`,
  entropy: "entropy, bits",
  pooled: (rows, columns) => `each cell is the maximum of ${rows} × ${columns}`,
  cell: (c, { row, column }) =>
    `${row} “${c.query}” (${c.queryPlace}) ← ${column} “${c.key}” (${c.keyPlace}): weight ${c.weight}, ` +
    `rank ${c.rank} of ${c.columns}, row entropy ${c.entropy} bits`,
  mapSummary: (rows, columns) => `attention of ${rows} over ${columns}`,
  chartSummary: (names) => `curves of ${names}`,
  hint: "Point at a cell, or focus the picture and use the arrow keys. Click pins a cell, Esc lets go.",
  asTable: "The same as a table",
  left: "left",
  total: "in all",
};

const ZH_CN: Messages = {
  axes: {
    tokens: { row: "输出", column: "输入", rows: (n) => `${n} 个输出`, columns: (n) => `${n} 个输入` },
    queries: { row: "查询", column: "键", rows: (n) => `${n} 个查询`, columns: (n) => `${n} 个键` },
  },
  weight: "注意力权重",
  rowMaximum: "权重（相对本行最大值）",
  columnMaximum: "权重（相对本列最大值）",
  inPercent: "，数字为百分比",
  gamma: (gamma) => `，伽马 ${gamma}`,
  entropy: "熵（比特）",
  pooled: (rows, columns) => `每格取 ${rows} × ${columns} 个权重的最大值`,
  cell: (c, { row, column }) =>
    `${row}“${c.query}”（第 ${c.queryPlace} 个）← ${column}“${c.key}”（第 ${c.keyPlace} 个）：权重 ${c.weight}，` +
    `本行第 ${c.rank} / ${c.columns}，行熵 ${c.entropy} 比特`,
  mapSummary: (rows, columns) => `${rows}对 ${columns}的注意力`,
  chartSummary: (names) => `曲线：${names}`,
  hint: "指向一个格子，或聚焦图片后用方向键移动。点击固定格子，Esc 取消。",
  asTable: "以表格查看",
  left: "剩余",
  total: "总计",
};

export function messages(language: Language = "en"): Messages {
  return language === "zh-CN" ? ZH_CN : EN;
}
