/** What the Train page says of the data that is trained on. */
import type { Table } from "../../messages/table.ts";

export interface DataWords {
  readonly data: string;
  readonly shape: (roles: string, files: number) => string;
  /** Between the names of roles. */
  readonly and: string;
  readonly firstLines: string;
  readonly choose: string;
  readonly drop: string;
  readonly sample: string;
  readonly samples: Readonly<Record<string, string>>;
  readonly remove: (name: string) => string;
  readonly reading: string;
  readonly found: (count: string) => string;
  readonly foundFirst: string;
  readonly leftOut: (count: string) => string;
  readonly fault: string;
  readonly roles: Readonly<Record<string, string>>;
  readonly columns: string;
  readonly columnOf: (role: string) => string;
  readonly byItself: string;
  readonly byName: string;
  readonly byNumber: string;
  readonly column: (number: number, text: string) => string;
  readonly more: string;
  readonly validation: string;
  readonly test: string;
  readonly heldOut: string;
  readonly skipBad: string;
  readonly missing: string;
  readonly byData: string;
}

export const DATA_WORDS: Table<DataWords> = {
  en: {
    data: "Data",
    shape: (roles, files) =>
      `One table with the columns ${roles} (.tsv, .csv or .jsonl, also .gz), or ${files} plain-text files, line by line.`,
    and: " and ",
    firstLines: "Its first lines, a tab between the columns",
    choose: "Choose files …",
    drop: "or drop them anywhere in the page",
    sample: "Sample data:",
    samples: {
      times: "times of day → HH:MM",
      amounts: "amounts in words → digits",
      "foreign-dates": "German, French dates → ISO",
      questions: "yes/no questions → answers",
    },
    remove: (name) => `Remove ${name}`,
    reading: "Reading …",
    found: (count) => `${count} records; the first:`,
    foundFirst: "The first records:",
    leftOut: (count) => `Bad records left out: ${count}.`,
    fault: "This cannot be trained on",
    roles: { source: "source", target: "target", text: "text", label: "label", dialogue: "dialogue" },
    columns: "Which column is which",
    columnOf: (role) => `Column of ${role}`,
    byItself: "found by its name or place",
    byName: "The first line is a header:",
    byNumber: "There is no header:",
    column: (number, text) => `column ${number} (${text})`,
    more: "Validation and test files, bad records",
    validation: "Validation files …",
    test: "Test files …",
    heldOut: "What is not given is split off from the data, a twentieth each.",
    skipBad: "Leave bad records out",
    missing: "Choose data first.",
    byData: "by the data",
  },
  "zh-CN": {
    data: "数据",
    shape: (roles, files) =>
      `一个表格，含 ${roles} 列（.tsv、.csv 或 .jsonl，也可为 .gz）；或 ${files} 个逐行对应的纯文本文件。`,
    and: "、",
    firstLines: "开头几行，各列以制表符分隔",
    choose: "选择文件……",
    drop: "或把文件拖到本页任意处",
    sample: "示例数据：",
    samples: {
      times: "英文时刻 → HH:MM",
      amounts: "英文数词 → 数字",
      "foreign-dates": "德文、法文日期 → ISO",
      questions: "英文是非问句 → 回答",
    },
    remove: (name) => `移除 ${name}`,
    reading: "正在读取……",
    found: (count) => `共 ${count} 条记录，开头几条：`,
    foundFirst: "开头几条记录：",
    leftOut: (count) => `已略去 ${count} 条有误的记录。`,
    fault: "这些数据无法用于训练",
    roles: { source: "输入", target: "输出", text: "文本", label: "标签", dialogue: "对话" },
    columns: "哪一列是什么",
    columnOf: (role) => `${role}所在的列`,
    byItself: "按名称或位置自动识别",
    byName: "第一行是表头：",
    byNumber: "没有表头：",
    column: (number, text) => `第 ${number} 列（${text}）`,
    more: "验证与测试文件、有误的记录",
    validation: "验证文件……",
    test: "测试文件……",
    heldOut: "未给出的部分，会从数据中各分出二十分之一。",
    skipBad: "略去有误的记录",
    missing: "请先选择数据。",
    byData: "由数据决定",
  },
};

/** The first lines of a table, by recipe. */
export const FIRST_LINES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  transduce: [
    ["source", "target"],
    ["half past seven in the evening", "19:30"],
    ["quarter to nine am", "08:45"],
  ],
  translate: [
    ["source", "target"],
    ["Ein Hund läuft.", "A dog is running."],
    ["Zwei Kinder spielen.", "Two children are playing."],
  ],
  dialogue: [
    ["turn", "reply"],
    ["are you free tomorrow?", "Yes, I am free tomorrow."],
    ["is he happy?", "No, he is not happy."],
  ],
  summarize: [
    ["text", "headline"],
    ["The council voted on Monday to …", "Council votes for new bridge"],
  ],
  classify: [
    ["text", "label"],
    ["What a film!", "positive"],
    ["Two hours that I shall never get back.", "negative"],
  ],
};
