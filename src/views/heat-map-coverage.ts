import type { AttentionMap } from "./attention-map.ts";
import type { CellPlan } from "./heat-map-cells.ts";
import type { Language } from "./messages.ts";
import { formatNumber } from "./number-text.ts";
import type { Mark } from "./scene.ts";
import type { Surface } from "./surface.ts";

/** The sum of each column: how much of all attention an input token got, 1 for each row that read nothing else. */
export function columnSums(map: AttentionMap): Float64Array {
  const columns = map.columns.length;
  const sums = new Float64Array(columns);
  for (let i = 0; i < map.weights.length; i++)
    sums[i % columns] = (sums[i % columns] as number) + (map.weights[i] ?? 0);
  return sums;
}

const CAPTION: Readonly<Record<Language, (longest: string) => string>> = {
  en: (longest) => `coverage: sum of each column, ${longest} at the longest bar`,
  "zh-CN": (longest) => `覆盖度：每列之和，最长条为 ${longest}`,
};

/** Height of the longest bar. */
const TALL = 28;
const GAP = 6;

export interface CoveragePlace {
  readonly plan: CellPlan;
  readonly surface: Surface;
  readonly left: number;
  /** Lower edge of the cells. */
  readonly top: number;
  readonly language: Language | undefined;
}

/** Bars of coverage that hang below the cells of a page; a bar of several columns shows the largest. */
export function layoutCoverage(map: AttentionMap, place: CoveragePlace): { marks: Mark[]; bottom: number } {
  const { plan, surface, left, top, language = "en" } = place;
  const by = plan.pooling.columns;
  const sums = columnSums(map);
  const longest = sums.reduce((a, b) => Math.max(a, b), 0);
  const step = plan.cell.width;
  const width = step < 4 ? step : Math.round(step * 0.6);
  const marks: Mark[] = [];
  for (let column = 0; column < plan.map.columns.length; column++) {
    const sum = sums.subarray(column * by, (column + 1) * by).reduce((a, b) => Math.max(a, b), 0);
    const height = longest === 0 ? 0 : (TALL * sum) / longest;
    const x = left + column * step + (step - width) / 2;
    if (height > 0) marks.push({ kind: "bar", x, y: top + GAP, width, height });
  }
  const text = CAPTION[language](formatNumber(longest, 3));
  const y = top + GAP + TALL + surface.line / 2 + 2;
  marks.push({ kind: "text", x: left, y, text, anchor: "start", tone: "faint" });
  return { marks, bottom: y + surface.line / 2 };
}
