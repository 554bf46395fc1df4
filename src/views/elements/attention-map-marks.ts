import type { AttentionMap } from "../attention-map.ts";
import type { AxisNames, Messages } from "../messages.ts";
import { formatNumber } from "../number-text.ts";
import { tokenText } from "../token-text.ts";
import { cellFacts, cellOf, type DrawnMap, quotedToken } from "./attention-map-data.ts";
import type { MapFrame } from "./attention-map-frame.ts";
import type { MatrixLayout } from "./attention-map-layout.ts";
import { setAttribute, setText } from "./base.ts";
import type { ElementMessages } from "./messages.ts";
import type { Place } from "./selection.ts";

/** What marks and sentences are made from. */
export interface MarkContext {
  readonly map: AttentionMap;
  readonly drawn: DrawnMap;
  readonly layout: MatrixLayout;
  readonly transposed: boolean;
  readonly words: Messages;
  readonly own: ElementMessages;
  readonly axes: AxisNames;
}

/** Smallest extent of a mark, so that it can be seen on cells of one pixel. */
const SMALLEST = 5;

function put(mark: HTMLElement, at: { x: number; y: number; width: number; height: number }): void {
  const width = Math.max(SMALLEST, at.width);
  const height = Math.max(SMALLEST, at.height);
  mark.hidden = false;
  mark.style.transform = `translate(${at.x - (width - at.width) / 2}px,${at.y - (height - at.height) / 2}px)`;
  mark.style.width = `${width}px`;
  mark.style.height = `${height}px`;
}

/** Moves the lanes, the box, the ring of the pin and the labels that stand out. */
export function updateMarks(
  frame: MapFrame,
  context: MarkContext,
  { shown, pinned }: { shown: Place | undefined; pinned: Place | undefined },
): void {
  const { layout, transposed } = context;
  const { rows, columns } = layout;
  const { row, column } = shown ? cellOf(shown, transposed) : { row: -1, column: -1 };
  const [width, height] = [columns.size, rows.size];
  const [x, y] = [column * width, row * height];
  frame.rowLane.hidden = row < 0;
  frame.columnLane.hidden = column < 0;
  frame.box.hidden = row < 0 || column < 0;
  if (row >= 0) put(frame.rowLane, { x: 0, y, width: columns.extent, height });
  if (column >= 0) put(frame.columnLane, { x, y: 0, width, height: rows.extent });
  if (row >= 0 && column >= 0) put(frame.box, { x, y, width, height });
  const pin = pinned ? cellOf(pinned, transposed) : undefined;
  frame.pin.hidden = pin === undefined;
  if (pin) {
    const [hasRow, hasColumn] = [pin.row >= 0, pin.column >= 0];
    put(frame.pin, {
      x: hasColumn ? pin.column * width : 0,
      y: hasRow ? pin.row * height : 0,
      width: hasColumn ? width : columns.extent,
      height: hasRow ? height : rows.extent,
    });
  }
  updateFlag(frame.headFlag, column < 0 ? undefined : columns.labels[column]);
  if (column >= 0) frame.headFlag.style.left = `${(column + 0.5) * width}px`;
  updateFlag(frame.sideFlag, row < 0 ? undefined : rows.labels[row]);
  if (row >= 0) frame.sideFlag.style.top = `${(row + 0.5) * height}px`;
}

function updateFlag(flag: HTMLElement, text: string | undefined): void {
  flag.hidden = text === undefined;
  if (text === undefined) return;
  setText(flag, text);
  setAttribute(flag, "dir", "auto");
}

/** The sentence of a cell, a row or a column. */
export function sentenceOf(context: MarkContext, place: Place | undefined): string | undefined {
  if (place === undefined) return undefined;
  const { map, drawn, words, own, axes } = context;
  const { query, key } = place;
  if (query !== undefined && key !== undefined) return words.cell(cellFacts(map, { query, key }), axes);
  if (query !== undefined) {
    return own.entropyOf(quotedToken(map.rows[query] as string), (drawn.entropy[query] as number).toFixed(2));
  }
  const sum = formatNumber(drawn.coverage[key as number] as number, 3);
  return own.coverageOf(quotedToken(map.columns[key as number] as string), sum);
}

/** Room that a tooltip may take, for keeping it inside without measuring. */
const TIP = { width: 250, height: 100 };

/** The tooltip above a cell, or below it where there is no room; `origin` is the first cell in the element. */
export function updateTip(
  frame: MapFrame,
  context: MarkContext,
  at: { readonly place: Place | undefined; readonly x: number; readonly y: number; readonly width: number },
): void {
  const { place } = at;
  const { tip } = frame;
  const isCell = place?.query !== undefined && place.key !== undefined;
  tip.hidden = !isCell;
  if (!isCell) return;
  const { own } = context;
  const facts = cellFacts(context.map, { query: place.query as number, key: place.key as number });
  const [name, weight, rank, entropy] = tip.children as unknown as [Element, Element, Element, Element];
  setText(name, `${facts.query} ← ${facts.key}`);
  setText(weight, `${own.weight} ${facts.weight}`);
  setText(rank, own.rank(facts.rank, facts.columns));
  setText(entropy, own.entropyBits(facts.entropy));
  const half = TIP.width / 2;
  const x = Math.min(Math.max(half, at.x), Math.max(half, at.width - half));
  const size = context.layout.rows.size / 2 + 10;
  const isAbove = at.y - size > TIP.height;
  tip.style.transform = `translate(calc(${x}px - 50%),${isAbove ? `calc(${at.y - size}px - 100%)` : `${at.y + size}px`})`;
}

/** The chip of what is pinned, with its ✕. */
export function updateChip(frame: MapFrame, context: MarkContext, pinned: Place | undefined): void {
  frame.chip.hidden = pinned === undefined;
  if (pinned === undefined) return;
  const { map, own } = context;
  const name = [
    pinned.query === undefined ? undefined : tokenText(map.rows[pinned.query] as string),
    pinned.key === undefined ? undefined : tokenText(map.columns[pinned.key] as string),
  ];
  const text = name.filter((part) => part !== undefined).join(" ← ");
  if (frame.chip.dataset.text !== text) {
    frame.chip.dataset.text = text;
    const bdi = document.createElement("bdi");
    bdi.textContent = text;
    const cross = document.createElement("span");
    cross.textContent = "✕";
    frame.chip.replaceChildren(bdi, cross);
  }
  setAttribute(frame.chip, "aria-label", own.unpin(text));
  setAttribute(frame.chip, "title", own.unpin(text));
}
