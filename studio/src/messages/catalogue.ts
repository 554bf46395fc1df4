import type { Table } from "./table.ts";

export interface CatalogueWords {
  readonly title: string;
  readonly intro: (count: number) => string;
  readonly search: string;
  readonly none: (text: string) => string;
  readonly families: Readonly<Record<string, string>>;
  readonly task: string;
  readonly plane: (keys: number, queries: number) => string;
  readonly query: (name: string, place: number) => string;
  readonly queryPlace: (name: string, place: number, count: number) => string;
  readonly queryHint: string;
  readonly queries: string;
  readonly head: string;
  readonly scores: string;
  readonly noScores: string;
  readonly weights: string;
  readonly output: string;
  readonly right: string;
  readonly wrong: string;
  readonly next: string;
  readonly back: string;
  readonly train: string;
  readonly training: (step: number, steps: number) => string;
  readonly trained: string;
  readonly untrained: string;
  readonly forget: string;
  readonly all: string;
  readonly link: string;
  readonly copy: string;
  readonly key: string;
}

export const CATALOGUE: Table<CatalogueWords> = {
  en: {
    title: "Catalogue",
    intro: (count) =>
      `All ${count} mechanisms of the list, each at work on a small task with a known answer, by the very code of src/attention. Drag a query: scores → weights → output follow.`,
    search: "Find a mechanism",
    none: (text) => `No mechanism is called or described by “${text}”.`,
    families: {
      scores: "Scores: how well a key fits a query",
      normalizers: "Normalizers: how scores become weights",
      windows: "Windows: which keys a query sees at all",
      memory: "Memory: what earlier steps leave to later ones",
      heads: "Heads: several attentions side by side",
      positions: "Positions: how the order of keys and queries enters",
      efficient: "Efficient: the same for long sequences",
      pooling: "Pooling: one summary, or a few, of a whole sequence",
      channels: "Channels",
      places: "Places of a picture",
    },
    task: "Task",
    plane: (keys, queries) =>
      `Plane of ${keys} keys and ${queries} queries as the mechanism gets them: the two directions in which they differ most`,
    queryPlace: (name, place, count) =>
      name === String(place) ? `${place} of ${count}` : `${name} (${place} of ${count})`,
    query: (name, place) =>
      `Query ${name === String(place) ? name : `${name} (${place})`}: drag it, or move it with the arrow keys`,
    queryHint: "Drag a query (square). Keys (circles) grow with their weight.",
    queries: "Query",
    head: "Head",
    scores: "score",
    noScores: "This mechanism computes no score of a query and a key: it goes to its weights by another way.",
    weights: "weight",
    output: "Answer read from the output",
    right: "right",
    wrong: "wrong",
    next: "Another problem",
    back: "Put the query back",
    train: "Train it",
    training: (step, steps) => `Training: step ${step} of ${steps}`,
    trained: "trained",
    untrained: "not trained yet: its weights are as they were drawn",
    forget: "Forget the training",
    all: "All queries of the problem",
    link: "Link to this card",
    copy: "Copy as code",
    key: "key",
  },
  "zh-CN": {
    title: "机制目录",
    intro: (count) =>
      `列表中的全部 ${count} 种机制，每一种都在一个答案已知的小任务上运行，用的正是 src/attention 的代码。拖动查询：得分 → 权重 → 输出随之变化。`,
    search: "查找机制",
    none: (text) => `没有名称或说明包含“${text}”的机制。`,
    families: {
      scores: "得分：键与查询的匹配程度",
      normalizers: "归一化：得分如何变成权重",
      windows: "窗口：查询能看到哪些键",
      memory: "记忆：前面的步骤留给后面的信息",
      heads: "多头：并列的多个注意力",
      positions: "位置：键与查询的次序如何起作用",
      efficient: "高效：适用于长序列的同样计算",
      pooling: "池化：整个序列的一个或几个摘要",
      channels: "通道",
      places: "图像位置",
    },
    task: "任务",
    plane: (keys, queries) => `机制所得到的 ${keys} 个键与 ${queries} 个查询的平面：差异最大的两个方向`,
    queryPlace: (name, place, count) =>
      name === String(place) ? `第 ${place} 个，共 ${count} 个` : `${name}（第 ${place} 个，共 ${count} 个）`,
    query: (name, place) =>
      `查询 ${name === String(place) ? name : `${name}（第 ${place} 个）`}：可拖动，或用方向键移动`,
    queryHint: "拖动查询（方块）。键（圆）随权重变大。",
    queries: "查询",
    head: "头",
    scores: "得分",
    noScores: "这种机制不计算查询与键的得分：它以别的方式得到权重。",
    weights: "权重",
    output: "从输出读出的答案",
    right: "正确",
    wrong: "错误",
    next: "换一题",
    back: "放回查询",
    train: "训练",
    training: (step, steps) => `训练中：第 ${step} / ${steps} 步`,
    trained: "已训练",
    untrained: "尚未训练：权重仍是初始值",
    forget: "忘记训练",
    all: "本题的全部查询",
    link: "本卡片的链接",
    copy: "复制为代码",
    key: "键",
  },
};
