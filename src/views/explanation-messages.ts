import type { Language } from "./messages.ts";

/** The words of an explanation's report. */
export interface ExplanationMessages {
  readonly answer: string;
  readonly changedAnswer: string;
  readonly output: string;
  readonly confidence: string;
  readonly certain: string;
  readonly realDate: string;
  readonly yes: string;
  readonly no: string;
  readonly meanEntropy: string;
  readonly bits: (value: string) => string;
  readonly where: string;
  readonly steps: string;
  readonly stepsIntroduction: string;
  readonly step: string;
  readonly written: string;
  readonly probability: string;
  readonly others: string;
  readonly entropy: string;
  readonly readFrom: string;
  readonly coverage: string;
  readonly coverageIntroduction: string;
  readonly mostCovered: (shown: number, all: number) => string;
  readonly place: string;
  readonly input: string;
  readonly sum: string;
  readonly readBy: string;
  readonly token: (text: string) => string;
  readonly between: string;
}

const EN: ExplanationMessages = {
  answer: "Answer",
  changedAnswer: "Answer, changed",
  output: "output",
  confidence: "confidence",
  certain: "certain",
  realDate: "real date",
  yes: "yes",
  no: "no",
  meanEntropy: "mean row entropy",
  bits: (value) => `${value} bits`,
  where: "What the answer was read from",
  steps: "Step by step",
  stepsIntroduction:
    "At each step the model reads the input by the weights of that row and writes one token. " +
    "The entropy of a row is 0 where it read one input token only, and grows the wider it looked.",
  step: "step",
  written: "written",
  probability: "probability",
  others: "next best",
  entropy: "entropy, bits",
  readFrom: "read most from",
  coverage: "Coverage",
  coverageIntroduction: "How much each input token was read over all steps: the sum of its column, 1 for a whole step.",
  mostCovered: (shown, all) => `The ${shown} most read of ${all} input tokens.`,
  place: "place",
  input: "input",
  sum: "coverage",
  readBy: "read most by",
  token: (text) => `“${text}”`,
  between: ", ",
};

const ZH_CN: ExplanationMessages = {
  answer: "回答",
  changedAnswer: "改动后的回答",
  output: "输出",
  confidence: "置信度",
  certain: "确定",
  realDate: "真实日期",
  yes: "是",
  no: "否",
  meanEntropy: "平均行熵",
  bits: (value) => `${value} 比特`,
  where: "回答读自何处",
  steps: "逐步过程",
  stepsIntroduction:
    "每一步，模型按该行的权重读取输入，并写出一个词元。若只读一个输入词元，行熵为 0；看得越散，行熵越大。",
  step: "步",
  written: "写出",
  probability: "概率",
  others: "其次候选",
  entropy: "熵（比特）",
  readFrom: "主要读自",
  coverage: "覆盖度",
  coverageIntroduction: "各输入词元在所有步中被读取的总量：即该列之和，1 表示完整的一步。",
  mostCovered: (shown, all) => `${all} 个输入词元中被读取最多的 ${shown} 个。`,
  place: "位置",
  input: "输入",
  sum: "覆盖度",
  readBy: "主要读者",
  token: (text) => `“${text}”`,
  between: "，",
};

export function explanationMessages(language: Language = "en"): ExplanationMessages {
  return language === "zh-CN" ? ZH_CN : EN;
}
