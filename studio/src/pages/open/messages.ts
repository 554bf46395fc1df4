import type { Table } from "../../messages/table.ts";
import type { ModelSource } from "../../state/models.ts";

export interface OpenWords {
  readonly label: string;
  readonly title: string;
  readonly lead: string;
  readonly drop: string;
  readonly chooseFile: string;
  readonly chooseFolder: string;
  readonly limits: string;
  readonly reading: string;
  readonly failed: string;
  readonly here: string;
  readonly none: string;
  readonly look: string;
  readonly remove: (name: string) => string;
  readonly sources: Readonly<Record<ModelSource, string>>;
  readonly links: string;
  readonly linksText: string;
  readonly kinds: readonly (readonly [name: string, text: string])[];
}

export const OPEN_WORDS: Table<OpenWords> = {
  en: {
    label: "Open",
    title: "Open a model",
    lead: "A model that Fovea has trained or saved, or an ONNX file that gives attention weights. It is read in this page; nothing is sent anywhere.",
    drop: "Drop a folder, a .zip or an .onnx anywhere in this window",
    chooseFile: "Choose a file …",
    chooseFolder: "Choose a folder …",
    limits: "Files of up to 256 MB",
    reading: "Reading the model …",
    failed: "This could not be opened",
    here: "Models in this page",
    none: "None yet.",
    look: "Look",
    remove: (name) => `Remove ${name}`,
    sources: {
      site: "beside this page",
      trained: "trained here",
      dropped: "opened here, kept in this browser",
      url: "from a link",
      run: "from a run",
      browser: "kept in this browser",
    },
    links: "From a link",
    linksText:
      "Add ?url= and the address of a model folder, a .zip or an .onnx on this page's own server. Other servers are never asked: the page's content policy forbids it.",
    kinds: [
      ["Folder", "what fovea train writes, or save for a model of your own: config.json, and the network in onnx/"],
      [".zip", "such a folder, zipped: what the Train page downloads"],
      [
        ".onnx",
        "a graph of operators that Fovea knows (fovea list operators), of operator set 13 or later, its weights inside. Its inputs become a form; outputs whose axes stand in its metadata as fovea.axes.NAME are shown, else those whose rows are shares of one",
      ],
    ],
  },
  "zh-CN": {
    label: "打开",
    title: "打开模型",
    lead: "Fovea 训练或保存的模型，或输出注意力权重的 ONNX 文件。只在本页读取，不会发送到任何地方。",
    drop: "把文件夹、.zip 或 .onnx 拖到本窗口任意处",
    chooseFile: "选择文件……",
    chooseFolder: "选择文件夹……",
    limits: "单个文件不超过 256 MB",
    reading: "正在读取模型……",
    failed: "无法打开",
    here: "本页中的模型",
    none: "还没有。",
    look: "查看",
    remove: (name) => `移除 ${name}`,
    sources: {
      site: "随本页提供",
      trained: "在本页训练",
      dropped: "在本页打开，保存在此浏览器",
      url: "来自链接",
      run: "来自训练记录",
      browser: "保存在此浏览器",
    },
    links: "通过链接",
    linksText:
      "在地址后加上 ?url= 与本页所在服务器上的模型文件夹、.zip 或 .onnx 的地址。本页从不请求其他服务器：页面的内容策略禁止这样做。",
    kinds: [
      ["文件夹", "fovea train 写出的文件夹，或 save 为您自己的模型写出的文件夹：config.json，以及 onnx/ 中的网络"],
      [".zip", "上述文件夹的压缩包，即训练页下载的文件"],
      [
        ".onnx",
        "由 Fovea 认识的算子组成的计算图（见 fovea list operators），算子集版本不低于 13，权重在文件之内。它的输入会变成表单；显示元数据中以 fovea.axes.NAME 标明各轴的输出，没有标明时显示各行之和为一的输出",
      ],
    ],
  },
};
