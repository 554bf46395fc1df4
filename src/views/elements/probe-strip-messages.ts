import type { Language } from "../messages.ts";

/** The words of the probe strip. */
export interface ProbeStripMessages {
  readonly empty: string;
  readonly evaluations: string;
  readonly play: string;
  readonly pause: string;
  readonly next: string;
  readonly step: (step: string) => string;
  readonly evaluation: (place: number, count: number) => string;
  readonly spread: (percent: string) => string;
  readonly legend: string;
  readonly hint: string;
  readonly table: string;
  readonly comma: string;
}

const EN: ProbeStripMessages = {
  empty: "The first validation will show how the watched examples are read.",
  evaluations: "Validations",
  play: "Play",
  pause: "Pause",
  next: "Next validation",
  step: (step) => `step ${step}`,
  evaluation: (place, count) => `validation ${place} of ${count}`,
  spread: (percent) => `attention spread ${percent} %`,
  legend: "Bars: how spread attention is, full when all input is read alike.",
  hint: "Point at a cell to read its weight, or focus a picture and use the arrow keys.",
  table: "The same as tables",
  comma: ", ",
};

const ZH_CN: ProbeStripMessages = {
  empty: "第一次验证后，这里会显示所观察的示例如何被读取。",
  evaluations: "各次验证",
  play: "播放",
  pause: "暂停",
  next: "下一次验证",
  step: (step) => `第 ${step} 步`,
  evaluation: (place, count) => `第 ${place} / ${count} 次验证`,
  spread: (percent) => `注意力分散度 ${percent} %`,
  legend: "条高：注意力的分散程度，均匀读取全部输入时为满格。",
  hint: "指向一个格子可读取其权重，也可聚焦一张图后用方向键。",
  table: "以表格查看",
  comma: "，",
};

export function probeStripMessages(language: Language): ProbeStripMessages {
  return language === "zh-CN" ? ZH_CN : EN;
}
