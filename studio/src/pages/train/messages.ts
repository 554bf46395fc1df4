import type { SettingLimits } from "fovea/tasks";
import { formatNumber } from "fovea/views";
import type { Table } from "../../messages/table.ts";
import type { Compute, Keeping } from "../../worker/api.ts";
import type { Phase } from "./training-state.ts";

export interface TrainWords {
  readonly title: string;
  readonly about: string;
  readonly recipe: string;
  readonly seed: string;
  readonly steps: string;
  readonly workers: string;
  readonly compute: string;
  readonly computes: Readonly<Record<Compute, string>>;
  readonly backend: (name: string) => string;
  readonly stopRule: string;
  readonly stopHint: string;
  readonly allSettings: string;
  readonly reset: string;
  readonly changed: (count: number) => string;
  readonly limits: (limits: SettingLimits) => string;
  readonly mustBe: (limits: string) => string;
  readonly probes: string;
  readonly probesHint: string;
  readonly probe: (place: number) => string;
  readonly start: string;
  readonly keeping: Readonly<Record<Keeping, string>>;
  readonly phases: Readonly<Record<Exclude<Phase, "measuring">, string>>;
  readonly step: (step: string, steps: string) => string;
  /** One sentence of parts. */
  readonly said: (parts: readonly string[]) => string;
  readonly pace: (examples: string) => string;
  readonly left: (time: string) => string;
  readonly pause: string;
  readonly resume: string;
  readonly oneStep: string;
  readonly finish: string;
  readonly finishTitle: string;
  readonly abort: string;
  readonly abortTitle: string;
  readonly learningRate: string;
  readonly factor: (factor: string) => string;
  readonly resetFactor: string;
  readonly curves: string;
  readonly rate: string;
  readonly loss: string;
  readonly validationLoss: string;
  readonly exactMatch: string;
  readonly stepAxis: string;
  readonly noCurves: string;
  readonly watched: string;
  readonly noProbes: string;
  readonly answersNow: (step: string) => string;
  readonly answersHint: string;
  readonly text: string;
  readonly answer: string;
  readonly confidence: string;
  readonly result: string;
  readonly interval: (low: string, high: string) => string;
  readonly certainLine: (share: string, right: string) => string;
  readonly nonsenseLine: (share: string) => string;
  /** What stands between two sentences. */
  readonly between: string;
  readonly took: (time: string, steps: string) => string;
  readonly bestAt: (step: string) => string;
  readonly look: string;
  readonly download: string;
  readonly again: string;
  readonly stays: string;
  readonly toModel: string;
  readonly replaceTitle: string;
  readonly replaceText: string;
  readonly replace: string;
  readonly code: string;
  readonly commandHint: string;
  readonly programHint: string;
  readonly right: string;
  readonly recalled: string;
  readonly stopped: (step: string, steps: string) => string;
  readonly stoppedAtStart: string;
  readonly goOn: (step: string) => string;
  readonly discard: string;
  readonly fault: string;
  readonly faultKept: (step: string) => string;
  readonly faultLost: string;
  readonly warning: string;
  readonly colon: string;
  readonly settings: string;
  readonly loadFault: string;
  readonly retry: string;
  readonly busy: string;
  readonly elsewhere: string;
}

const COMPUTES: Table<Readonly<Record<Compute, string>>> = {
  en: { auto: "Auto", wasm: "WASM", webgpu: "WebGPU" },
  "zh-CN": { auto: "自动", wasm: "WASM", webgpu: "WebGPU" },
};

/** Limits as `1 – 64`, or as `≥ 0, < 1`. */
function range(limits: SettingLimits, open: string): string {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = limits;
  if (minimum !== undefined && maximum !== undefined) return `${formatNumber(minimum)} – ${formatNumber(maximum)}`;
  const bounds = Object.entries({ "≥": minimum, ">": exclusiveMinimum, "≤": maximum, "<": exclusiveMaximum });
  const text = bounds.flatMap(([sign, bound]) => (bound === undefined ? [] : [`${sign} ${formatNumber(bound)}`]));
  return text.length > 0 ? text.join(", ") : open;
}

export const TRAIN: Table<TrainWords> = {
  en: {
    title: "Train",
    about:
      "Curves of the loss and of how good the answers are, and what the network attends to in your three texts, appear here while it learns.",
    recipe: "Recipe",
    seed: "Seed",
    steps: "Steps",
    workers: "Workers",
    compute: "Compute with",
    computes: COMPUTES.en,
    backend: (name) => COMPUTES.en[name as Compute] ?? name,
    stopRule: "Stop at",
    stopHint: "Empty: never before the last step.",
    allSettings: "All settings",
    reset: "Reset",
    changed: (count) => `${count} changed`,
    limits: (limits) => limits.enum?.join(", ") ?? range(limits, limits.type === "boolean" ? "true, false" : "any"),
    mustBe: (limits) => `Expected: ${limits}`,
    probes: "Texts to watch",
    probesHint: "What the network makes of them is kept at each validation.",
    probe: (place) => `Text ${place}`,
    start: "Start training",
    keeping: {
      kept: "The browser keeps each checkpoint: a page that was closed can go on.",
      busy: "Another page trains now: what is begun here meanwhile is lost when this page is closed.",
      lost: "This browser keeps nothing for pages: what is trained here is lost when the page is closed.",
    },
    phases: {
      idle: "Ready",
      starting: "Preparing …",
      training: "Training",
      paused: "Paused",
      stopping: "Stopping after this step …",
      finished: "Finished",
      stopped: "Stopped",
      fault: "Stopped by a fault",
    },
    step: (step, steps) => `Step ${step} of ${steps}`,
    said: ([first, ...parts]) =>
      `${[first, ...parts.map((part) => part.replace(/^S/, "s"))].join(", ").replace(/ …$/, "")}.`,
    pace: (examples) => `${examples} examples a second`,
    left: (time) => `${time} left at most`,
    pause: "Pause",
    resume: "Go on",
    oneStep: "One step",
    finish: "Stop now",
    finishTitle: "End the training and keep the best model so far",
    abort: "Abort",
    abortTitle: "End at once; the training can go on later from here",
    learningRate: "Learning rate",
    factor: (factor) => `× ${factor}`,
    resetFactor: "Back to × 1",
    curves: "Curves",
    rate: "learning rate",
    loss: "loss",
    validationLoss: "validation",
    exactMatch: "right",
    stepAxis: "step",
    noCurves: "The first steps are on their way …",
    watched: "Attention as it forms",
    noProbes: "The first look comes with the first validation.",
    answersNow: (step) => `Answers at step ${step}`,
    answersHint:
      "Confidences as the network has them while it trains. The finished model is calibrated, which changes confidences, not answers.",
    text: "Text",
    answer: "Answer",
    confidence: "Confidence",
    result: "The trained model",
    interval: (low, high) => `95 % interval ${low} – ${high}`,
    certainLine: (share, right) => `${share} of the answers are marked certain; ${right} of these are right.`,
    nonsenseLine: (share) => `${share} of inputs without an answer are marked doubtful.`,
    between: " ",
    took: (time, steps) => `Trained in ${time}, ${steps} steps.`,
    bestAt: (step) => `The model is the best one, of step ${step}.`,
    look: "Look at it",
    download: "Download model (zip)",
    again: "Train again",
    stays: "The trained model stays until a new training starts.",
    toModel: "Back to the trained model",
    replaceTitle: "Replace the trained model?",
    replaceText:
      "A new training takes the place of the model that was trained here. It was neither downloaded nor looked at, so it would be gone.",
    replace: "Replace it",
    code: "Copy as code",
    commandHint:
      "The same training in a terminal. It takes all steps, as the stop rule and the watched texts are this page's own.",
    programHint: "The same training as a program for Node.js, into an empty folder.",
    right: "Right",
    recalled: "This model was trained before the page was opened; the browser has kept it.",
    stopped: (step, steps) =>
      `A training stands at the checkpoint of step ${step} of ${steps}. Steps after it are taken again; a new training takes its place.`,
    stoppedAtStart: "A training was stopped before it had come to a checkpoint.",
    goOn: (step) => `Go on from step ${step}`,
    discard: "Discard",
    fault: "The training met a fault.",
    faultKept: (step) => `The checkpoint of step ${step} is kept.`,
    faultLost: "There is no checkpoint to go on from.",
    warning: "Note",
    colon: ": ",
    settings: "Settings",
    loadFault: "The training worker did not start.",
    retry: "Try again",
    busy: "Another page trains now. When it has ended, this training can go on, or be discarded.",
    elsewhere: "Another page has trained meanwhile: this is what it has left.",
  },
  "zh-CN": {
    title: "训练",
    about: "训练时，这里会显示损失曲线、回答的质量，以及网络在您的三段文本中关注何处。",
    recipe: "配方",
    seed: "随机种子",
    steps: "步数",
    workers: "线程数",
    compute: "计算方式",
    computes: COMPUTES["zh-CN"],
    backend: (name) => COMPUTES["zh-CN"][name as Compute] ?? name,
    stopRule: "停止条件：达到",
    stopHint: "留空：一直训练到最后一步。",
    allSettings: "全部设置",
    reset: "恢复默认",
    changed: (count) => `已改动 ${count} 项`,
    limits: (limits) => limits.enum?.join("、") ?? range(limits, limits.type === "boolean" ? "true、false" : "任意"),
    mustBe: (limits) => `应为：${limits}`,
    probes: "观察的文本",
    probesHint: "每次验证时都会记下网络对它们的读法。",
    probe: (place) => `文本 ${place}`,
    start: "开始训练",
    keeping: {
      kept: "浏览器会保存每个检查点：关闭页面之后还能继续。",
      busy: "另一个页面正在训练：此时在这里开始的训练，关闭本页面后会丢失。",
      lost: "此浏览器不为页面保存数据：关闭页面后，这里的训练会丢失。",
    },
    phases: {
      idle: "就绪",
      starting: "准备中……",
      training: "训练中",
      paused: "已暂停",
      stopping: "这一步之后停止……",
      finished: "已完成",
      stopped: "已停止",
      fault: "因故障停止",
    },
    step: (step, steps) => `第 ${step} 步，共 ${steps} 步`,
    said: (parts) => `${parts.join("，").replace(/……$/, "")}。`,
    pace: (examples) => `每秒 ${examples} 个样本`,
    left: (time) => `最多还需 ${time}`,
    pause: "暂停",
    resume: "继续",
    oneStep: "走一步",
    finish: "就此结束",
    finishTitle: "结束训练，保留到目前为止最好的模型",
    abort: "中止",
    abortTitle: "立即停下；以后可以从这里继续",
    learningRate: "学习率",
    factor: (factor) => `× ${factor}`,
    resetFactor: "恢复为 × 1",
    curves: "曲线",
    rate: "学习率",
    loss: "损失",
    validationLoss: "验证",
    exactMatch: "答对",
    stepAxis: "步",
    noCurves: "最初几步正在进行……",
    watched: "注意力的形成",
    noProbes: "第一次验证后就能看到。",
    answersNow: (step) => `第 ${step} 步的回答`,
    answersHint: "这里的置信度是训练中的网络直接给出的。训练完成的模型经过校准：置信度会改变，回答不变。",
    text: "文本",
    answer: "回答",
    confidence: "置信度",
    result: "训练好的模型",
    interval: (low, high) => `95 % 区间 ${low} – ${high}`,
    certainLine: (share, right) => `${share} 的回答标为“确定”，其中 ${right} 正确。`,
    nonsenseLine: (share) => `没有答案的输入中，${share} 被标为“存疑”。`,
    between: "",
    took: (time, steps) => `用时 ${time}，共 ${steps} 步。`,
    bestAt: (step) => `保留的是第 ${step} 步的最佳模型。`,
    look: "查看注意力",
    download: "下载模型（zip）",
    again: "再次训练",
    stays: "新的训练开始之前，训练好的模型一直保留。",
    toModel: "回到训练好的模型",
    replaceTitle: "取代训练好的模型？",
    replaceText: "新的训练会取代在这里训练好的模型。它既没有下载过，也没有查看过，因此会丢失。",
    replace: "取代",
    code: "复制为代码",
    commandHint: "在终端里进行同样的训练。它会走完所有步数：停止条件与观察的文本只属于本页面。",
    programHint: "同样的训练，写成 Node.js 程序，存入一个空文件夹。",
    right: "正确",
    recalled: "此模型在打开本页面之前就已训练好，由浏览器保存。",
    stopped: (step, steps) =>
      `有一次训练停在第 ${step} 步的检查点，共 ${steps} 步。此后的步骤会重新走一遍；重新训练会取代它。`,
    stoppedAtStart: "有一次训练在到达检查点之前就停止了。",
    goOn: (step) => `从第 ${step} 步继续`,
    discard: "放弃",
    fault: "训练遇到了故障。",
    faultKept: (step) => `第 ${step} 步的检查点仍然保留。`,
    faultLost: "没有可以继续的检查点。",
    warning: "提示",
    colon: "：",
    settings: "设置",
    loadFault: "训练线程没有启动。",
    retry: "重试",
    busy: "另一个页面正在训练。等它结束后，这次训练可以继续，也可以放弃。",
    elsewhere: "另一个页面在此期间训练过：这是它留下的内容。",
  },
};
