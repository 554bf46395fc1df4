import type { Language } from "../messages.ts";

/** The words of the step scrubber. */
export interface StepScrubberMessages {
  readonly empty: string;
  readonly steps: string;
  readonly play: string;
  readonly pause: string;
  readonly next: string;
  readonly stepOf: (step: number, count: number) => string;
  readonly writes: (token: string) => string;
  readonly readsMost: (facts: { token: string; place: number; weight: string }) => string;
  readonly entropy: (bits: string) => string;
  readonly reads: (step: number) => string;
  readonly character: (facts: { token: string; place: number; weight: string; coverage: string }) => string;
  readonly legend: (most: string) => string;
  readonly paintHint: string;
  readonly several: string;
  readonly reset: string;
  readonly forced: string;
  readonly rewritten: string;
  readonly candidates: string;
  readonly noCandidates: string;
  readonly probability: string;
  readonly written: string;
  readonly writtenByReader: string;
  readonly choose: string;
  readonly other: string;
  readonly otherWrite: string;
  readonly masked: string;
  readonly comma: string;
}

const EN: StepScrubberMessages = {
  empty: "Nothing has been written yet.",
  steps: "Steps",
  play: "Play",
  pause: "Pause",
  next: "Next step",
  stepOf: (step, count) => `step ${step} of ${count}`,
  writes: (token) => `writes “${token}”`,
  readsMost: ({ token, place, weight }) => `reads “${token}” (${place}) most, ${weight}`,
  entropy: (bits) => `entropy ${bits} bits`,
  reads: (step) => `What step ${step} reads`,
  character: ({ token, place, weight, coverage }) => `“${token}” (${place}): weight ${weight}, coverage ${coverage}`,
  legend: (most) => `Shade: weight at this step. Bar: read so far, full at ${most}.`,
  paintHint:
    "Click a character or word to put all weight there; Shift adds, dragging takes a range, Esc gives the row back to the model.",
  several: "Several",
  reset: "Back to the model",
  forced: "attention set by you",
  rewritten: "written by you",
  candidates: "What it could write",
  noCandidates: "The model tells no candidates.",
  probability: "probability ",
  written: "written",
  writtenByReader: "yours",
  choose: "write",
  other: "Another",
  otherWrite: "Write",
  masked: "masked",
  comma: ", ",
};

const ZH_CN: StepScrubberMessages = {
  empty: "尚未写出任何内容。",
  steps: "步骤",
  play: "播放",
  pause: "暂停",
  next: "下一步",
  stepOf: (step, count) => `第 ${step} / ${count} 步`,
  writes: (token) => `写出“${token}”`,
  readsMost: ({ token, place, weight }) => `主要读取“${token}”（第 ${place} 个）${weight}`,
  entropy: (bits) => `熵 ${bits} 比特`,
  reads: (step) => `第 ${step} 步读取的内容`,
  character: ({ token, place, weight, coverage }) => `“${token}”（第 ${place} 个）：权重 ${weight}，覆盖度 ${coverage}`,
  legend: (most) => `底色：本步权重。横条：至今的累计读取，满格为 ${most}。`,
  paintHint: "点击一个字符或词，把全部权重放在那里；按住 Shift 可添加，拖动可选一段，Esc 交还给模型。",
  several: "多选",
  reset: "交还给模型",
  forced: "注意力由你指定",
  rewritten: "由你写入",
  candidates: "可能写出的内容",
  noCandidates: "模型没有给出候选。",
  probability: "概率 ",
  written: "已写出",
  writtenByReader: "你写的",
  choose: "写入",
  other: "其他",
  otherWrite: "写入",
  masked: "已屏蔽",
  comma: "，",
};

export function stepScrubberMessages(language: Language): StepScrubberMessages {
  return language === "zh-CN" ? ZH_CN : EN;
}
