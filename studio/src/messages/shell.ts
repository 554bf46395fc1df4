import type { ThemeChoice } from "../state/preferences.ts";
import type { Table } from "./table.ts";

export interface ShellWords {
  readonly skip: string;
  readonly pages: string;
  readonly language: string;
  readonly theme: string;
  readonly themes: Readonly<Record<ThemeChoice, string>>;
  readonly help: string;
  readonly close: string;
  readonly private: string;
  readonly privateLong: string;
  readonly status: string;
  readonly dismiss: string;
  readonly dropped: (parts: string) => string;
  readonly workerDied: (detail: string) => string;
  readonly keys: readonly (readonly [keys: string, what: string])[];
  readonly fault: string;
  readonly again: string;
  readonly loading: string;
  readonly dropAnywhere: string;
  readonly dropData: string;
  readonly copy: string;
  readonly copied: string;
  readonly copyByHand: string;
  readonly unreachable: string;
  readonly unreachableWhy: string;
  readonly retry: string;
}

export const SHELL: Table<ShellWords> = {
  en: {
    skip: "Skip to the content",
    pages: "Pages",
    language: "Language",
    theme: "Theme",
    themes: { auto: "As the system", light: "Light", dark: "Dark" },
    help: "Keys and help",
    close: "Close",
    private: "Nothing leaves this page",
    privateLong: "Texts, models and training stay in this browser: the page asks no other server for anything.",
    status: "Status",
    dismiss: "Dismiss",
    dropped: (parts) => `Some of the link could not be read and was left out: ${parts}`,
    workerDied: (detail) =>
      `A background worker ended unexpectedly and was started anew; nothing you opened is lost. (${detail})`,
    keys: [
      ["← → ↑ ↓", "move the cell; Home and End go to the ends"],
      ["Enter, click", "pin the cell; again, or Esc, lets go"],
      ["T", "“attends to” ↔ “attended by”"],
      ["M", "mask the input token pointed at, or unmask it"],
      ["Space", "play the steps"],
      ["C", "go to the comparison"],
      ["E", "export"],
      ["V", "picture ↔ table"],
      ["[ ]", "layer before, layer after"],
      [", .", "head before, head after"],
      ["+ −", "zoom the matrix"],
      ["/", "to the text box"],
      ["?", "this help"],
    ],
    fault: "This page met a fault of its own. What you opened is still here.",
    again: "Show the page again",
    loading: "Loading …",
    dropAnywhere: "Drop to open the model",
    dropData: "Drop to train on these files, or to open a model",
    copy: "Copy",
    copied: "Copied",
    copyByHand: "This browser does not let the page copy. The text is selected: press Ctrl+C, on a Mac ⌘C.",
    unreachable: "This part of the page is not here yet",
    unreachableWhy:
      "It could not be fetched: the server that this page came from does not answer. What you opened is still here.",
    retry: "Try again",
  },
  "zh-CN": {
    skip: "跳到正文",
    pages: "页面",
    language: "语言",
    theme: "主题",
    themes: { auto: "跟随系统", light: "浅色", dark: "深色" },
    help: "按键与帮助",
    close: "关闭",
    private: "数据不会离开本页面",
    privateLong: "文本、模型与训练都留在这个浏览器里：本页面不向任何其他服务器请求任何内容。",
    status: "状态",
    dismiss: "知道了",
    dropped: (parts) => `链接中有无法识别的部分，已忽略：${parts}`,
    workerDied: (detail) => `一个后台线程意外结束，已重新启动；已打开的内容都还在。（${detail}）`,
    keys: [
      ["← → ↑ ↓", "移动格子；Home 与 End 到两端"],
      ["Enter、点击", "固定格子；再按一次或 Esc 取消"],
      ["T", "“关注了谁” ↔ “被谁关注”"],
      ["M", "屏蔽所指的输入词元，或取消屏蔽"],
      ["空格", "逐步播放"],
      ["C", "转到对比"],
      ["E", "导出"],
      ["V", "图 ↔ 表格"],
      ["[ ]", "上一层、下一层"],
      [", .", "上一个头、下一个头"],
      ["+ −", "缩放矩阵"],
      ["/", "转到文本框"],
      ["?", "本帮助"],
    ],
    fault: "页面自身出了故障。您打开的内容都还在。",
    again: "重新显示页面",
    loading: "加载中……",
    dropAnywhere: "松开即可打开模型",
    dropData: "松开即可用这些文件训练，或打开模型",
    copy: "复制",
    copied: "已复制",
    copyByHand: "浏览器不允许本页复制。文本已选中：请按 Ctrl+C（Mac 上按 ⌘C）。",
    unreachable: "页面的这一部分还没有加载",
    unreachableWhy: "无法取得：本页所在的服务器没有回应。您打开的内容都还在。",
    retry: "重试",
  },
};
