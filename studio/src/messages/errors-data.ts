/** What is wrong with the data of a training, or with a text, in the words of the page. */

/** What was expected, what was found and perhaps a mend; one text alone is a sentence. */
export type Parts = readonly string[];

export interface Row {
  readonly pattern: RegExp;
  readonly zh: (...found: string[]) => Parts;
  /** Where the message itself does not read well. */
  readonly en?: (...found: string[]) => Parts;
}

/** `a.tsv:3:9`, in words. */
const place = (at: string) => {
  const [, file = at, line, column] = /^(.*):(\d+):(\d+)$/s.exec(at) ?? [];
  return line === undefined ? file : `${file} 第 ${line} 行第 ${column} 列`;
};

const FOUND: Readonly<Record<string, string>> = {
  "an empty field": "空的单元格",
  "an empty line": "空行",
  "an empty one": "空文本",
  null: "null",
  "a list": "列表",
  "an object": "对象",
  none: "没有",
  "its end": "行尾",
};
const found = (text: string) => FOUND[text] ?? text;
const from1 = (step: string) => String(Number(step) + 1);
const SPLITS: Readonly<Record<string, string>> = { training: "训练", validation: "验证", test: "测试" };
const LEVELS: Readonly<Record<string, string>> = { characters: "字符", words: "词", "byte-pairs": "字节对" };

export const DATA_ROWS: readonly Row[] = [
  {
    pattern:
      /^expected (at least )?(\d+) columns?(?: \((.+?)\))?(, or a header with these names,)? at (.+) but found (\d+)(?:; part columns by a (tab|comma))?$/s,
    zh: (least, count, names, header, at, others, sign) => [
      `${place(at ?? "")}处${least ? "至少" : ""}有 ${count} 列${names ? `（${names}）` : ""}${header ? "，或以这些名称为表头" : ""}`,
      `${others} 列`,
      ...(sign ? [`请用${sign === "tab" ? "制表符" : "逗号"}分列`] : []),
    ],
  },
  {
    pattern: /^expected a text for (\S+) at (.+) but found (.+)$/s,
    zh: (role, at, what) => [`${place(at ?? "")}处有 ${role} 的文本`, found(what ?? "")],
  },
  {
    pattern: /^expected a column (".*") in the header at (.+) but found (.+)$/s,
    zh: (column, at, what) => [`${place(at ?? "")}处的表头中有 ${column} 列`, what ?? ""],
  },
  {
    pattern: /^expected JSON at (.+) but found (.+)$/s,
    zh: (at, what) => [`${place(at ?? "")}处为 JSON`, found(what ?? "")],
  },
  {
    pattern: /^expected a member (.+) at (.+) but found (.+)$/s,
    zh: (names, at, what) => [`${place(at ?? "")}处的 JSON 中有 ${names}`, found(what ?? "")],
  },
  { pattern: /^expected records in (.+) but found none$/s, zh: (name) => [`${name} 中有记录`, "没有"] },
  {
    pattern: /^expected a file that ends in \.tsv, \.csv or \.jsonl but found (.+); name its format$/s,
    en: (name) => [
      "a file that ends in .tsv, .csv or .jsonl",
      name ?? "",
      "or as many plain-text files as there are columns",
    ],
    zh: (name) => ["以 .tsv、.csv 或 .jsonl 结尾的文件", name ?? "", "或与列数相同的几个纯文本文件"],
  },
  {
    pattern: /^expected a file for each of (.+) but found (.+)$/s,
    zh: (roles, count) => [`${roles} 各一个文件`, `${found(count ?? "")} 个`],
  },
  {
    pattern: /^expected as many lines in (.+) as in (.+) but found (\d+) and (\d+)$/s,
    zh: (one, other, first, second) => [`${one} 与 ${other} 的行数相同`, `${first} 行与 ${second} 行`],
  },
  {
    pattern: /^expected gzip data in (.+) but found damaged data;/s,
    zh: (name) => [`${name} 为 gzip 数据`, "已损坏的数据", "请重新获取该文件"],
  },
  {
    pattern: /^expected at least (\d+) different texts in (.+), to learn from and to hold out, but found (\d+);/s,
    zh: (least, name, count) => [`${name} 中至少有 ${least} 个不同的文本，以供学习与留出`, `${count} 个`, "请多给一些"],
  },
  {
    pattern: /^expected examples in (.+) but found (\d+) for training and (\d+) for validation;/s,
    zh: (name, train, validation) => [`${name} 中有样本`, `训练 ${train} 个、验证 ${validation} 个`, "请多给一些"],
  },
  {
    pattern: /^expected two or more labels in (.+) but found (?:only )?(.+)$/s,
    zh: (name, label) => [`${name} 中有两个或更多标签`, found(label ?? "")],
  },
  {
    pattern: /^expected (.+) where the browser keeps it but found none;/s,
    zh: (name) => [`浏览器保存着 ${name}`, "没有", "请重新选择该文件"],
  },
  { pattern: /^expected a text but found none$/, zh: () => ["文本", "没有"] },
  {
    pattern: /^expected at most (\d+) tokens \((\S+)\) but found (\d+)$/,
    zh: (most, level = "", count) => [`最多 ${most} 个${LEVELS[level] ?? "词元"}`, `${count} 个`],
  },
  {
    pattern: /^expected a token of the vocabulary to be written at step (\d+) but found (".*")$/s,
    en: (step, token) => [`a token of the vocabulary at step ${from1(step ?? "")}`, token ?? ""],
    zh: (step, token) => [`第 ${from1(step ?? "")} 步写词表中的词元`, token ?? ""],
  },
  {
    pattern: /^expected a model with attention but found one without$/,
    zh: () => ["有注意力的模型", "没有注意力的模型"],
  },
  {
    pattern: /^([\d,]+) bad records? of (.+) left out; the first: (.+)$/s,
    zh: (count, name, first) => [`已略去 ${name} 中 ${count} 条有误的记录；第一条：${first}`],
  },
  {
    pattern: /^([\d,]+) of ([\d,]+) (training|validation) examples left out, longer than (.+) tokens$/,
    zh: (count, all, split = "", limits) => [
      `${all} 个${SPLITS[split] ?? split}样本中略去了 ${count} 个：长于 ${limits?.replace(" and ", " 与 ")} 个词元。`,
    ],
  },
  {
    pattern: /^([\d,]+) (validation|test) texts? (?:is|are) in the training data, too: /,
    zh: (count, split = "") => [`有 ${count} 个${SPLITS[split] ?? split}文本也在训练数据中：在它们上测得的结果偏高。`],
  },
];
