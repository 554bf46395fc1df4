import type { Table } from "../../messages/table.ts";

export interface GraphWords {
  readonly inputs: string;
  readonly inputsHint: string;
  readonly values: string;
  readonly valuesHint: string;
  readonly fromValues: string;
  readonly seed: string;
  readonly draw: string;
  readonly between: (least: number, most: number) => string;
  readonly heads: string;
  readonly guessed: string;
  readonly guessedDespite: string;
  readonly noAttention: string;
  readonly failed: string;
  readonly running: string;
  readonly stop: string;
  readonly stopped: string;
  readonly again: string;
  readonly took: (seconds: number, heads: number) => string;
}

export const GRAPH_WORDS: Table<GraphWords> = {
  en: {
    inputs: "Inputs",
    inputsHint:
      "Nested lists give the sizes of open axes; a flat list fills the sizes above. Inputs that you do not give are drawn at random from the seed.",
    values: "Values, as JSON",
    valuesHint: 'such as {"x": [[1, 2, 3]]}',
    fromValues: "As the nesting of the values has it",
    seed: "Seed",
    draw: "Draw others",
    between: (least, most) => `A whole number from ${least} to ${most}`,
    heads: "Heads",
    guessed: "This graph does not say which outputs are attention weights; shown are those whose rows add up to 1.",
    guessedDespite: "Shown are the outputs whose rows add up to 1.",
    noAttention:
      "No output of this graph can be attention weights: none has rows that add up to 1, and its metadata names none as fovea.axes.NAME.",
    failed: "The graph could not run with these inputs",
    running: "Running …",
    stop: "Stop",
    stopped: "The run was stopped.",
    again: "Run again",
    took: (seconds, heads) => `${heads} ${heads === 1 ? "map" : "maps"}, ${(1000 * seconds).toFixed(0)} ms`,
  },
  "zh-CN": {
    inputs: "输入",
    inputsHint: "嵌套的列表决定未定各轴的大小；不嵌套的列表按上面的大小填入。没有给出的输入按种子随机生成。",
    values: "取值（JSON）",
    valuesHint: '例如 {"x": [[1, 2, 3]]}',
    fromValues: "由取值的嵌套决定",
    seed: "种子",
    draw: "另取一组",
    between: (least, most) => `${least} 到 ${most} 的整数`,
    heads: "注意力头",
    guessed: "这个计算图没有说明哪些输出是注意力权重；这里显示各行之和为 1 的输出。",
    guessedDespite: "这里显示各行之和为 1 的输出。",
    noAttention: "这个计算图没有可以视为注意力权重的输出：没有各行之和为 1 的输出，元数据中也没有 fovea.axes.NAME。",
    failed: "计算图无法用这些输入运行",
    running: "运行中……",
    stop: "停止",
    stopped: "运行已停止。",
    again: "再次运行",
    took: (seconds, heads) => `${heads} 个图，${(1000 * seconds).toFixed(0)} 毫秒`,
  },
};
