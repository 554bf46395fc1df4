import type { Language } from "../messages.ts";

/** The words of the comparison of two maps. */
export interface CompareMessages {
  readonly empty: string;
  readonly a: string;
  readonly b: string;
  readonly difference: string;
  readonly panels: string;
  readonly weight: string;
  readonly signed: string;
  readonly otherColumns: string;
  readonly ranked: string;
  readonly rankedNote: string;
  readonly bits: (bits: string) => string;
  readonly cell: (facts: CompareFacts) => string;
  readonly row: (facts: { axis: string; tokens: string; place: number; bits: string }) => string;
  readonly hint: string;
  readonly masked: (tokens: readonly string[]) => string;
  readonly table: string;
  readonly differenceColumn: string;
}

export interface CompareFacts {
  readonly row: string;
  readonly rows: string;
  readonly rowPlace: number;
  readonly column: string;
  readonly token: string;
  readonly columnPlace: number;
  readonly a: string;
  readonly b: string;
  readonly difference: string | undefined;
  readonly bits: string | undefined;
}

const EN: CompareMessages = {
  empty: "Two maps are needed to compare.",
  a: "A",
  b: "B",
  difference: "B − A",
  panels: "A, B and their difference",
  weight: "weight",
  signed: "difference",
  otherColumns: "A and B read different inputs, so their difference is not shown.",
  ranked: "Rows by how much they differ",
  rankedNote: "Jensen–Shannon divergence in bits: 0 the same, 1 nothing in common.",
  bits: (bits) => `${bits} bits`,
  cell: (c) =>
    `${c.row} ${c.rows} (${c.rowPlace}) ← ${c.column} “${c.token}” (${c.columnPlace}): A ${c.a}, B ${c.b}` +
    `${c.difference === undefined ? "" : `, difference ${c.difference}`}` +
    `${c.bits === undefined ? "" : `; rows ${c.bits} bits apart`}`,
  row: ({ axis, tokens, place, bits }) => `${axis} ${tokens} (${place}): A and B are ${bits} bits apart`,
  masked: (tokens) => `, masked: ${tokens.map((token) => `“${token}”`).join(", ")}`,
  hint: "Point at a cell to read both. A click pins it, Esc lets go; with the pictures focused the arrow keys move the cell.",
  table: "The largest differences as a table",
  differenceColumn: "difference",
};

const ZH_CN: CompareMessages = {
  empty: "需要两张图才能比较。",
  a: "A",
  b: "B",
  difference: "B − A",
  panels: "A、B 及其差异",
  weight: "权重",
  signed: "差异",
  otherColumns: "A 与 B 的输入不同，因此不显示差异。",
  ranked: "按差异大小排列的行",
  rankedNote: "Jensen–Shannon 散度（比特）：0 为相同，1 为毫无交集。",
  bits: (bits) => `${bits} 比特`,
  cell: (c) =>
    `${c.row}${c.rows}（第 ${c.rowPlace} 个）← ${c.column}“${c.token}”（第 ${c.columnPlace} 个）：A ${c.a}，B ${c.b}` +
    `${c.difference === undefined ? "" : `，差异 ${c.difference}`}` +
    `${c.bits === undefined ? "" : `；两行相差 ${c.bits} 比特`}`,
  row: ({ axis, tokens, place, bits }) => `${axis}${tokens}（第 ${place} 个）：A 与 B 相差 ${bits} 比特`,
  masked: (tokens) => `，已屏蔽：${tokens.map((token) => `“${token}”`).join("、")}`,
  hint: "指向一个格子可同时读取两者。点击固定，Esc 取消；聚焦图片后可用方向键移动格子。",
  table: "以表格查看最大的差异",
  differenceColumn: "差异",
};

export function compareMessages(language: Language): CompareMessages {
  return language === "zh-CN" ? ZH_CN : EN;
}
