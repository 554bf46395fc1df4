import { type AttentionMap, rowEntropy, rowWeights } from "../attention-map.ts";
import type { AxisNames, Messages } from "../messages.ts";
import { formatWeight } from "../number-text.ts";
import { tokenText } from "../token-text.ts";
import { make } from "./base.ts";
import type { ElementMessages } from "./messages.ts";

/** Cells of a table at a time: more take a browser seconds to lay out. */
const MOST_CELLS = 10_000;

export interface TableWords {
  readonly words: Messages;
  readonly own: ElementMessages;
  readonly axes: AxisNames;
}

/** A map as a real table: one row a query with its weights and its entropy; large ones by pages of rows, with buttons. */
export function buildTable(holder: HTMLElement, map: AttentionMap, { words, own, axes }: TableWords): void {
  const step = Math.max(1, Math.floor(MOST_CELLS / Math.max(1, map.columns.length)));
  const isPaged = map.rows.length > step;
  const show = (first: number) => {
    const end = Math.min(map.rows.length, first + step);
    const scroller = make("div", "scroller");
    scroller.tabIndex = 0;
    scroller.setAttribute("role", "region");
    scroller.setAttribute("aria-label", words.asTable);
    scroller.append(tableOf(map, { first, end, words, axes }));
    holder.replaceChildren(scroller);
    if (!isPaged) return;
    const pages = make("div", "pages", holder);
    const button = (text: string, to: number, isOff: boolean) => {
      const element = make("button", "", pages);
      element.type = "button";
      element.textContent = text;
      element.disabled = isOff;
      element.addEventListener("click", () => {
        show(to);
        (holder.querySelector(`.pages button:nth-of-type(${to < first ? 1 : 2})`) as HTMLElement | null)?.focus();
      });
    };
    button(own.earlier, Math.max(0, first - step), first === 0);
    button(own.later, end, end >= map.rows.length);
    make("span", "", pages).textContent = own.rowsShown(first + 1, end, map.rows.length);
  };
  show(0);
}

function tableOf(
  map: AttentionMap,
  { first, end, words, axes }: { first: number; end: number; words: Messages; axes: AxisNames },
): HTMLTableElement {
  const table = make("table");
  const caption = make("caption", "", table);
  caption.textContent = map.title ?? words.mapSummary(axes.rows(map.rows.length), axes.columns(map.columns.length));
  const head = make("tr", "", make("thead", "", table));
  const cell = (row: HTMLElement, text: string, scope?: "col" | "row") => {
    const element = make(scope ? "th" : "td", "", row);
    element.textContent = text;
    if (!scope) return;
    (element as HTMLTableCellElement).scope = scope;
    element.dir = "auto";
  };
  cell(head, `${axes.row} ↓ ${axes.column} →`, "col");
  for (const token of map.columns) cell(head, tokenText(token), "col");
  cell(head, words.entropy, "col");
  const body = make("tbody", "", table);
  for (let row = first; row < end; row++) {
    const line = make("tr", "", body);
    const weights = rowWeights(map, row);
    cell(line, tokenText(map.rows[row] as string), "row");
    for (const weight of weights) cell(line, formatWeight(weight));
    cell(line, rowEntropy(weights).toFixed(2));
  }
  return table;
}
