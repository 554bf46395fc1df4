import { type LaterPage, later } from "./later.tsx";
import { ExportDialog } from "./look/export-later.ts";
import { GraphLook, LOOK } from "./look/look-page.tsx";
import type { Page } from "./page.ts";

const train = later(async () => (await import("./train/train-page.tsx")).TrainPage);
const catalogue = later(async () => (await import("./catalogue/catalogue-page.tsx")).CataloguePage);
const open = later(async () => (await import("./open/open-page.tsx")).OpenPage);
const runs = later(async () => (await import("./runs/runs-page.tsx")).RunsPage);

/** The tabs, in their order. The code of all but the first comes later. */
export const PAGES: readonly Page[] = [
  LOOK,
  {
    name: "train",
    label: { en: "Train", "zh-CN": "训练" },
    component: train,
  },
  {
    name: "catalogue",
    label: { en: "Catalogue", "zh-CN": "机制" },
    component: catalogue,
  },
  {
    name: "open",
    label: { en: "Open", "zh-CN": "打开" },
    component: open,
  },
  {
    name: "runs",
    label: { en: "Runs", "zh-CN": "训练记录" },
    component: runs,
    needs: "runs",
  },
];

/**
 * Loads what is not yet here: with it one can go on where the server is no longer reached.
 *
 * What does not come is asked for again when it is to be shown.
 */
export async function loadPages(): Promise<void> {
  const pages: readonly Pick<LaterPage, "load">[] = [ExportDialog, GraphLook, train, catalogue, open, runs];
  for (const page of pages) await page.load().catch(() => undefined);
}
