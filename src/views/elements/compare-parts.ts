import type { AttentionMap } from "../attention-map.ts";
import { hexColor, type Rgb } from "../color-table.ts";
import { formatWeight } from "../number-text.ts";
import { tokenText } from "../token-text.ts";
import { make, setText } from "./base.ts";
import type { Difference } from "./compare-model.ts";
import { MapPanel } from "./compare-panel.ts";
import { RankList, type RanksActions, rowTokens } from "./compare-ranks.ts";

/** The elements that a comparison is made of. */
export interface CompareParts {
  readonly empty: HTMLElement;
  readonly all: HTMLElement;
  readonly scroll: HTMLElement;
  readonly panels: HTMLElement;
  readonly a: MapPanel;
  readonly b: MapPanel;
  readonly difference: MapPanel;
  readonly weightLegend: HTMLElement;
  readonly signedLegend: HTMLElement;
  readonly otherColumns: HTMLElement;
  readonly status: HTMLElement;
  readonly ranking: HTMLElement;
  readonly rankName: HTMLElement;
  readonly rankNote: HTMLElement;
  readonly ranks: RankList;
  readonly details: HTMLDetailsElement;
  readonly summary: HTMLElement;
  readonly rows: HTMLElement;
}

export function buildCompare(content: HTMLElement, actions: RanksActions): CompareParts {
  const empty = make("p", "empty", content);
  const all = make("div", "", content);
  const scroll = make("div", "scroll", all);
  const panels = make("div", "panels", scroll);
  panels.tabIndex = 0;
  panels.setAttribute("role", "group");
  const [a, b, difference] = [new MapPanel(panels), new MapPanel(panels), new MapPanel(panels)];
  const legends = make("div", "legends", all);
  const [weightLegend, signedLegend] = [legend(legends), legend(legends)];
  const otherColumns = make("p", "note", all);
  const status = make("p", "status", all);
  const ranking = make("div", "", all);
  const rankName = make("p", "name", ranking);
  const rankNote = make("p", "note", ranking);
  const ranks = new RankList(ranking, actions);
  const details = make("details", "", all);
  const summary = make("summary", "", details);
  const rows = make("div", "rows", details);
  rows.tabIndex = 0;
  const pictures = { a, b, difference, weightLegend, signedLegend, otherColumns, status };
  return { empty, all, scroll, panels, ...pictures, ranking, rankName, rankNote, ranks, details, summary, rows };
}

function legend(parent: HTMLElement): HTMLElement {
  const holder = make("span", "legend", parent);
  for (const tag of ["span", "span", "i", "span"] as const) make(tag, "", holder);
  return holder;
}

export interface LegendState {
  readonly name: string;
  readonly low: string;
  readonly high: string;
  readonly table: readonly Rgb[];
}

/** A bar of colours with its name and what its ends stand for. */
export function showLegend(holder: HTMLElement, { name, low, high, table }: LegendState): void {
  const [title, start, ramp, end] = holder.children as unknown as [Element, Element, HTMLElement, Element];
  setText(title, name);
  setText(start, low);
  setText(end, high);
  const stops = Array.from({ length: 17 }, (_, i) => hexColor(table[Math.round((255 * i) / 16)] as Rgb));
  const image = `linear-gradient(90deg,${stops.join(",")})`;
  if (ramp.dataset.image === image) return;
  ramp.dataset.image = image;
  ramp.style.backgroundImage = image;
}

/** A difference with its sign: `+0.120`, `−0.030`. */
export function signedWeight(value: number): string {
  const size = formatWeight(Math.abs(value));
  return Number(size) === 0 ? size : `${value < 0 ? "−" : "+"}${size}`;
}

/** Rows that a table of differences has at most. */
const MOST_ROWS = 200;

/** The cells that differ most, as a table. */
export function differenceTable(
  maps: { readonly a: AttentionMap; readonly b: AttentionMap },
  { columns, values }: Difference,
  names: readonly string[],
): HTMLTableElement {
  const table = make("table");
  const head = make("tr", "", make("thead", "", table));
  for (const name of names) {
    const cell = make("th", "", head);
    cell.scope = "col";
    cell.textContent = name;
  }
  const body = make("tbody", "", table);
  const size = (place: number) => Math.abs(values[place] as number);
  const places = Array.from(values.keys()).sort((first, second) => size(second) - size(first));
  for (const place of places.slice(0, MOST_ROWS)) {
    const [row, column] = [Math.floor(place / columns), place % columns];
    const line = make("tr", "", body);
    const texts = [
      `${rowTokens(maps.a, maps.b, row)} (${row + 1})`,
      `${tokenText(maps.a.columns[column] as string)} (${column + 1})`,
      formatWeight(maps.a.weights[place] as number),
      formatWeight(maps.b.weights[place] as number),
      signedWeight(values[place] as number),
    ];
    for (const text of texts) {
      const cell = make("td", "", line);
      cell.dir = "auto";
      cell.textContent = text;
    }
  }
  return table;
}
