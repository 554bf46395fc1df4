import type { Table } from "../../messages/table.ts";
import type { Scale } from "./look-state.ts";

export interface LookWords {
  readonly label: string;
  readonly model: string;
  readonly opening: string;
  readonly cannotOpen: string;
  readonly unknownModel: (name: string) => string;
  readonly empty: { readonly title: string; readonly lead: string };
  readonly emptyWays: {
    readonly train: readonly [title: string, text: string];
    readonly open: readonly [title: string, text: string];
    readonly runs: readonly [title: string, text: string];
    readonly catalogue: readonly [title: string, text: string];
  };
  readonly text: string;
  readonly textHint: string;
  readonly examples: string;
  readonly answer: string;
  readonly confidence: string;
  readonly certain: string;
  readonly certainWhy: string;
  readonly doubtful: string;
  readonly doubtfulWhy: string;
  readonly notADate: string;
  readonly cannotRead: string;
  readonly pinned: (query: string, key: string, weight: string) => string;
  readonly letGo: string;
  readonly matrix: string;
  readonly matrixHint: string;
  readonly scale: string;
  readonly scales: Readonly<Record<Scale, string>>;
  readonly scaleHints: Readonly<Record<Scale, string>>;
  readonly direction: string;
  readonly attendsTo: string;
  readonly attendedBy: string;
  readonly view: string;
  readonly asMatrix: string;
  readonly asTable: string;
  readonly steps: string;
  readonly stepsHint: string;
  readonly ribbons: string;
  readonly ribbonsHint: string;
  readonly whatIf: string;
  readonly whatIfHint: string;
  readonly maskOne: (token: string) => string;
  readonly unmaskOne: (token: string) => string;
  readonly masked: (token: string, place: number) => string;
  readonly forced: (step: number, tokens: string) => string;
  readonly written: (step: number, token: string) => string;
  readonly remove: string;
  readonly reset: string;
  readonly asItReads: string;
  readonly changed: string;
  readonly same: string;
  readonly differs: (count: number) => string;
  readonly onlyItself: string;
  readonly compare: string;
  readonly compareHint: string;
  readonly export: string;
  readonly copyAsCode: string;
  readonly exportAs: string;
  readonly exportWhich: string;
  readonly formats: Readonly<Record<"svg" | "png" | "html" | "json" | "csv" | "npy", string>>;
  readonly pngScale: string;
  readonly save: string;
  readonly copy: string;
  readonly copied: string;
  readonly typescript: string;
  readonly commandLine: string;
  readonly curl: string;
  readonly codeHint: string;
  readonly codeFolder: string;
  readonly changesNotInCommand: string;
  readonly mapTitle: (text: string, output: string) => string;
}

const EN: LookWords = {
  label: "Look",
  model: "Model",
  opening: "Opening the model …",
  cannotOpen: "This model could not be opened",
  unknownModel: (name) => `The link is about a model named “${name}”, which is not open in this page. Drop it here, or choose another.`,
  empty: {
    title: "See where a model looks",
    lead: "For each character that a model writes, Fovea shows which characters it read. There is no model in this page yet:",
  },
  emptyWays: {
    train: ["Train one here", "The date normaliser learns in this page, on your processor, in about half a minute."],
    open: ["Open one", "A model folder, its zip, or an exported ONNX file. It is read in this page and sent nowhere."],
    runs: ["Choose one of the runs", "Models that fovea train has written on this computer."],
    catalogue: ["Look at mechanisms", "Every attention mechanism with its formula, as a small experiment."],
  },
  text: "Text",
  textHint: "Type a text",
  examples: "Examples",
  answer: "Answer",
  confidence: "confidence",
  certain: "certain",
  certainWhy: "The confidence reaches the threshold that was chosen on validation data.",
  doubtful: "doubtful",
  doubtfulWhy: "The confidence is below the threshold that was chosen on validation data.",
  notADate: "no date of the calendar",
  cannotRead: "The model cannot take this text",
  pinned: (query, key, weight) => `“${query}” read “${key}”: ${weight}`,
  letGo: "Let go",
  matrix: "Alignment",
  matrixHint: "Rows are what was written, columns what was read. Point to see, click to pin, click a label to mask that character.",
  scale: "Scale",
  scales: { absolute: "Absolute", row: "Row", gamma: "Gamma" },
  scaleHints: {
    absolute: "Colours from 0 to 1",
    row: "Colours from 0 to the largest of each row",
    gamma: "Small weights are brightened",
  },
  direction: "Direction",
  attendsTo: "Attends to",
  attendedBy: "Attended by",
  view: "View",
  asMatrix: "Picture",
  asTable: "Table",
  steps: "Step by step",
  stepsHint: "What was read for one character, and what else might have been written. Choose another candidate, or click characters to force the attention there.",
  ribbons: "Ribbons",
  ribbonsHint: "The strongest links, as wide as their weight.",
  whatIf: "What if?",
  whatIfHint: "Mask a character (click its label, or M), force a step's attention or choose another candidate (step by step, below): the model reads again, and both answers stand side by side.",
  maskOne: (token) => `Mask “${token}”`,
  unmaskOne: (token) => `Unmask “${token}”`,
  masked: (token, place) => `“${token}” (${place}) masked`,
  forced: (step, tokens) => `step ${step} reads ${tokens}`,
  written: (step, token) => `step ${step} writes “${token}”`,
  remove: "Take this change back",
  reset: "Reset",
  asItReads: "As it reads",
  changed: "Changed",
  same: "The answer stays the same.",
  differs: (count) => (count === 1 ? "One character differs." : `${count} characters differ.`),
  onlyItself: "An edited output character changes only itself: this model does not read what it wrote.",
  compare: "Compare",
  compareHint: "A is how the model reads by itself, B with your changes; the difference is B − A. Rows stand in the order of how much they differ.",
  export: "Export",
  copyAsCode: "Copy as code",
  exportAs: "Export the map",
  exportWhich: "Which",
  formats: {
    svg: "SVG picture, text stays text",
    png: "PNG picture",
    html: "HTML, one file, to point at",
    json: "JSON, the numbers with their tokens",
    csv: "CSV table",
    npy: "NumPy array",
  },
  pngScale: "Pixels",
  save: "Save",
  copy: "Copy",
  copied: "Copied",
  typescript: "TypeScript",
  commandLine: "Command line",
  curl: "curl",
  codeHint: "The same answer and the same weights, outside of this page.",
  codeFolder: "Put the path of your model folder in place of",
  changesNotInCommand: "The command line reads the text without your changes; the program makes them.",
  mapTitle: (text, output) => `${text} → ${output}`,
};

const ZH_CN: LookWords = {
  label: "查看",
  model: "模型",
  opening: "正在打开模型……",
  cannotOpen: "无法打开这个模型",
  unknownModel: (name) => `链接所指的模型“${name}”没有在本页打开。请把它拖到这里，或另选一个。`,
  empty: {
    title: "看模型在看哪里",
    lead: "模型每写出一个字符，Fovea 都会显示它读了哪些字符。本页还没有模型：",
  },
  emptyWays: {
    train: ["就地训练一个", "日期规范化模型在本页用您的处理器训练，约需半分钟。"],
    open: ["打开一个", "模型文件夹、它的 zip 或导出的 ONNX 文件。只在本页读取，不会发送到任何地方。"],
    runs: ["从运行中选一个", "本机上 fovea train 写出的模型。"],
    catalogue: ["看看各种机制", "每一种注意力机制都附公式，并可亲手试验。"],
  },
  text: "文本",
  textHint: "输入文本",
  examples: "示例",
  answer: "回答",
  confidence: "置信度",
  certain: "确定",
  certainWhy: "置信度达到在验证数据上选定的阈值。",
  doubtful: "存疑",
  doubtfulWhy: "置信度低于在验证数据上选定的阈值。",
  notADate: "日历上没有这一天",
  cannotRead: "模型无法读取这段文本",
  pinned: (query, key, weight) => `“${query}”读了“${key}”：${weight}`,
  letGo: "取消固定",
  matrix: "对齐矩阵",
  matrixHint: "行是写出的字符，列是读到的字符。指向可查看，点击可固定，点击标签可屏蔽该字符。",
  scale: "色标",
  scales: { absolute: "绝对", row: "按行", gamma: "伽马" },
  scaleHints: { absolute: "颜色从 0 到 1", row: "颜色从 0 到每行最大值", gamma: "提亮较小的权重" },
  direction: "方向",
  attendsTo: "关注了谁",
  attendedBy: "被谁关注",
  view: "显示方式",
  asMatrix: "图",
  asTable: "表格",
  steps: "逐步查看",
  stepsHint: "写出一个字符时读了什么，还可能写出什么。可选另一个候选，或点击字符把注意力强制放在那里。",
  ribbons: "丝带图",
  ribbonsHint: "最强的联系，宽度即权重。",
  whatIf: "如果……会怎样？",
  whatIfHint: "屏蔽一个字符（点击它的标签，或按 M），在下面的“逐步查看”中强制某一步的注意力或选另一个候选：模型会重读一遍，两个回答并排显示。",
  maskOne: (token) => `屏蔽“${token}”`,
  unmaskOne: (token) => `取消屏蔽“${token}”`,
  masked: (token, place) => `屏蔽“${token}”（第 ${place} 个）`,
  forced: (step, tokens) => `第 ${step} 步读${tokens}`,
  written: (step, token) => `第 ${step} 步写“${token}”`,
  remove: "撤销这一改动",
  reset: "全部还原",
  asItReads: "原样",
  changed: "改动后",
  same: "回答不变。",
  differs: (count) => `有 ${count} 个字符不同。`,
  onlyItself: "改写一个输出字符只会改变它自己：这个模型不读自己写过的内容。",
  compare: "对比",
  compareHint: "A 是模型原本的读法，B 是改动后的读法，差为 B − A。各行按差异大小排列。",
  export: "导出",
  copyAsCode: "复制为代码",
  exportAs: "导出注意力图",
  exportWhich: "哪一个",
  formats: {
    svg: "SVG 图片，文字仍是文字",
    png: "PNG 图片",
    html: "HTML，单个文件，可指点查看",
    json: "JSON，数值与字符",
    csv: "CSV 表格",
    npy: "NumPy 数组",
  },
  pngScale: "像素",
  save: "保存",
  copy: "复制",
  copied: "已复制",
  typescript: "TypeScript",
  commandLine: "命令行",
  curl: "curl",
  codeHint: "在本页之外得到同样的回答和同样的权重。",
  codeFolder: "请把路径换成您的模型文件夹：",
  changesNotInCommand: "命令行读取的是未经改动的文本；程序里则包含您的改动。",
  mapTitle: (text, output) => `${text} → ${output}`,
};

export const LOOK_WORDS: Table<LookWords> = { en: EN, "zh-CN": ZH_CN };
