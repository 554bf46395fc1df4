import { hexColor } from "../color-table.ts";
import type { Language } from "../messages.ts";
import { messages } from "../messages.ts";
import { formatWeight } from "../number-text.ts";
import { tokenText } from "../token-text.ts";
import { make, setText } from "./base.ts";
import { ribbonMessages } from "./ribbons-messages.ts";
import { headColor, isDashed } from "./ribbons-paint.ts";
import type { RibbonSubject } from "./ribbons-sentences.ts";
import { TokenRow } from "./ribbons-tokens.ts";

/** The elements that ribbons are made of. */
export interface RibbonParts {
  readonly empty: HTMLElement;
  readonly tools: HTMLElement;
  readonly heads: HTMLElement;
  readonly slider: HTMLInputElement;
  readonly sliderName: HTMLElement;
  readonly output: HTMLOutputElement;
  readonly count: HTMLElement;
  readonly scroll: HTMLElement;
  readonly stage: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly top: TokenRow;
  readonly bottom: TokenRow;
  readonly status: HTMLElement;
  readonly details: HTMLDetailsElement;
  readonly summary: HTMLElement;
  readonly rows: HTMLElement;
}

export function buildRibbons(content: HTMLElement): RibbonParts {
  const empty = make("p", "empty", content);
  const tools = make("div", "tools", content);
  const heads = make("div", "heads", tools);
  heads.setAttribute("role", "group");
  const label = make("label", "", tools);
  const sliderName = make("span", "unseen", label);
  const slider = make("input", "", label);
  Object.assign(slider, { type: "range", min: "10", max: "100", step: "5" });
  const output = make("output", "", label);
  const count = make("span", "count", tools);
  const scroll = make("div", "scroll", content);
  const stage = make("div", "stage", scroll);
  const top = new TokenRow("top", stage);
  const canvas = make("canvas", "", stage);
  canvas.setAttribute("role", "img");
  const bottom = new TokenRow("bottom", stage);
  const status = make("p", "status", content);
  const details = make("details", "", content);
  const summary = make("summary", "", details);
  const rows = make("div", "rows", details);
  rows.tabIndex = 0;
  const words = { empty, tools, heads, slider, sliderName, output, count };
  return { ...words, scroll, stage, canvas, top, bottom, status, details, summary, rows };
}

/** One button a head, with its colour and its number; pressed while its ribbons are drawn. */
export function updateHeads(group: HTMLElement, subject: RibbonSubject, language: Language): void {
  const count = subject.heads.length < 2 ? 0 : subject.heads.length;
  group.hidden = count === 0;
  group.ariaLabel = ribbonMessages(language).heads;
  while (group.children.length > count) group.lastElementChild?.remove();
  while (group.children.length < count) group.append(headButton(group.children.length));
  for (const [head, button] of [...group.children].entries()) {
    setText(button.lastElementChild as Element, ribbonMessages(language).head(head + 1));
    button.ariaPressed = String(!subject.hidden.has(head));
  }
}

function headButton(head: number): HTMLButtonElement {
  const button = make("button");
  button.type = "button";
  const swatch = make("i", "", button);
  const color = hexColor(headColor(head));
  swatch.style.background = isDashed(head)
    ? `repeating-linear-gradient(90deg, ${color} 0 5px, transparent 5px 8px)`
    : color;
  make("span", "", button);
  return button;
}

/** The ribbons as a table, heaviest first. */
export function ribbonTable(subject: RibbonSubject, language: Language): HTMLTableElement {
  const words = ribbonMessages(language);
  const map = subject.heads[0] as RibbonSubject["heads"][number];
  const axes = messages(language).axes[map.axes ?? "tokens"];
  const isMany = subject.heads.length > 1;
  const table = make("table");
  const names = [axes.row, axes.column, words.weight];
  const head = make("tr", "", make("thead", "", table));
  for (const name of isMany ? [words.headColumn, ...names] : names) {
    const cell = make("th", "", head);
    cell.scope = "col";
    cell.textContent = name;
  }
  const body = make("tbody", "", table);
  for (const ribbon of [...subject.ribbons].reverse()) {
    const row = make("tr", "", body);
    const placed = (token: string | undefined, place: number) => `${tokenText(token ?? "")} (${place + 1})`;
    const texts = [
      placed(map.rows[ribbon.row], ribbon.row),
      placed(map.columns[ribbon.column], ribbon.column),
      formatWeight(ribbon.weight),
    ];
    for (const text of isMany ? [String(ribbon.head + 1), ...texts] : texts) {
      const cell = make("td", "", row);
      cell.dir = "auto";
      cell.textContent = text;
    }
  }
  return table;
}
