/** What the Train page says of each recipe. */
import type { Table } from "../../messages/table.ts";

export interface RecipeWords {
  /** By recipe, a sentence for those who see the page first. */
  readonly leads: Readonly<Record<string, string>>;
  readonly otherLead: string;
  /** What stands behind the number of the stop rule. */
  readonly stopUnit: (isDates: boolean) => string;
  readonly measuring: (isDates: boolean) => string;
  readonly ofTest: (right: string, count: string, isDates: boolean) => string;
  readonly onTest: (count: string) => string;
  readonly groupedBy: Readonly<Record<string, readonly [title: string, column: string]>>;
  readonly learnsFrom: (train: string, validation: string, test: string) => string;
  readonly vocabulary: (parts: readonly (readonly [name: string, count: string])[]) => string;
  /** What is counted in a vocabulary, by its name. */
  readonly vocabularies: Readonly<Record<string, string>>;
}

export const RECIPE_WORDS: Table<RecipeWords> = {
  en: {
    leads: {
      dates: "A small network learns to read dates, here in this page. Watch it find out where to look.",
      transduce: "A network learns to rewrite short texts as your pairs do, character by character, here in this page.",
      translate: "A network learns to write sentences for sentences from your pairs, here in this page.",
      dialogue: "A network learns to answer from your turns and replies, here in this page.",
      summarize: "A network learns to write headlines from your texts, here in this page.",
      classify: "A network learns to label texts as yours are, and to show the words that decided, here in this page.",
    },
    otherLead: "A network learns here in this page.",
    stopUnit: (isDates) => (isDates ? "% of validation dates" : "% of validation texts"),
    measuring: (isDates) => (isDates ? "Reading the test dates …" : "Reading the test texts …"),
    ofTest: (right, count, isDates) =>
      `${right} of ${count} test ${isDates ? "dates" : "texts"} answered right, none of which it trained on`,
    onTest: (count) => `on ${count} test texts, none of which it trained on`,
    groupedBy: {
      format: ["By format", "Format"],
      length: ["By length of the text", "Length"],
      label: ["By right label", "Label"],
    },
    learnsFrom: (train, validation, test) =>
      `Learns from ${train} examples; ${validation} to validate, ${test} to test.`,
    vocabulary: (parts) => `Vocabulary: ${parts.map(([name, count]) => `${count} ${name}`).join(", ")}.`,
    vocabularies: { source: "source tokens", target: "target tokens", text: "tokens", labels: "labels" },
  },
  "zh-CN": {
    leads: {
      dates: "一个小网络就在本页面里学习读日期。看它怎样学会该看哪里。",
      transduce: "网络在本页面里按您的成对样本，逐字符地学习改写短文本。",
      translate: "网络在本页面里从您的句对学习：读一句，写一句。",
      dialogue: "网络在本页面里从您的问答学习怎样回应。",
      summarize: "网络在本页面里从您的文本学习写标题。",
      classify: "网络在本页面里学习给文本分类，并显示由哪些词决定。",
    },
    otherLead: "网络在本页面里学习。",
    stopUnit: (isDates) => (isDates ? "% 的验证日期正确" : "% 的验证文本正确"),
    measuring: (isDates) => (isDates ? "正在读测试日期……" : "正在读测试文本……"),
    ofTest: (right, count, isDates) => `${count} 个测试${isDates ? "日期" : "文本"}答对 ${right} 个，训练时都没有见过`,
    onTest: (count) => `在 ${count} 个测试文本上，训练时都没有见过`,
    groupedBy: {
      format: ["按格式", "格式"],
      length: ["按文本长度", "长度"],
      label: ["按正确标签", "标签"],
    },
    learnsFrom: (train, validation, test) => `从 ${train} 个样本学习；验证 ${validation} 个，测试 ${test} 个。`,
    vocabulary: (parts) => `词表：${parts.map(([name, count]) => `${name} ${count} 个`).join("，")}。`,
    vocabularies: { source: "输入词元", target: "输出词元", text: "词元", labels: "标签" },
  },
};
