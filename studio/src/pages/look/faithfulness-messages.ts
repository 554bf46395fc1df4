import type { Table } from "../../messages/table.ts";

export interface FaithfulnessWords {
  readonly title: string;
  readonly ask: string;
  readonly asking: string;
  readonly what: string;
  readonly kendall: (value: string) => string;
  readonly deletion: (area: string, random: string) => string;
  readonly meaning: string;
  readonly more: string;
}

export const FAITHFULNESS_WORDS: Table<FaithfulnessWords> = {
  en: {
    title: "Is this map true?",
    ask: "Measure it",
    asking: "Reading the text over and over …",
    what: "The model reads the text again without each token, to see which of them the answer depends on.",
    kendall: (value) => `Kendall τ ${value}`,
    deletion: (area, random) => `deletion ${area}, at random ${random}`,
    meaning:
      "τ is 1 where the answer loses most with the tokens attended on most, and 0 where weights say nothing of that. Deletion is how far the answer's probability falls as the most attended tokens are taken away; it should be more than at random.",
    more: "More:",
  },
  "zh-CN": {
    title: "这张图可信吗？",
    ask: "测量",
    asking: "正在反复读取文本……",
    what: "模型会在逐一去掉每个词元后重读文本，看回答取决于哪些词元。",
    kendall: (value) => `肯德尔 τ ${value}`,
    deletion: (area, random) => `删除 ${area}，随机 ${random}`,
    meaning:
      "若去掉最受关注的词元时回答损失最大，τ 为 1；若权重与此无关，τ 为 0。“删除”是依次去掉最受关注的词元时，回答概率平均下降多少；它应大于随机删除。",
    more: "详见：",
  },
};
