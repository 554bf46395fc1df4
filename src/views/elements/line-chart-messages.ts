import type { Language } from "../messages.ts";

/** The words of a chart that one reads values off. */
export interface LineChartMessages {
  readonly empty: string;
  readonly hint: string;
  readonly at: (across: string, x: string) => string;
  readonly fromAt: (x: string) => string;
  readonly comma: string;
  readonly colon: string;
}

const EN: LineChartMessages = {
  empty: "No values yet.",
  hint: "Point at the chart, or focus it and use the arrow keys, to read values.",
  at: (across, x) => `${across} ${x}`,
  fromAt: (x) => `at ${x}`,
  comma: ", ",
  colon: ": ",
};

const ZH_CN: LineChartMessages = {
  empty: "尚无数值。",
  hint: "指向图表，或聚焦后用方向键，读取数值。",
  at: (across, x) => `${across} ${x}`,
  fromAt: (x) => `于 ${x}`,
  comma: "，",
  colon: "：",
};

export function lineChartMessages(language: Language): LineChartMessages {
  return language === "zh-CN" ? ZH_CN : EN;
}
