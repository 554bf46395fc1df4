import type { Language } from "../messages.ts";

/** The fixed words of the attention map and of the grid of heads; what pictures say as well stands in `../messages.ts`. */
export interface ElementMessages {
  readonly empty: string;
  readonly scale: string;
  readonly scaleAbsolute: string;
  readonly scaleRow: string;
  readonly scaleGamma: (gamma: string) => string;
  readonly gammaCaption: (gamma: string) => string;
  readonly attendsTo: string;
  readonly attendedBy: string;
  readonly transpose: string;
  readonly asTable: string;
  readonly asMatrix: string;
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly coverage: string;
  readonly coverageOf: (key: string, sum: string) => string;
  readonly entropyOf: (query: string, bits: string) => string;
  readonly weight: string;
  readonly rank: (rank: number, of: number) => string;
  readonly entropyBits: (bits: string) => string;
  readonly unpin: (cell: string) => string;
  readonly rowsShown: (first: number, last: number, of: number) => string;
  readonly earlier: string;
  readonly later: string;
  readonly heads: (count: number) => string;
  readonly noHeads: string;
  readonly sortBy: string;
  readonly sorts: Readonly<Record<"layer" | "entropy" | "distance", string>>;
  readonly badges: Readonly<
    Record<"previous" | "next" | "diagonal" | "first" | "separator" | "uniform" | "broad", string>
  >;
  readonly meanEntropy: (bits: string) => string;
  readonly meanDistance: (tokens: string) => string;
  readonly allHeads: string;
  readonly gridHint: string;
}

const EN: ElementMessages = {
  empty: "No attention to show yet.",
  scale: "Colour scale",
  scaleAbsolute: "absolute, 0 to 1",
  scaleRow: "share of the row's largest",
  scaleGamma: (gamma) => `small weights (gamma ${gamma})`,
  gammaCaption: (gamma) => `attention weight, gamma ${gamma}`,
  attendsTo: "attends to",
  attendedBy: "attended by",
  transpose: "Rows and columns: swap (T)",
  asTable: "Table",
  asMatrix: "Picture",
  zoomIn: "Larger (+)",
  zoomOut: "Smaller (−)",
  coverage: "coverage",
  coverageOf: (key, sum) => `“${key}”: coverage ${sum}`,
  entropyOf: (query, bits) => `“${query}”: row entropy ${bits} bits`,
  weight: "weight",
  rank: (rank, of) => `rank ${rank} of ${of}`,
  entropyBits: (bits) => `row entropy ${bits} bits`,
  unpin: (cell) => `Let go of ${cell}`,
  rowsShown: (first, last, of) => `rows ${first} to ${last} of ${of}`,
  earlier: "Earlier rows",
  later: "Later rows",
  heads: (count) => `${count} ${count === 1 ? "head" : "heads"}`,
  noHeads: "No heads to show yet.",
  sortBy: "Sort by",
  sorts: { layer: "layer", entropy: "entropy", distance: "distance" },
  badges: {
    previous: "previous token",
    next: "next token",
    diagonal: "diagonal",
    first: "first-token sink",
    separator: "separator sink",
    uniform: "uniform",
    broad: "broad",
  },
  meanEntropy: (bits) => `mean entropy ${bits} bits`,
  meanDistance: (tokens) => `mean distance ${tokens} tokens`,
  allHeads: "All heads",
  gridHint: "Point at a head to read its weights, click to choose it, double-click (or Shift + Enter) to see it alone.",
};

const ZH_CN: ElementMessages = {
  empty: "还没有可显示的注意力。",
  scale: "颜色刻度",
  scaleAbsolute: "绝对值，0 到 1",
  scaleRow: "相对本行最大值",
  scaleGamma: (gamma) => `突出小权重（伽马 ${gamma}）`,
  gammaCaption: (gamma) => `注意力权重，伽马 ${gamma}`,
  attendsTo: "关注",
  attendedBy: "被关注",
  transpose: "交换行与列（T）",
  asTable: "表格",
  asMatrix: "图",
  zoomIn: "放大（+）",
  zoomOut: "缩小（−）",
  coverage: "覆盖度",
  coverageOf: (key, sum) => `“${key}”：覆盖度 ${sum}`,
  entropyOf: (query, bits) => `“${query}”：行熵 ${bits} 比特`,
  weight: "权重",
  rank: (rank, of) => `本行第 ${rank} / ${of}`,
  entropyBits: (bits) => `行熵 ${bits} 比特`,
  unpin: (cell) => `取消固定 ${cell}`,
  rowsShown: (first, last, of) => `第 ${first} 至 ${last} 行，共 ${of} 行`,
  earlier: "前面的行",
  later: "后面的行",
  heads: (count) => `${count} 个注意力头`,
  noHeads: "还没有可显示的注意力头。",
  sortBy: "排序",
  sorts: { layer: "层", entropy: "熵", distance: "距离" },
  badges: {
    previous: "前一词元",
    next: "后一词元",
    diagonal: "对角线",
    first: "首词元汇聚",
    separator: "分隔符汇聚",
    uniform: "均匀",
    broad: "分散",
  },
  meanEntropy: (bits) => `平均熵 ${bits} 比特`,
  meanDistance: (tokens) => `平均距离 ${tokens} 个词元`,
  allHeads: "全部注意力头",
  gridHint: "指向一个头可读取权重，点击选中，双击（或 Shift + Enter）单独查看。",
};

/** The words of a language. */
export function elementMessages(language: Language): ElementMessages {
  return language === "zh-CN" ? ZH_CN : EN;
}
