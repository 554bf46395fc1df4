import type { Cell } from "./attention-map-data.ts";
import type { MapFrame } from "./attention-map-frame.ts";
import { cellAfterKey, type Rover } from "./attention-map-rover.ts";

/** What pointer, touch and keyboard may ask of an attention map. */
export interface MapControl {
  readonly size: () => { readonly rows: number; readonly columns: number };
  /** The cell under a place, in CSS pixels from the first cell. */
  readonly cellUnder: (x: number, y: number) => Cell | undefined;
  /** The row or the column whose label has its room there, in CSS pixels from the first cell; above it, or left of it, below 0. */
  readonly labelUnder: (axis: "row" | "column", x: number, y: number) => Cell | undefined;
  readonly act: (kind: "point" | "click" | "tap", cell: Cell | undefined) => void;
  readonly escape: () => boolean;
  /** Moves the focused cell there, in sight; `by` keys it points at it, too. */
  readonly moveTo: (cell: Cell, by: "keys" | "pointer") => void;
  readonly activateLabel: (cell: Cell) => void;
  readonly transpose: () => void;
  /** Zooms by a factor; about a place of the window, in CSS pixels. */
  readonly zoomBy: (factor: number, about?: { readonly x: number; readonly y: number }) => void;
  readonly change: (change: { scale?: string; toggleView?: boolean }) => void;
}

const ZOOM_STEP = 1.4;

export function listen(frame: MapFrame, rover: Rover, control: MapControl): void {
  listenToPointer(frame, control);
  listenToKeys(frame, rover, control);
  frame.scale.addEventListener("change", () => control.change({ scale: frame.scale.value }));
  frame.transpose.addEventListener("click", () => control.transpose());
  frame.view.addEventListener("click", () => control.change({ toggleView: true }));
  frame.zoomIn.addEventListener("click", () => control.zoomBy(ZOOM_STEP));
  frame.zoomOut.addEventListener("click", () => control.zoomBy(1 / ZOOM_STEP));
  frame.chip.addEventListener("click", () => control.escape());
}

function listenToPointer(frame: MapFrame, control: MapControl): void {
  const { cells } = frame;
  cells.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") control.act("point", control.cellUnder(event.offsetX, event.offsetY));
  });
  cells.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") control.act("point", undefined);
  });
  // The press would take the focus from the cell that has it, and with it what is pointed at; the click moves it.
  cells.addEventListener("mousedown", (event) => event.preventDefault());
  cells.addEventListener("click", (event) => {
    const cell = control.cellUnder(event.offsetX, event.offsetY);
    if (!cell) return;
    const isTouch = (event as PointerEvent).pointerType === "touch";
    control.act(isTouch ? "tap" : "click", cell);
    control.moveTo(cell, "pointer");
  });
  for (const [holder, axis] of [
    [frame.headRow, "column"],
    [frame.sideRows, "row"],
  ] as const) {
    const cellOfLabel = (event: MouseEvent): Cell | undefined => {
      const place = (event.target as HTMLElement).dataset?.place;
      if (place !== undefined) return axis === "column" ? { row: -1, column: +place } : { row: +place, column: -1 };
      const first = frame.cells.getBoundingClientRect();
      return control.labelUnder(axis, event.clientX - first.left, event.clientY - first.top);
    };
    holder.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch") control.act("point", cellOfLabel(event));
    });
    holder.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch") control.act("point", undefined);
    });
    holder.addEventListener("click", (event) => {
      const cell = cellOfLabel(event);
      // Text that was just marked with the mouse is to be copied, not activated.
      if (cell && (getSelection()?.isCollapsed ?? true)) control.activateLabel(cell);
    });
  }
  frame.scroller.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const frameBox = frame.scroller.getBoundingClientRect();
      const about = { x: event.clientX - frameBox.left, y: event.clientY - frameBox.top };
      control.zoomBy(Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / 150), about);
    },
    { passive: false },
  );
}

function listenToKeys(frame: MapFrame, rover: Rover, control: MapControl): void {
  const content = frame.tools.parentElement as HTMLElement;
  content.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.metaKey) return;
    const onCell = rover.owns(event.target);
    if ((onCell && onGridKey(event, rover, control)) || onAnyKey(event, control)) event.preventDefault();
  });
  frame.cells.parentElement?.addEventListener("focusin", (event) => {
    const { cell } = rover;
    if (rover.owns(event.target) && (event.target as Element).matches(":focus-visible")) control.act("point", cell);
  });
  content.addEventListener("focusout", (event) => {
    if (rover.owns(event.target) && !content.contains(event.relatedTarget as Node | null)) {
      control.act("point", undefined);
    }
  });
}

function onGridKey(event: KeyboardEvent, rover: Rover, control: MapControl): boolean {
  if (event.key === "Enter" || event.key === " ") {
    const { cell } = rover;
    if (cell.row < 0 || cell.column < 0) control.activateLabel(cell);
    else control.act("click", cell);
    return true;
  }
  const next = cellAfterKey(rover.cell, event, control.size());
  if (!next) return false;
  control.moveTo(next, "keys");
  return true;
}

function onAnyKey(event: KeyboardEvent, control: MapControl): boolean {
  if (event.key === "Escape") return control.escape();
  if (event.ctrlKey || (event.target as Element).localName === "select") return false;
  if (event.key === "t" || event.key === "T") control.transpose();
  else if (event.key === "+" || event.key === "=") control.zoomBy(ZOOM_STEP);
  else if (event.key === "-") control.zoomBy(1 / ZOOM_STEP);
  else return false;
  return true;
}
