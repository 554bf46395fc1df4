import type { MapFrame } from "./attention-map-frame.ts";
import type { MatrixAxis, MatrixLayout } from "./attention-map-layout.ts";
import { make, setAttribute, setText } from "./base.ts";

/** A range of cells of an axis. */
export type Range = readonly [first: number, end: number];

export interface LabelChange {
  readonly layout: MatrixLayout;
  readonly rows: Range;
  readonly columns: Range;
  /** Columns or rows as drawn whose labels are struck out. */
  readonly maskedRows: ReadonlySet<number>;
  readonly maskedColumns: ReadonlySet<number>;
}

const HALF_LINE = 7;

/** Labels as text of the document, those of the cells near the window; elements are kept and only what differs is set. */
export function updateLabels(frame: MapFrame, change: LabelChange): void {
  const { layout } = change;
  frame.head.className = `head turn${layout.turn}`;
  const columns = shownPlaces(layout.columns, change.columns);
  keepCount(frame.headRow, columns.length, () => {
    const label = make("span", "label");
    label.setAttribute("role", "columnheader");
    return label;
  });
  for (const [i, place] of columns.entries()) {
    const label = frame.headRow.children[i] as HTMLElement;
    label.style.left = `${(place + 0.5) * layout.columns.size}px`;
    fillLabel(label, { place, axis: layout.columns, isMasked: change.maskedColumns.has(place) });
    setAttribute(label, "aria-colindex", place + 2);
  }
  const rows = shownPlaces(layout.rows, change.rows);
  keepCount(frame.sideRows, rows.length, () => {
    const row = make("div");
    row.setAttribute("role", "row");
    const label = make("span", "label", row);
    label.setAttribute("role", "rowheader");
    label.setAttribute("aria-colindex", "1");
    return row;
  });
  for (const [i, place] of rows.entries()) {
    const row = frame.sideRows.children[i] as HTMLElement;
    const label = row.firstElementChild as HTMLElement;
    setAttribute(row, "aria-rowindex", place + 2);
    label.style.top = `${(place + 0.5) * layout.rows.size}px`;
    fillLabel(label, { place, axis: layout.rows, isMasked: change.maskedRows.has(place) });
  }
}

function fillLabel(
  label: HTMLElement,
  { place, axis, isMasked }: { place: number; axis: MatrixAxis; isMasked: boolean },
): void {
  setText(label, axis.labels[place] as string);
  setAttribute(label, "dir", "auto");
  label.dataset.place = String(place);
  label.classList.toggle("masked", isMasked);
}

/** Which cells of a range have a label: all, or one in the middle of each group, none so near the end that it would be cut off. */
export function shownPlaces({ every, count, size }: MatrixAxis, [first, end]: Range): number[] {
  const places: number[] = [];
  const start = Math.floor(every / 2);
  for (let place = start + Math.max(0, Math.ceil((first - start) / every)) * every; place < end; place += every) {
    if (every === 1 || (count - place) * size >= HALF_LINE) places.push(place);
  }
  if (places.length === 0 && first === 0 && end === count && count > 0) places.push(0);
  return places;
}

/** Brings the children of `parent` to `count`. */
export function keepCount(parent: Element, count: number, more: () => Element): void {
  while (parent.childElementCount > count) (parent.lastElementChild as Element).remove();
  while (parent.childElementCount < count) parent.append(more());
}
