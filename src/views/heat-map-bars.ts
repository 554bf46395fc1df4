import { type AttentionMap, rowEntropy, rowWeights } from "./attention-map.ts";
import type { CellPlan } from "./heat-map-cells.ts";
import { columnSums } from "./heat-map-coverage.ts";
import type { Language, Messages } from "./messages.ts";
import { formatNumber } from "./number-text.ts";
import type { Mark } from "./scene.ts";
import type { Surface } from "./surface.ts";

/** Bars along one side of a map: one for each row or each column as drawn. */
export interface Bars {
  readonly values: readonly number[];
  /** The value of a full bar beside the map. */
  readonly most: number;
  readonly text: (value: number) => string;
  /** Above bars that stand beside the map. */
  readonly caption: string;
  /** Below bars that hang under it, of which the longest is full. */
  readonly footCaption: (longest: string) => string;
}

/** What bars are made of. */
export interface BarFacts {
  /** As given, before it is turned or pooled. */
  readonly map: AttentionMap;
  readonly plan: CellPlan;
  readonly transposed: boolean;
  readonly words: Messages;
  readonly language: Language | undefined;
}

const WORDS: Readonly<
  Record<Language, { coverage: string; sums: (longest: string) => string; entropies: (longest: string) => string }>
> = {
  en: {
    coverage: "coverage",
    sums: (longest) => `coverage: sum of each column, ${longest} at the longest bar`,
    entropies: (longest) => `entropy of each column in bits, ${longest} at the longest bar`,
  },
  "zh-CN": {
    coverage: "覆盖度",
    sums: (longest) => `覆盖度：每列之和，最长条为 ${longest}`,
    entropies: (longest) => `每列的熵（比特），最长条为 ${longest}`,
  },
};

/** The entropy of each query as drawn, from 0 to log₂(keys). */
export function entropyBars({ plan, transposed, words, language = "en" }: BarFacts): Bars {
  const { map } = plan;
  const [queries, keys] = transposed ? [map.columns, map.rows] : [map.rows, map.columns];
  return {
    values: queries.map((_, query) => rowEntropy(queryWeights(map, query, transposed))),
    most: Math.log2(Math.max(2, keys.length)),
    text: (value) => value.toFixed(2),
    caption: words.entropy,
    footCaption: WORDS[language].entropies,
  };
}

/** The sum of the weights on each key; a bar of several keys shows the largest. */
export function coverageBars({ map, plan, transposed, language = "en" }: BarFacts): Bars {
  const sums = columnSums(map);
  const by = transposed ? plan.pooling.rows : plan.pooling.columns;
  const count = transposed ? plan.map.rows.length : plan.map.columns.length;
  const values = Array.from({ length: count }, (_, key) => greatest(sums.subarray(key * by, (key + 1) * by)));
  const words = WORDS[language];
  const text = (value: number) => formatNumber(value, 3);
  return { values, most: greatest(sums), text, caption: words.coverage, footCaption: words.sums };
}

/** Room that bars beside a map take. */
export function sideBarsWidth({ map, transposed }: Pick<BarFacts, "map" | "transposed">, surface: Surface): number {
  const numbers = transposed ? Array.from(columnSums(map), (sum) => formatNumber(sum, 3)) : ["0.00"];
  return surface.cells.bar + widest(numbers, surface) + 2 * surface.gap;
}

/** The weights of a query, whichever way the map is drawn. */
export function queryWeights(map: AttentionMap, query: number, transposed: boolean): number[] {
  if (!transposed) return rowWeights(map, query);
  return map.rows.map((_, key) => map.weights[key * map.columns.length + query] as number);
}

/** Bars beside the rows, with their numbers where those have room. */
export function layoutSideBars(
  { values, most, text }: Bars,
  { plan, surface }: { readonly plan: CellPlan; readonly surface: Surface },
  at: { readonly x: number; readonly y: number },
): { marks: Mark[]; right: number } {
  const { cell } = plan;
  const withNumbers = cell.height >= surface.line * 0.8;
  // Bits have two decimals and take as much room as "0.00".
  const start = withNumbers ? at.x + widest(["0.00", ...values.map(text)], surface) + surface.gap : at.x;
  const height = surface.kind === "page" ? Math.min(10, cell.height) : 1;
  const marks: Mark[] = [];
  for (const [row, value] of values.entries()) {
    const y = at.y + (row + 0.5) * cell.height;
    const width = most > 0 ? (surface.cells.bar * value) / most : 0;
    marks.push({ kind: "bar", x: start, y: y - height / 2, width, height });
    if (withNumbers) marks.push({ kind: "text", x: at.x, y, text: text(value), anchor: "start", tone: "faint" });
  }
  return { marks, right: start + surface.cells.bar };
}

/** Height of the longest bar below a map. */
const TALL = 28;
const GAP = 6;

/** Bars that hang below the cells of a page. */
export function layoutFootBars(
  { plan, surface, left }: { readonly plan: CellPlan; readonly surface: Surface; readonly left: number },
  { values, text, footCaption }: Bars,
  top: number,
): { marks: Mark[]; bottom: number } {
  const longest = greatest(values);
  const step = plan.cell.width;
  const width = step < 4 ? step : Math.round(step * 0.6);
  const marks: Mark[] = [];
  for (const [column, value] of values.entries()) {
    const height = longest === 0 ? 0 : (TALL * value) / longest;
    const x = left + column * step + (step - width) / 2;
    if (height > 0) marks.push({ kind: "bar", x, y: top + GAP, width, height });
  }
  const y = top + GAP + TALL + surface.line / 2 + 2;
  marks.push({ kind: "text", x: left, y, text: footCaption(text(longest)), anchor: "start", tone: "faint" });
  return { marks, bottom: y + surface.line / 2 };
}

function widest(texts: readonly string[], surface: Surface): number {
  return texts.reduce((most, text) => Math.max(most, surface.textWidth(text, "faint")), 0);
}

function greatest(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return most;
}
