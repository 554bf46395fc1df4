import type { Table } from "../../messages/table.ts";

export interface GraphWords {
  readonly inputs: string;
  readonly inputsHint: string;
  readonly values: string;
  readonly valuesHint: string;
  readonly seed: string;
  readonly draw: string;
  readonly heads: string;
  readonly headsHint: string;
  readonly noAttention: string;
  readonly failed: string;
  readonly running: string;
  readonly took: (seconds: number, heads: number) => string;
  readonly outputs: string;
}

export const GRAPH_WORDS: Table<GraphWords> = {
  en: {
    inputs: "Inputs",
    inputsHint: "Inputs that you do not give are drawn at random from the seed.",
    values: "Values, as JSON",
    valuesHint: 'such as {"x": [1, 2, 3]}',
    seed: "Seed",
    draw: "Draw others",
    heads: "Heads",
    headsHint: "Click a head to look at it; double-click shows it alone. [ ] and , . go from one to the next.",
    noAttention:
      "None of this graph's outputs is known to be attention weights: its metadata has no fovea.axes.NAME. Models that Fovea exports say so.",
    failed: "The graph could not run with these inputs",
    running: "Running …",
    took: (seconds, heads) => `${heads} ${heads === 1 ? "map" : "maps"}, ${(1000 * seconds).toFixed(0)} ms`,
    outputs: "Outputs",
  },
  "zh-CN": {
    inputs: "输入",
    inputsHint: "没有给出的输入按种子随机生成。",
    values: "取值（JSON）",
    valuesHint: '例如 {"x": [1, 2, 3]}',
    seed: "种子",
    draw: "另取一组",
    heads: "注意力头",
    headsHint: "点击一个头可查看；双击只显示它。[ ] 与 , . 依次切换。",
    noAttention: "无法确定这个计算图的哪个输出是注意力权重：元数据中没有 fovea.axes.NAME。Fovea 导出的模型会标明。",
    failed: "计算图无法用这些输入运行",
    running: "运行中……",
    took: (seconds, heads) => `${heads} 个图，${(1000 * seconds).toFixed(0)} 毫秒`,
    outputs: "输出",
  },
};
