import type { Rgb } from "../color-table.ts";
import { tokenText } from "../token-text.ts";
import { keepCount } from "./attention-map-labels.ts";
import { make, setAttribute, setText } from "./base.ts";
import type { PanelLayout } from "./compare-layout.ts";
import { fitCanvas, paintCells } from "./paint.ts";
import type { Place } from "./selection.ts";

/** A small matrix: caption, labels, cells on a canvas, and a frame about what is pointed at. */

export interface PanelState {
  readonly caption: string;
  /** For people who do not see the picture. */
  readonly summary: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Rows whose label stands out. */
  readonly changed?: ReadonlySet<number>;
  /** Columns that are struck out. */
  readonly masked?: ReadonlySet<number>;
  /** Row-major places in the table. */
  readonly shades: ArrayLike<number>;
  readonly table: readonly Rgb[];
  readonly layout: PanelLayout;
}

export const PANEL_STYLE: string = `
.panel{margin:0;min-width:0}
.panel figcaption{font-weight:600;margin:0 0 2px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.panel .matrix{position:relative;display:grid;width:max-content;grid-template:"corner head" "side cells"}
.panel .head{grid-area:head;position:relative}
.panel .side{grid-area:side;position:relative}
.panel .cells{grid-area:cells;position:relative;outline:1px solid var(--grid);cursor:crosshair}
.panel canvas{display:block}
.panel .label{position:absolute;font:12px/13px var(--mono);white-space:nowrap;color:var(--ink)}
.panel .side .label{right:6px;max-width:calc(100% - 6px);overflow:hidden;text-overflow:ellipsis;transform:translateY(-50%)}
.panel .side .label.changed{font-weight:700;text-decoration:underline 2px #d55e00}
.panel .head .label{bottom:3px;transform:translateX(-50%)}
.panel .head.turned .label{transform:translateX(-50%) rotate(180deg);writing-mode:vertical-rl;max-height:calc(100% - 3px);overflow:hidden;text-overflow:ellipsis}
.panel .label.masked{text-decoration:line-through;color:var(--faint)}
.panel .masks{position:absolute;inset:0;pointer-events:none;overflow:hidden}
.panel .masks i{position:absolute;top:0;bottom:0;border:1px solid var(--faint);background:repeating-linear-gradient(135deg,transparent 0 4px,var(--faint) 4px 5px);forced-color-adjust:none}
.panel .label.lit{background:var(--ink);color:var(--paper);border-radius:3px;padding:0 2px;z-index:1}
.panel .mark{position:absolute;left:0;top:0;pointer-events:none;box-shadow:0 0 0 1px var(--paper),0 0 0 3px var(--ink);border-radius:1px}
.panel .mark.band{box-shadow:0 0 0 1.5px var(--ink)}
@media (forced-colors:active){.panel .mark{outline:2px solid Highlight}.panel .label.lit{forced-color-adjust:none;background:Highlight;color:HighlightText}}
`;

export class MapPanel {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly #caption: HTMLElement;
  readonly #matrix: HTMLElement;
  readonly #head: HTMLElement;
  readonly #side: HTMLElement;
  readonly #masks: HTMLElement;
  readonly #mark: HTMLElement;
  #state: PanelState | undefined;
  #lit: readonly Element[] = [];

  constructor(parent: HTMLElement) {
    this.element = make("figure", "panel", parent);
    this.#caption = make("figcaption", "", this.element);
    this.#caption.dir = "auto";
    this.#matrix = make("div", "matrix", this.element);
    this.#head = make("div", "head", this.#matrix);
    this.#side = make("div", "side", this.#matrix);
    const cells = make("div", "cells", this.#matrix);
    this.canvas = make("canvas", "", cells);
    this.canvas.setAttribute("role", "img");
    this.#masks = make("div", "masks", cells);
    this.#masks.setAttribute("aria-hidden", "true");
    this.#mark = make("div", "mark", cells);
    this.#mark.hidden = true;
  }

  update(state: PanelState): void {
    this.#state = state;
    const { layout, rows, columns } = state;
    setText(this.#caption, state.caption);
    this.#caption.hidden = state.caption === "";
    setAttribute(this.canvas, "aria-label", state.summary);
    this.#matrix.style.gridTemplateColumns = `${layout.side}px max-content`;
    this.#matrix.style.gridTemplateRows = `${layout.head}px max-content`;
    this.#head.classList.toggle("turned", layout.isTurned);
    this.#label(this.#head, columns, (place) => place % layout.everyColumn === 0);
    this.#label(this.#side, rows, (place) => place % layout.everyRow === 0);
    this.#strikeOut(state);
    const size = { width: columns.length * layout.cellWidth, height: rows.length * layout.cellHeight };
    fitCanvas(this.canvas, size);
    const context = this.canvas.getContext("2d") as CanvasRenderingContext2D;
    const place = { x: 0, y: 0, width: this.canvas.width, height: this.canvas.height };
    context.clearRect(0, 0, place.width, place.height);
    const { shades, table } = state;
    paintCells(context, { rows: rows.length, columns: columns.length, shades, table }, { place });
  }

  #strikeOut({ masked = new Set(), layout: { cellWidth } }: PanelState): void {
    keepCount(this.#masks, masked.size, () => make("i"));
    for (const [i, place] of [...masked].entries()) {
      const { style } = this.#masks.children[i] as HTMLElement;
      [style.left, style.width] = [`${place * cellWidth}px`, `${cellWidth}px`];
    }
  }

  #label(side: HTMLElement, tokens: readonly string[], isShown: (place: number) => boolean): void {
    const { layout, changed, masked } = this.#state as PanelState;
    while (side.children.length > tokens.length) side.lastElementChild?.remove();
    while (side.children.length < tokens.length) make("span", "label", side).dir = "auto";
    for (const [place, label] of ([...side.children] as HTMLElement[]).entries()) {
      setText(label, tokenText(tokens[place] as string));
      label.dataset.thin = isShown(place) ? "" : "1";
      label.hidden = !isShown(place);
      if (side === this.#head) {
        label.style.left = `${(place + 0.5) * layout.cellWidth}px`;
        label.classList.toggle("masked", masked?.has(place) ?? false);
      } else {
        label.style.top = `${(place + 0.5) * layout.cellHeight}px`;
        label.classList.toggle("changed", changed?.has(place) ?? false);
      }
    }
  }

  /** The cell under a pointer. */
  placeAt(event: MouseEvent): Required<Place> | undefined {
    const state = this.#state;
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    if (!state || x < 0 || y < 0 || x >= box.width || y >= box.height) return undefined;
    const key = Math.floor((x / box.width) * state.columns.length);
    return { query: Math.floor((y / box.height) * state.rows.length), key };
  }

  /** Frames a cell, a row or a column. */
  point(place: Place | undefined): void {
    const state = this.#state;
    for (const label of this.#lit) {
      label.classList.remove("lit");
      (label as HTMLElement).hidden = (label as HTMLElement).dataset.thin === "1";
    }
    this.#lit = [];
    const query = place?.query !== undefined && place.query < (state?.rows.length ?? 0) ? place.query : undefined;
    const key = place?.key !== undefined && place.key < (state?.columns.length ?? 0) ? place.key : undefined;
    this.#mark.hidden = query === undefined && key === undefined;
    if (!state || this.#mark.hidden) return;
    const { cellWidth, cellHeight } = state.layout;
    const [x, y] = [(key ?? 0) * cellWidth, (query ?? 0) * cellHeight];
    this.#mark.style.transform = `translate(${x}px,${y}px)`;
    this.#mark.style.width = `${key === undefined ? cellWidth * state.columns.length : cellWidth}px`;
    this.#mark.style.height = `${query === undefined ? cellHeight * state.rows.length : cellHeight}px`;
    this.#mark.classList.toggle("band", query === undefined || key === undefined);
    const lit = [
      query === undefined ? undefined : this.#side.children[query],
      key === undefined ? undefined : this.#head.children[key],
    ];
    this.#lit = lit.filter((label): label is Element => label !== undefined);
    for (const label of this.#lit as HTMLElement[]) {
      label.hidden = false;
      label.classList.add("lit");
    }
  }
}
