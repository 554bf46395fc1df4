import { later } from "./later.tsx";
import { LOOK } from "./look/look-page.tsx";
import type { Page } from "./page.ts";

/** The tabs, in their order. The code of all but the first is loaded when they are first shown. */
export const PAGES: readonly Page[] = [
  LOOK,
  {
    name: "train",
    label: { en: "Train", "zh-CN": "训练" },
    component: later(async () => (await import("./train/train-page.tsx")).TrainPage),
  },
  {
    name: "catalogue",
    label: { en: "Catalogue", "zh-CN": "机制" },
    component: later(async () => (await import("./catalogue/catalogue-page.tsx")).CataloguePage),
  },
  {
    name: "open",
    label: { en: "Open", "zh-CN": "打开" },
    component: later(async () => (await import("./open/open-page.tsx")).OpenPage),
  },
  {
    name: "runs",
    label: { en: "Runs", "zh-CN": "训练记录" },
    component: later(async () => (await import("./runs/runs-page.tsx")).RunsPage),
    needs: "runs",
  },
];
