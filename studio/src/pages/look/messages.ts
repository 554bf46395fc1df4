import type { Table } from "../../messages/table.ts";

/** What is read and written one at a time. */
export type Unit = "character" | "token";

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
  readonly emptyText: string;
  readonly emptyTextPlain: string;
  readonly stillOf: (text: string) => string;
  readonly examples: string;
  readonly answer: string;
  readonly nothing: string;
  readonly confidence: string;
  readonly certain: string;
  readonly certainWhy: string;
  readonly doubtful: string;
  readonly doubtfulWhy: string;
  readonly notADate: string;
  readonly cannotRead: string;
  readonly matrix: string;
  readonly steps: string;
  readonly ribbons: string;
  readonly whatIf: string;
  readonly whatIfHint: (unit: Unit) => string;
  readonly masked: (token: string, place: number) => string;
  readonly maskedPlace: (place: number, unit: Unit) => string;
  readonly forced: (step: number, tokens: string) => string;
  readonly written: (step: number, token: string) => string;
  readonly place: (place: number, unit: Unit) => string;
  readonly leftOut: (change: string) => string;
  readonly notThere: (columns: number, rows: number, unit: Unit) => string;
  readonly remove: string;
  readonly reset: string;
  readonly asItReads: string;
  readonly changed: string;
  readonly same: string;
  readonly differs: (count: number, unit: Unit) => string;
  readonly onlyItself: string;
  readonly onlyLabel: string;
  readonly compare: string;
  readonly compareHint: string;
  readonly export: string;
  readonly copyAsCode: string;
  readonly exportAs: string;
  readonly exportWhich: string;
  readonly whichBranch: string;
  readonly formats: Readonly<Record<"svg" | "png" | "html" | "json" | "csv" | "npy", string>>;
  readonly pngScale: string;
  readonly save: string;
  readonly codeHint: string;
  readonly codeFolder: string;
  readonly codeFile: string;
  readonly changesNotInCommand: string;
}

const EN: LookWords = {
  label: "Look",
  model: "Model",
  opening: "Opening the model …",
  cannotOpen: "This model could not be opened",
  unknownModel: (name) =>
    `The link is about a model named “${name}”, which is not open in this page. Drop it here, or choose another.`,
  empty: {
    title: "See where a model looks",
    lead: "For each character or word that a model writes, Fovea shows what it read. There is no model in this page yet:",
  },
  emptyWays: {
    train: [
      "Train one here",
      "On your processor: the date normaliser learns in about half a minute; or take a file of yours.",
    ],
    open: ["Open one", "A model folder, its zip, or an exported ONNX file. It is read in this page and sent nowhere."],
    runs: ["Choose one of the runs", "Models that fovea train has written on this computer."],
    catalogue: ["Look at mechanisms", "Every attention mechanism with its formula, as a small experiment."],
  },
  text: "Text",
  textHint: "Type a text",
  emptyText: "Type a text, or choose an example: the model reads it as you type.",
  emptyTextPlain: "Type a text: the model reads it as you type.",
  stillOf: (text) => `The views below still show how the model read “${text}”.`,
  examples: "Examples",
  answer: "Answer",
  nothing: "nothing",
  confidence: "confidence",
  certain: "certain",
  certainWhy: "The confidence reaches the threshold that was chosen on validation data.",
  doubtful: "doubtful",
  doubtfulWhy: "The confidence is below the threshold that was chosen on validation data.",
  notADate: "no date of the calendar",
  cannotRead: "The model cannot take this text",
  matrix: "Alignment",
  steps: "Step by step",
  ribbons: "Ribbons",
  whatIf: "What if?",
  whatIfHint: (unit) =>
    `Mask a ${unit} (click its label, or M), force a step's attention or choose another candidate (step by step): the model reads again, and both answers stand side by side.`,
  masked: (token, place) => `“${token}” (${place}) masked`,
  maskedPlace: (place, unit) => `${unit} ${place} masked`,
  forced: (step, tokens) => `step ${step} reads ${tokens}`,
  written: (step, token) => `step ${step} writes “${token}”`,
  place: (place, unit) => `${unit} ${place}`,
  leftOut: (change) => `Left out: ${change}.`,
  notThere: (columns, rows, unit) =>
    `The text has ${columns} ${unit}s, the answer ${rows}, and each step is changed but once.`,
  remove: "Take this change back",
  reset: "Reset",
  asItReads: "As it reads",
  changed: "Changed",
  same: "The answer stays the same.",
  differs: (count, unit) => (count === 1 ? `One ${unit} differs.` : `${count} ${unit}s differ.`),
  onlyItself: "An edited output character changes only itself: this model does not read what it wrote.",
  onlyLabel: "Another label changes nothing but the answer: a classifier writes one only.",
  compare: "Compare",
  compareHint:
    "A is how the model reads by itself, B with your changes; the difference is B − A. Rows stand in the order of how much they differ.",
  export: "Export",
  copyAsCode: "Copy as code",
  exportAs: "Export the map",
  exportWhich: "Which",
  whichBranch: "As it reads, or changed",
  formats: {
    svg: "SVG picture, text stays text",
    png: "PNG picture",
    html: "HTML page in one file, with the cells to point at",
    json: "JSON, the numbers with their tokens",
    csv: "CSV table",
    npy: "NumPy array",
  },
  pngScale: "Pixels",
  save: "Save",
  codeHint: "The same answer and the same weights, outside of this page.",
  codeFolder: "Put the path of your model folder in place of",
  codeFile: "Put the path of your ONNX file in place of",
  changesNotInCommand: "The command line reads the text without your changes; the program makes them.",
};

const UNITS: Readonly<Record<Unit, string>> = { character: "字符", token: "词元" };

const ZH_CN: LookWords = {
  label: "查看",
  model: "模型",
  opening: "正在打开模型……",
  cannotOpen: "无法打开这个模型",
  unknownModel: (name) => `链接所指的模型“${name}”没有在本页打开。请把它拖到这里，或另选一个。`,
  empty: {
    title: "看模型在看哪里",
    lead: "模型每写出一个字符或词，Fovea 都会显示它读了什么。本页还没有模型：",
  },
  emptyWays: {
    train: ["就地训练一个", "用您的处理器训练：日期规范化模型约需半分钟；也可用您自己的文件。"],
    open: ["打开一个", "模型文件夹、它的 zip 或导出的 ONNX 文件。只在本页读取，不会发送到任何地方。"],
    runs: ["从训练记录中选一个", "本机上 fovea train 写出的模型。"],
    catalogue: ["看看各种机制", "每一种注意力机制都附公式，并可亲手试验。"],
  },
  text: "文本",
  textHint: "输入文本",
  emptyText: "请输入文本，或选一个示例：模型随输入即时读取。",
  emptyTextPlain: "请输入文本：模型随输入即时读取。",
  stillOf: (text) => `下方仍是模型对“${text}”的读法。`,
  examples: "示例",
  answer: "回答",
  nothing: "空",
  confidence: "置信度",
  certain: "确定",
  certainWhy: "置信度达到在验证数据上选定的阈值。",
  doubtful: "存疑",
  doubtfulWhy: "置信度低于在验证数据上选定的阈值。",
  notADate: "日历上没有这一天",
  cannotRead: "模型无法读取这段文本",
  matrix: "对齐矩阵",
  steps: "逐步查看",
  ribbons: "丝带图",
  whatIf: "如果……会怎样？",
  whatIfHint: (unit) =>
    `屏蔽一个${UNITS[unit]}（点击它的标签，或按 M），在“逐步查看”中强制某一步的注意力或选另一个候选：模型会重读一遍，两个回答并排显示。`,
  masked: (token, place) => `屏蔽“${token}”（第 ${place} 个）`,
  maskedPlace: (place, unit) => `屏蔽第 ${place} 个${UNITS[unit]}`,
  forced: (step, tokens) => `第 ${step} 步读${tokens}`,
  written: (step, token) => `第 ${step} 步写“${token}”`,
  place: (place, unit) => `第 ${place} 个${UNITS[unit]}`,
  leftOut: (change) => `已略去：${change}。`,
  notThere: (columns, rows, unit) => `文本有 ${columns} 个${UNITS[unit]}，回答有 ${rows} 个，每一步只能改一次。`,
  remove: "撤销这一改动",
  reset: "全部还原",
  asItReads: "原样",
  changed: "改动后",
  same: "回答不变。",
  differs: (count, unit) => `有 ${count} 个${UNITS[unit]}不同。`,
  onlyItself: "改写一个输出字符只会改变它自己：这个模型不读自己写过的内容。",
  onlyLabel: "换一个标签只会改变回答本身：分类模型只写一个标签。",
  compare: "对比",
  compareHint: "A 是模型原本的读法，B 是改动后的读法，差为 B − A。各行按差异大小排列。",
  export: "导出",
  copyAsCode: "复制为代码",
  exportAs: "导出注意力图",
  exportWhich: "哪一个",
  whichBranch: "原样或改动后",
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
  codeHint: "在本页之外得到同样的回答和同样的权重。",
  codeFolder: "请把路径换成您的模型文件夹：",
  codeFile: "请把路径换成您的 ONNX 文件：",
  changesNotInCommand: "命令行读取的是未经改动的文本；程序里则包含您的改动。",
};

export const LOOK_WORDS: Table<LookWords> = { en: EN, "zh-CN": ZH_CN };
