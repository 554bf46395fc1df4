/** What the library's errors say, in the words of the page: they are written *owner: expected X but found Y; mend*, in English. */
import type { Language } from "fovea/views";
import { DATA_ROWS, type Parts, type Row } from "./errors-data.ts";

/** An error in its parts, where it reads well so; else one sentence. */
export type SaidError =
  | { readonly expected: string; readonly found: string; readonly mend?: string }
  | { readonly sentence: string; readonly isForeign?: boolean };

const NOTHING: Readonly<Record<string, string>> = { nothing: "什么也没有", "only spaces": "只有空格", none: "没有" };
const nothing = (found: string) => NOTHING[found] ?? found;
const from1 = (step: string) => String(Number(step) + 1);
/** A reason that is an error's message itself. */
const inner = (why: string) => errorLine(why, "zh-CN");
/** A node of an ONNX graph: *node 3 (Softmax)*. */
const node = (owner: string) =>
  owner
    .replace(/^node /, "节点 ")
    .replace(/^initialiser /, "初始值 ")
    .replace(/^input /, "输入 ");

const COUNTED: Readonly<Record<string, string>> = {
  bytes: "字节",
  fields: "字段",
  nodes: "节点",
  "runs of nodes in bodies": "循环体内节点的运行次数",
  "numbers to fold": "待折叠的数",
  "numbers that are folded": "折叠所得的数",
};

const ITEMS: Readonly<Record<string, string>> = { "a number": "一个数" };

const ZIP: Readonly<Record<string, string>> = {
  "one that ends too early": "它不完整，后半部分缺失",
  "another file": "它是另一种文件",
  "a zip64 archive; pack it without": "它是 zip64 压缩包；请不用 zip64 重新打包",
  "a damaged directory": "它的目录已损坏",
  "no file in it": "里面没有文件",
};

/** The errors that a reader may well meet. What follows the owner is matched. */
const ROWS: readonly Row[] = [
  {
    pattern: /^expected a date but found (nothing|only spaces);/,
    zh: (found) => ["一个日期", nothing(found), "请写一个，例如 9 may 1998"],
  },
  {
    pattern: /^expected at most (\d+) characters but found (\d+)/,
    zh: (most, found) => [`最多 ${most} 个字符`, `${found} 个`, "只留下日期，去掉时间等其余部分"],
  },
  {
    pattern: /^expected one of (.+) to be written at step (\d+) but found "(.*)"$/s,
    en: (tokens, step, found) => [`step ${from1(step)} to write one of ${tokens}`, found],
    zh: (tokens, step, found) => [`第 ${from1(step)} 步写 ${tokens} 之一`, found],
  },
  {
    pattern: /^expected a model folder \(with config.json\), its .zip or an .onnx file but found (.+?);/,
    zh: (found) => [
      "模型文件夹（含 config.json）、它的 .zip 或一个 .onnx 文件",
      nothing(found),
      "fovea train 与 save 会写出这样的文件夹",
    ],
  },
  {
    pattern: /^expected one model at a time but found (.+?);/,
    zh: (found) => ["一次一个模型", found, "请只拖入其中一个"],
  },
  {
    pattern: /^expected files of at most (\d+) MB but found (.+) of (\d+) MB;/,
    zh: (most, name, found) => [`每个文件最多 ${most} MB`, `${name}，${found} MB`, "请在命令行用 fovea 打开"],
  },
  {
    pattern: /^expected an address of this page's own server but found (.+?);/,
    zh: (found) => ["本页所在服务器上的地址", found, "请先下载模型再拖到这里：本页不向其他服务器请求任何内容"],
  },
  {
    pattern: /^expected a file at (.+) but found status (\d+)$/,
    zh: (at, code) => [`${at} 处有一个文件`, `状态 ${code}`],
  },
  {
    pattern: /^expected to read (.+?) but found (.+); was it moved\?$/,
    zh: (name, why) => [`无法读取 ${name}：${why}。它被移走了吗？`],
  },
  {
    pattern: /^expected a model folder but found one of more than (\d+) files;/,
    zh: (most) => ["模型文件夹", `超过 ${most} 个文件的文件夹`, "请只拖入模型自己的文件夹"],
  },
  {
    pattern: /^expected (.+) to be a zip archive but found (.+)$/,
    zh: (name, found) => [`${name} 不是可用的 zip 压缩包：${ZIP[found] ?? found}。`],
  },
  {
    pattern: /^expected (.+)\/config.json to be JSON but found damage \((.+)\);/,
    zh: (folder, why) => [`${folder}/config.json 已损坏（${why}）。`],
  },
  { pattern: /^expected (.+?) to load but found: (.+)$/s, zh: (name, why) => [`无法载入 ${name}：${inner(why)}`] },
  {
    pattern: /^expected (.+) to be of a task \((.+)\) but found (.+?)(;|$)/,
    zh: (name, tasks, found) => [`${name} 属于已知任务（${tasks}）之一`, nothing(found)],
  },
  {
    pattern: /^expected a model folder at (.+) but found no config.json;/,
    zh: (at) => [`${at} 是模型文件夹`, "其中没有 config.json", "可用 fovea train dates 训练一个"],
  },
  {
    pattern: /^expected a finished training in (.+) but found an interrupted one;/,
    zh: (at) => [`${at} 中有已完成的训练`, "训练在中途停止", "请用 fovea train … --resume 继续"],
  },
  { pattern: /^expected (\S+) in (.+) but found none(;|$)/, zh: (name, folder) => [`${folder} 中有 ${name}`, "没有"] },
  {
    pattern: /^expected (\S+) to be from (\d+) to (\d+) but found (\S+)$/,
    zh: (name, low, high, found) => [`${name} 为 ${low} 到 ${high}`, found],
  },
  {
    pattern: /^expected (\d+) numbers for (\S+) (\[.*\]) but found (\d+);/,
    zh: (count, name, shape, found) => [
      `${name} ${shape} 需要 ${count} 个数`,
      `${found} 个`,
      "请给出同样多的数，或改变各轴大小",
    ],
  },
  {
    pattern: /^expected finite weights in (\S+) but found (\S+)$/,
    zh: (name, found) => [`${name} 中的权重为有限的数`, found],
  },
  { pattern: /^expected sizes that fit the graph but found: (.+)$/s, zh: (why) => ["适合计算图的大小", inner(why)] },
  {
    pattern: /^expected at most (\d+) numbers in all inputs but found (.+)$/,
    zh: (most, found) => [`所有输入合计最多 ${most} 个数`, found, "请缩小各轴"],
  },
  {
    pattern: /^expected at most (\S+) seconds of computing but found more;/,
    zh: (most) => [`计算不超过 ${most} 秒`, "超过了", "请缩小各轴"],
  },
  {
    pattern: /^expected an output that can be attention weights but found (.+)$/,
    zh: (found) => ["可以视为注意力权重的输出", found],
  },
  { pattern: /^expected JSON such as (.+?) but found (.+)$/s, zh: (such, found) => [`JSON，例如 ${such}`, found] },
  { pattern: /^expected an object such as (.+?) but found (.+)$/s, zh: (such, found) => [`对象，例如 ${such}`, found] },
  {
    pattern: /^expected names of inputs \((.+)\) but found (.+)$/,
    zh: (names, found) => [`输入的名称（${names}）`, found],
  },
  { pattern: /^expected numbers for (\S+) but found:? (.+)$/s, zh: (name, found) => [`${name} 为数字`, inner(found)] },
  {
    pattern: /^expected whole numbers from (\S+) to (\S+) for (\S+) but found (.+)$/,
    zh: (low, high, type, found) => [`${type} 为 ${low} 到 ${high} 的整数`, found],
  },
  {
    pattern: /^expected lists of one shape in (\S+) but found (.+) beside (.+)$/,
    zh: (name, one, other) => [`${name} 中并列的列表形状相同`, `${ITEMS[one] ?? one} 与 ${ITEMS[other] ?? other}`],
  },
  {
    pattern: /^expected (\S+) to be (\d+) in (\S+), as in (\S+), but found (\d+)$/,
    zh: (axis, size, name, before, found) => [`${name} 中的 ${axis} 与 ${before} 中一样为 ${size}`, found],
  },
  {
    pattern: /^expected (fovea\.axes\.\S+) to name the (\d+) axes of (.+) but found (.+)$/,
    zh: (key, rank, output, found) => [`${key} 写出 ${output} 的 ${rank} 个轴`, found],
  },
  {
    pattern: /^expected (fovea\.axes\.\S+) to be of an output of floats with two or more axes but found (.+)$/,
    zh: (key, found) => [`${key} 属于至少两个轴的浮点输出`, found],
  },
  {
    pattern: /^expected (fovea\.axes\.\S+) to be of an output \((.*)\) but found no (.+)$/,
    zh: (key, outputs, found) => [`${key} 属于一个输出（${outputs}）`, `没有 ${found}`],
  },
  {
    pattern:
      /^expected queryLen and keyLen among the axes of (\S+) but found (.+?); (?:(\S+) is taken for queryLen, )?(\S+) (?:is taken )?for keyLen$/,
    zh: (key, found, query, last) => [
      `${key} 的各轴中有 queryLen 与 keyLen`,
      found,
      `${query ? `${query} 当作 queryLen，` : ""}${last} 当作 keyLen`,
    ],
  },
  {
    pattern: /^expected an operator of the table \(fovea list operators\) but found (.+)$/,
    zh: (found) => ["Fovea 认识的算子（见 fovea list operators）", node(found)],
  },
  {
    pattern: /^expected (\S+) of version (\d+) or later for (.+) but found (\S+);/,
    zh: (domain, first, owner, found) => [
      `${node(owner)} 所用的 ${domain} 为 ${first} 或更高版本`,
      nothing(found),
      "请把模型转换到更新的算子集",
    ],
  },
  {
    pattern: /^expected ai\.onnx up to version (\d+) but found version (\d+)/,
    zh: (newest, found) => [`ai.onnx 最高为第 ${newest} 版`, `第 ${found} 版`],
  },
  {
    pattern: /^expected a model as protobuf but found damaged bytes \((.+)\);/s,
    zh: (why) => ["protobuf 格式的模型", `损坏的字节（${why}）`, "它是 ONNX 文件吗？完整吗？"],
  },
  { pattern: /^expected a model with a graph but found none/, zh: () => ["含计算图的模型", "没有计算图"] },
  { pattern: /^expected a graph with outputs but found none/, zh: () => ["有输出的计算图", "没有输出"] },
  {
    pattern: /^expected a model without functions but found some;/,
    zh: () => ["不含函数的模型", "含有函数", "请先将函数内联"],
  },
  {
    pattern: /^expected dense initialisers but found sparse ones;/,
    zh: () => ["稠密的初始值", "稀疏的初始值", "请保存为稠密张量"],
  },
  {
    pattern: /^expected (.+) inside the file but found external data;/,
    zh: (owner) => [`${node(owner)} 在文件之内`, "外部数据", "请把模型保存为单个文件"],
  },
  {
    pattern: /^expected (.+) to fit its inputs but found: (.+)$/s,
    zh: (owner, why) => [`${node(owner)} 与它的输入不相容：${inner(why)}`],
  },
  {
    pattern: /^expected (.+) to be of a (\S+) model but found (.+?);/,
    zh: (file, task, found) => [`${file} 属于一个 ${task} 模型`, found, "请还原它，或重新制作模型"],
  },
  {
    pattern: /^expected (.+) to be of layout version (\S+) but found version (\S+),/,
    zh: (file, version, found) => [
      `${file} 为第 ${version} 版布局`,
      `第 ${found} 版，来自另一版 Fovea`,
      "请用写出它的 Fovea 打开",
    ],
  },
  {
    pattern: /^expected at most (\S+) (.+?) but found (\S+); raise the limit$/,
    zh: (most, what, found) => [`最多 ${most} 个${COUNTED[what] ?? ` ${what}`}`, `${found} 个`],
  },
  {
    pattern: /^train: interrupted at step (\d+); the checkpoint is in (.+?), go on with --resume$/,
    zh: (step, folder) => [`在第 ${step} 步中断；检查点在 ${folder}，可用 --resume 继续。`],
  },
  { pattern: /^expected a model of this page but found (.+)$/, zh: (found) => ["本页中的模型", found] },
  {
    pattern: /^expected the graphics device to last but found it lost: (.+?); WASM goes on from the step before$/s,
    zh: (why) => [`图形设备已失效（${why}）；由 WASM 从前一步继续。`],
  },
  {
    pattern: /^expected every worker to do its part but found: (.+)$/s,
    zh: (why) => [`有一个线程没有完成它的部分：${why}`],
  },
  {
    pattern: /^expected a graphics adapter but found none in this browser$/,
    zh: () => ["图形设备", "此浏览器没有"],
  },
  {
    pattern: /^expected (?:a finite loss|finite parameters) but found (\S+) .*?step (\d+);/,
    zh: (found, step) => ["损失与参数都是有限的数", `第 ${step} 步出现 ${found}`, "请降低学习率，或裁剪梯度"],
  },
  {
    pattern: /^expected a batch of at least (\d+) examples, one a worker, but found (\d+)$/,
    zh: (least, found) => [`每批至少 ${least} 个样本，每个线程一个`, `${found} 个`],
  },
  {
    pattern: /^expected at most (\d+) examples in all but found (\d+)$/,
    zh: (most, found) => [`总共最多 ${most} 个样本`, `${found} 个`],
  },
  {
    pattern: /^expected to go on but found another page that trains now;/,
    zh: () => ["另一个页面正在训练；请等它结束后再继续。"],
  },
  { pattern: /^expected ONNX Runtime to start but found: (.+?)(;|$)/s, zh: (why) => [`ONNX Runtime 无法启动：${why}`] },
];

/** Who found fault: no reader asks for that. */
const OWNER = /^[\w. ]+: (?=expected )/;

/** After these words the parts make no sense by themselves: *expected x.zip* | *to be a zip archive*. */
const IS_CLAUSE = /\bto (be|have|hold|load|say|give|start|last|fit|read|end|open)\b/;

function byRow(text: string, language: Language): SaidError | undefined {
  for (const { pattern, zh, en } of [...ROWS, ...DATA_ROWS]) {
    const say = language === "zh-CN" ? zh : en;
    const found = say && pattern.exec(text);
    if (found) return partsOf(say(...found.slice(1)));
  }
  return undefined;
}

function partsOf([expected = "", found, mend]: Parts): SaidError {
  if (found === undefined) return { sentence: expected };
  return { expected, found, ...(mend === undefined ? {} : { mend }) };
}

/** An error's message, as the page says it. One that no row has stays English. */
export function sayError(message: string, language: Language): SaidError {
  const text = message.replace(OWNER, "");
  const known = byRow(text, language);
  if (known) return known;
  const isForeign = language !== "en";
  const [, expected = "", found = "", mend] = /^expected (.+?) but found:? (.+?)(?:; (.+))?$/s.exec(text) ?? [];
  const isSentence = expected === "" || isForeign || IS_CLAUSE.test(expected);
  if (!isSentence) return partsOf(mend === undefined ? [expected, found] : [expected, found, mend]);
  return { sentence: text.replace(/^expected/, "Expected"), ...(isForeign ? { isForeign } : {}) };
}

/** The same in one line. */
export function errorLine(message: string, language: Language): string {
  const said = sayError(message, language);
  if ("sentence" in said) return said.sentence;
  const { expected, found, mend } = said;
  if (language === "zh-CN") return `应为${expected}，实为${found}${mend === undefined ? "" : `；${mend}`}`;
  return `Expected ${expected} but found ${found}${mend === undefined ? "" : `; ${mend}`}`;
}
