import type { Language } from "../messages.ts";

/** The words of ribbons. */
export interface RibbonMessages {
  readonly mass: (percent: number) => string;
  readonly massName: string;
  readonly head: (number: number) => string;
  readonly heads: string;
  readonly shown: (facts: { edges: string; all: string; percent: string; isCut: boolean }) => string;
  readonly summary: (facts: { edges: number; rows: string; columns: string }) => string;
  readonly reads: (facts: TokenFacts) => string;
  readonly isRead: (facts: TokenFacts) => string;
  readonly comma: string;
  readonly nothing: string;
  readonly hint: string;
  readonly table: string;
  readonly headColumn: string;
  readonly weight: string;
  readonly noMap: string;
}

/** A token with what it is joined to, as text. */
export interface TokenFacts {
  readonly axis: string;
  readonly token: string;
  readonly place: number;
  readonly partners: string;
}

const EN: RibbonMessages = {
  mass: (percent) => `${percent} % of each row`,
  massName: "Share of each row's weight that is drawn",
  head: (number) => `head ${number}`,
  heads: "Heads",
  shown: ({ edges, all, percent, isCut }) =>
    `${edges} of ${all} edges, ${percent} % of the weight${isCut ? " (the heaviest only)" : ""}`,
  summary: ({ edges, rows, columns }) => `${edges} ribbons from ${rows} down to ${columns}, as wide as their weights`,
  reads: ({ axis, token, place, partners }) => `${axis} “${token}” (${place}) reads ${partners}`,
  isRead: ({ axis, token, place, partners }) => `${axis} “${token}” (${place}) is read by ${partners}`,
  comma: ", ",
  nothing: "nothing that is drawn",
  hint: "Point at a ribbon or a token. A click pins it, Esc lets go; arrow keys move along the tokens, up and down follow the widest ribbon.",
  table: "The ribbons as a table",
  headColumn: "head",
  weight: "weight",
  noMap: "No attention to show yet.",
};

const ZH_CN: RibbonMessages = {
  mass: (percent) => `每行 ${percent} %`,
  massName: "每行所绘权重的份额",
  head: (number) => `头 ${number}`,
  heads: "注意力头",
  shown: ({ edges, all, percent, isCut }) =>
    `${edges} / ${all} 条连线，占权重的 ${percent} %${isCut ? "（仅最重者）" : ""}`,
  summary: ({ edges, rows, columns }) => `从${rows}到 ${columns}的 ${edges} 条带，宽度即权重`,
  reads: ({ axis, token, place, partners }) => `${axis}“${token}”（第 ${place} 个）读取 ${partners}`,
  isRead: ({ axis, token, place, partners }) => `${axis}“${token}”（第 ${place} 个）被 ${partners} 读取`,
  comma: "、",
  nothing: "（未绘出）",
  hint: "指向一条带或一个词元。点击固定，Esc 取消；左右键在词元间移动，上下键沿最宽的带移动。",
  table: "以表格查看这些带",
  headColumn: "头",
  weight: "权重",
  noMap: "尚无注意力可显示。",
};

export function ribbonMessages(language: Language): RibbonMessages {
  return language === "zh-CN" ? ZH_CN : EN;
}
