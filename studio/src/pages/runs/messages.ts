import type { RunState } from "fovea/tasks";
import type { Table } from "../../messages/table.ts";

export interface RunsWords {
  readonly title: string;
  readonly lead: string;
  readonly list: string;
  readonly shown: string;
  readonly show: (name: string) => string;
  readonly name: string;
  readonly task: string;
  readonly state: string;
  readonly states: Readonly<Record<RunState, string>>;
  readonly steps: string;
  readonly loss: string;
  readonly measured: string;
  readonly onTest: (isDates: boolean) => string;
  readonly onValidation: (isDates: boolean) => string;
  readonly begun: string;
  readonly look: string;
  readonly lookAt: (name: string) => string;
  readonly code: string;
  readonly codeOf: (name: string) => string;
  readonly codeHint: string;
  readonly resumeHint: string;
  readonly pace: (examples: string, time: string) => string;
  readonly curves: string;
  readonly panels: { readonly loss: string; readonly exactMatch: string; readonly learningRate: string };
  readonly panelOf: (measure: string) => string;
  readonly stepAxis: string;
  readonly none: string;
  readonly noneYet: string;
  readonly emptyTitle: string;
  readonly emptyLead: string;
  readonly emptyThen: string;
  readonly away: string;
  readonly back: string;
  readonly retry: string;
  readonly loading: string;
}

export const RUNS: Table<RunsWords> = {
  en: {
    title: "Runs",
    lead: "Trainings in the folder of runs, the newest first. A run that is still going is followed live.",
    list: "Runs",
    shown: "Shown",
    show: (name) => `Show the curves of ${name}`,
    name: "Name",
    task: "Task",
    state: "State",
    states: { running: "running", finished: "finished", interrupted: "interrupted" },
    steps: "Step",
    loss: "Loss",
    measured: "Measured",
    onTest: (isDates) => (isDates ? "on test dates" : "on test texts"),
    onValidation: (isDates) => (isDates ? "on validation dates" : "on validation texts"),
    begun: "Begun",
    look: "Look",
    lookAt: (name) => `Look at the model of ${name}`,
    code: "Code",
    codeOf: (name) => `Copy as code: ${name}`,
    codeHint: "To be run in the folder where this studio was started.",
    resumeHint: "Goes on from the last checkpoint, in the folder where this studio was started.",
    pace: (examples, time) => `${examples} examples a second, ${time} left`,
    curves: "Curves",
    panels: { loss: "Loss", exactMatch: "Right on validation", learningRate: "Learning rate" },
    panelOf: (measure) => `Validation: ${measure}`,
    stepAxis: "step",
    none: "Choose runs above to see their curves.",
    noneYet: "Nothing told yet.",
    emptyTitle: "No runs yet",
    emptyLead: "Train a model in a terminal, in the folder where this studio was started:",
    emptyThen: "It appears here with its first step, and its curves grow as it learns.",
    away: "The server does not answer. What was read stays; the page asks again by itself.",
    back: "The server answers again.",
    retry: "Ask now",
    loading: "Reading the runs …",
  },
  "zh-CN": {
    title: "训练记录",
    lead: "训练文件夹中的各次训练，最新的在前。仍在进行的会实时跟随。",
    list: "训练记录",
    shown: "显示",
    show: (name) => `显示 ${name} 的曲线`,
    name: "名称",
    task: "任务",
    state: "状态",
    states: { running: "进行中", finished: "已完成", interrupted: "已中断" },
    steps: "步",
    loss: "损失",
    measured: "结果",
    onTest: (isDates) => (isDates ? "测试日期" : "测试文本"),
    onValidation: (isDates) => (isDates ? "验证日期" : "验证文本"),
    begun: "开始于",
    look: "查看",
    lookAt: (name) => `查看 ${name} 的模型`,
    code: "代码",
    codeOf: (name) => `复制为代码：${name}`,
    codeHint: "请在启动本工作室的文件夹里运行。",
    resumeHint: "从最后的检查点继续；请在启动本工作室的文件夹里运行。",
    pace: (examples, time) => `每秒 ${examples} 个样本，还需 ${time}`,
    curves: "曲线",
    panels: { loss: "损失", exactMatch: "验证集答对", learningRate: "学习率" },
    panelOf: (measure) => `验证集：${measure}`,
    stepAxis: "步",
    none: "请在上面选择训练，以显示其曲线。",
    noneYet: "还没有内容。",
    emptyTitle: "还没有训练记录",
    emptyLead: "在启动本工作室的文件夹里，用终端训练一个模型：",
    emptyThen: "走完第一步它就会出现在这里，曲线随训练增长。",
    away: "服务器没有应答。已读到的内容都还在；页面会自动重试。",
    back: "服务器已恢复应答。",
    retry: "立即重试",
    loading: "正在读取训练记录……",
  },
};
