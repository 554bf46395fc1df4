import type { Cell } from "./attention-map-data.ts";
import type { MapFrame } from "./attention-map-frame.ts";
import type { MatrixLayout } from "./attention-map-layout.ts";
import { make, setAttribute } from "./base.ts";

/**
 * The one cell of the grid that has the focus. The cells are a canvas, so the cell is a small element above it; there are two,
 * and each step moves the focus to the other one, so that assistive technology hears of a new cell.
 */
export class Rover {
  readonly #frame: MapFrame;
  readonly #cells: HTMLElement[] = [];
  #turn = 0;
  cell: Cell = { row: 0, column: 0 };

  constructor(frame: MapFrame) {
    this.#frame = frame;
    for (let i = 0; i < 2; i++) {
      const row = make("div", "", frame.cells);
      row.setAttribute("role", "row");
      row.hidden = i > 0;
      const cell = make("div", "rover", row);
      cell.tabIndex = i > 0 ? -1 : 0;
      this.#cells.push(cell);
    }
  }

  /** Whether a node is the cell. */
  owns(node: EventTarget | null): boolean {
    return this.#cells.includes(node as HTMLElement);
  }

  get isFocused(): boolean {
    const root = this.#frame.cells.getRootNode() as ShadowRoot;
    return this.owns(root.activeElement);
  }

  /** Puts the cell where it is drawn and says what it holds. */
  place(layout: MatrixLayout, label: string): void {
    const element = this.#cells[this.#turn] as HTMLElement;
    const row = element.parentElement as HTMLElement;
    const { cell } = this;
    const [isHead, isSide] = [cell.row < 0, cell.column < 0];
    const parent = isHead ? this.#frame.head : isSide ? this.#frame.side : this.#frame.cells;
    if (row.parentElement !== parent) parent.append(row);
    setAttribute(element, "role", isHead ? "columnheader" : isSide ? "rowheader" : "gridcell");
    setAttribute(row, "aria-rowindex", cell.row + 2);
    setAttribute(element, "aria-colindex", cell.column + 2);
    setAttribute(element, "aria-label", label);
    const width = isSide ? layout.rows.labelRoom : Math.max(5, layout.columns.size);
    const height = isHead ? layout.columns.labelRoom : Math.max(5, layout.rows.size);
    const x = isSide ? 0 : (cell.column + 0.5) * layout.columns.size - width / 2;
    const y = isHead ? 0 : (cell.row + 0.5) * layout.rows.size - height / 2;
    element.style.transform = `translate(${x}px,${y}px)`;
    element.style.width = `${width}px`;
    element.style.height = `${height}px`;
    element.style.outlineOffset = isHead || isSide ? "-3px" : "";
  }

  /** Goes to another cell, with the focus; its ring is shown to those who use the keyboard. */
  move(cell: Cell, layout: MatrixLayout, { label, ring }: { label: string; ring: boolean }): void {
    this.cell = cell;
    const before = this.#cells[this.#turn] as HTMLElement;
    this.#turn = 1 - this.#turn;
    const element = this.#cells[this.#turn] as HTMLElement;
    (element.parentElement as HTMLElement).hidden = false;
    element.tabIndex = 0;
    this.place(layout, label);
    const options: FocusOptions & { focusVisible: boolean } = { preventScroll: true, focusVisible: ring };
    element.focus(options);
    before.tabIndex = -1;
    (before.parentElement as HTMLElement).hidden = true;
  }
}

/** The cell that a key leads to, or undefined for keys that do not move. Row and column −1 are the labels. */
export function cellAfterKey(
  { row, column }: Cell,
  event: { readonly key: string; readonly ctrlKey: boolean },
  { rows, columns }: { readonly rows: number; readonly columns: number },
): Cell | undefined {
  const to = (nextRow: number, nextColumn: number): Cell => {
    const inRow = Math.min(rows - 1, Math.max(-1, nextRow));
    const inColumn = Math.min(columns - 1, Math.max(-1, nextColumn));
    return inRow < 0 && inColumn < 0 ? { row, column } : { row: inRow, column: inColumn };
  };
  switch (event.key) {
    case "ArrowUp":
      return to(row - 1, column);
    case "ArrowDown":
      return to(row + 1, column);
    case "ArrowLeft":
      return to(row, column - 1);
    case "ArrowRight":
      return to(row, column + 1);
    case "Home":
      return event.ctrlKey ? to(0, 0) : to(row, 0);
    case "End":
      return event.ctrlKey ? to(rows - 1, columns - 1) : to(row, columns - 1);
    case "PageUp":
      return to(Math.max(0, row - 10), column);
    case "PageDown":
      return to(row + 10, column);
    default:
      return undefined;
  }
}
