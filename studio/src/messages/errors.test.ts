import { expect, test } from "vitest";
import { errorLine, sayError } from "./errors.ts";

test("an English message stands in its parts where these read well, else as a sentence", () => {
  expect(sayError("text: expected at most 30 characters but found 48; leave out the time", "en")).toEqual({
    expected: "at most 30 characters",
    found: "48",
    mend: "leave out the time",
  });
  expect(sayError("zip: expected bad.zip to be a zip archive but found one that ends too early", "en")).toEqual({
    sentence: "Expected bad.zip to be a zip archive but found one that ends too early",
  });
  expect(sayError("out of memory", "en")).toEqual({ sentence: "out of memory" });
});

test.each([
  [
    "text: expected at most 30 characters but found 48; leave out all but the date, such as the time",
    { expected: "最多 30 个字符", found: "48 个", mend: "只留下日期，去掉时间等其余部分" },
  ],
  [
    "zip: expected bad.zip to be a zip archive but found one that ends too early",
    { sentence: "bad.zip 不是可用的 zip 压缩包：它不完整，后半部分缺失。" },
  ],
  [
    "open: expected a model folder (with config.json), its .zip or an .onnx file but found a.txt, b.txt; fovea train and save write such folders",
    {
      expected: "模型文件夹（含 config.json）、它的 .zip 或一个 .onnx 文件",
      found: "a.txt, b.txt",
      mend: "fovea train 与 save 会写出这样的文件夹",
    },
  ],
  ["graph: expected time to be from 1 to 1024 but found 0", { expected: "time 为 1 到 1024", found: "0" }],
  [
    "graph: expected 45 numbers for states [1,5,9] but found 2; give as many, or other sizes",
    { expected: "states [1,5,9] 需要 45 个数", found: "2 个", mend: "请给出同样多的数，或改变各轴大小" },
  ],
  [
    "model: expected op11.onnx/op11.onnx to load but found: onnx: expected ai.onnx of version 13 or later for node 3 (Softmax) but found 11; convert the model to a later operator set",
    {
      sentence:
        "无法载入 op11.onnx/op11.onnx：应为节点 3 (Softmax) 所用的 ai.onnx 为 13 或更高版本，实为11；请把模型转换到更新的算子集",
    },
  ],
  [
    "graph: expected numbers for lengths but found: array: expected whole numbers from -8 to 7 for int32 but found 0.5",
    { expected: "lengths 为数字", found: "应为int32 为 -8 到 7 的整数，实为0.5" },
  ],
  [
    "graph: expected queryLen and keyLen among the axes of fovea.axes.att but found batch query key; query is taken for queryLen, key for keyLen",
    {
      expected: "fovea.axes.att 的各轴中有 queryLen 与 keyLen",
      found: "batch query key",
      mend: "query 当作 queryLen，key 当作 keyLen",
    },
  ],
  [
    "graph: expected fovea.axes.nope to be of an output (y, att) but found no nope",
    { expected: "fovea.axes.nope 属于一个输出（y, att）", found: "没有 nope" },
  ],
  [
    "train: interrupted at step 135; the checkpoint is in runs/live, go on with --resume",
    { sentence: "在第 135 步中断；检查点在 runs/live，可用 --resume 继续。" },
  ],
  [
    "workers: expected every worker to do its part but found: a worker that has ended",
    { sentence: "有一个线程没有完成它的部分：a worker that has ended" },
  ],
  [
    "webgpu: expected the graphics device to last but found it lost: Device was destroyed; WASM goes on from the step before",
    { sentence: "图形设备已失效（Device was destroyed）；由 WASM 从前一步继续。" },
  ],
  [
    "train: expected a finite loss but found NaN at step 7; lower the learning rate or clip the gradient",
    { expected: "损失与参数都是有限的数", found: "第 7 步出现 NaN", mend: "请降低学习率，或裁剪梯度" },
  ],
  [
    "train: expected finite parameters but found Infinity in decoder.bias after step 9; lower the learning rate or clip the gradient",
    { expected: "损失与参数都是有限的数", found: "第 9 步出现 Infinity", mend: "请降低学习率，或裁剪梯度" },
  ],
  ["session: cannot go on", { sentence: "session: cannot go on", isForeign: true }],
  [
    "x: expected a thing of no row but found another",
    { sentence: "Expected a thing of no row but found another", isForeign: true },
  ],
])("in Chinese: %s", (message, said) => {
  expect(sayError(message, "zh-CN")).toEqual(said);
});

test("steps are counted from 1, in either language", () => {
  const message = 'explain: expected one of 0 1 - to be written at step 0 but found "A"';
  expect(errorLine(message, "en")).toBe("Expected step 1 to write one of 0 1 - but found A");
  expect(errorLine(message, "zh-CN")).toBe("应为第 1 步写 0 1 - 之一，实为A");
});

test.each([
  [
    "transduce: expected 2 columns (source, target), or a header with these names, at bad.tsv:2:9 but found 1; part columns by a tab",
    "应为bad.tsv 第 2 行第 9 列处有 2 列（source, target），或以这些名称为表头，实为1 列；请用制表符分列",
  ],
  [
    "translate: expected a text for target at a.csv:7:3 but found an empty field",
    "应为a.csv 第 7 行第 3 列处有 target 的文本，实为空的单元格",
  ],
  [
    "translate: expected as many lines in x.de as in x.en but found 2 and 1",
    "应为x.de 与 x.en 的行数相同，实为2 行与 1 行",
  ],
  [
    "3 of 1,000 training examples left out, longer than 12 and 7 tokens",
    "1,000 个训练样本中略去了 3 个：长于 12 与 7 个词元。",
  ],
  [
    "1 test text is in the training data, too: what is measured on it is too good",
    "有 1 个测试文本也在训练数据中：在它们上测得的结果偏高。",
  ],
])("data: %s", (message, wanted) => {
  expect(errorLine(message, "zh-CN")).toBe(wanted);
});

test("a token that cannot be written is named with its step as the page counts it", () => {
  const message = 'explain: expected a token of the vocabulary to be written at step 0 but found "zebra"';
  expect(errorLine(message, "en")).toBe('Expected a token of the vocabulary at step 1 but found "zebra"');
});
