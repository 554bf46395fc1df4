import { displayWidth } from "../display-width.ts";
import { tokenText } from "../token-text.ts";

/** Small matrices with labels, one or several side by side. */

export interface PanelRequest {
  /** Room across for one panel, labels included. */
  readonly room: number;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
}

export interface PanelLayout {
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Width of the labels of rows, height of those of columns. */
  readonly side: number;
  readonly head: number;
  /** Whether labels of columns stand on end. */
  readonly isTurned: boolean;
  /** Every so many rows or columns one has a label. */
  readonly everyRow: number;
  readonly everyColumn: number;
}

/** Widths and heights in pixels. */
const CELL = { least: 3, most: 24, row: 14, tallRow: 22 };
const LETTER = 7.3;
const LABEL = { most: 92, line: 13, narrow: 8 };
/** Height from which rows get lower. */
const TALL = 560;

/** How a matrix is drawn in the room there is. */
export function layoutPanel({ room, rows, columns }: PanelRequest): PanelLayout {
  const side = Math.min(LABEL.most, 10 + LETTER * longest(rows));
  const cellWidth = clamp((room - side) / Math.max(1, columns.length), CELL.least, CELL.most);
  const isTurned = longest(columns) > 2;
  const tallest = Math.max(CELL.least, TALL / Math.max(1, rows.length));
  const cellHeight = Math.min(tallest, clamp(cellWidth, CELL.row, CELL.tallRow));
  return {
    cellWidth,
    cellHeight,
    side,
    head: isTurned ? Math.min(LABEL.most, 8 + LETTER * longest(columns)) : 18,
    isTurned,
    everyRow: Math.ceil(LABEL.line / cellHeight),
    everyColumn: Math.ceil((isTurned ? LABEL.line : LABEL.narrow) / cellWidth),
  };
}

/** Whether `count` panels fit beside each other with cells that one can still tell apart. */
export function fitsBeside(room: number, request: Omit<PanelRequest, "room">, count: number): boolean {
  return layoutPanel({ ...request, room: panelRoom(room, count) }).cellWidth >= 6;
}

/** Space between panels. */
export const PANEL_GAP = 18;

/** Room of each of `count` panels side by side. */
export function panelRoom(room: number, count: number): number {
  return (room - (count - 1) * PANEL_GAP) / count;
}

function longest(tokens: readonly string[]): number {
  return tokens.reduce((most, token) => Math.max(most, displayWidth(tokenText(token))), 0);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
