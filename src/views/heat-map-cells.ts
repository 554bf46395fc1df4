import { type AttentionMap, poolMaximum } from "./attention-map.ts";
import { displayWidth, graphemes, graphemeWidth, shorten } from "./display-width.ts";
import type { CellSize, Surface } from "./surface.ts";
import { tokenText } from "./token-text.ts";

/** How a map is fitted to a surface: the size of its cells, what is pooled, and which labels are shown. */
export interface CellPlan {
  /** The map as drawn, pooled where it had to be. */
  readonly map: AttentionMap;
  readonly pooling: { readonly rows: number; readonly columns: number };
  readonly cell: CellSize;
  /** Columns of each band. */
  readonly perBand: number;
  readonly rowLabels: readonly LabelPlace[];
  readonly rowLabelWidth: number;
  readonly columnLabels: readonly string[];
  readonly columnEvery: number;
  readonly turn: 0 | 45 | 90;
  readonly headerHeight: number;
}

/** A label and the middle of its line, in cells from the top. */
export interface LabelPlace {
  readonly text: string;
  readonly middle: number;
}

export interface CellPlanOptions {
  /** Room that stands beside the cells and the row labels. */
  readonly beside: number;
  /** Smallest cell, for numbers written on cells. */
  readonly smallest: CellSize;
  /** Whether each row needs a line of its own, where there is room for that. */
  readonly apart: boolean;
}

const SLANT = Math.SQRT1_2;

export function planCells(map: AttentionMap, surface: Surface, options: CellPlanOptions): CellPlan {
  const { cells } = surface;
  const columns = shownLabels(map.columns, surface);
  const rows = shownLabels(map.rows, surface);
  const narrowest = Math.max(options.smallest.width, surface.kind === "terminal" ? widestGrapheme(columns) : 0);
  const room = (size: CellSize) => surface.width - options.beside - rowLabels(rows, size, surface).width - surface.gap;
  const mayShare = !options.apart && rows.length > 1 && isShort(rows) && isShort(columns);
  const sizes = mayShare ? [...cells.shared, ...cells.sizes] : cells.sizes;
  const cell = chooseSize({ map, surface, columns, sizes, smallest: { ...options.smallest, width: narrowest }, room });

  const perLine = Math.max(1, Math.floor(room(cell) / cell.width));
  const bands = Math.ceil(map.columns.length / perLine);
  const height = map.rows.length * cell.height;
  const tooMuch = bands > cells.bands || (bands > 1 && bands * height > cells.tallest);
  const pooling = {
    rows: tooMuch && height > cells.tall ? bands : Math.max(1, Math.ceil(height / cells.tallest)),
    columns: tooMuch ? bands : 1,
  };
  const drawn = poolMaximum(map, pooling);
  const columnLabels = shownLabels(drawn.columns, surface);
  const labels = rowLabels(shownLabels(drawn.rows, surface), cell, surface);
  return {
    map: drawn,
    pooling,
    cell,
    perBand: Math.min(perLine, drawn.columns.length),
    rowLabels: labels.places,
    rowLabelWidth: labels.width,
    columnLabels,
    ...header(columnLabels, cell, surface),
  };
}

function shownLabels(tokens: readonly string[], surface: Surface): string[] {
  const measure = (text: string) => surface.textWidth(text, "label");
  return tokens.map((token) => shorten(tokenText(token), surface.cells.longestLabel, measure));
}

function widestGrapheme(labels: readonly string[]): number {
  return labels.reduce((widest, label) => Math.max(widest, ...graphemes(label).map(graphemeWidth)), 0);
}

function widestLabel(labels: readonly string[], surface: Surface): number {
  return labels.reduce((widest, label) => Math.max(widest, surface.textWidth(label, "label")), 0);
}

interface SizeChoice {
  readonly sizes: readonly CellSize[];
  readonly map: AttentionMap;
  readonly surface: Surface;
  readonly columns: readonly string[];
  readonly smallest: CellSize;
  readonly room: (size: CellSize) => number;
}

/** The first size at which the map fits, stretched to hold the words above it where there is room for that; else the last. */
function chooseSize({ map, surface, columns, sizes, smallest, room }: SizeChoice): CellSize {
  const { widest, tall } = surface.cells;
  const word = Math.ceil(widestLabel(columns, surface) + surface.gap);
  let last: CellSize = { width: 1, height: 1 };
  for (const size of sizes) {
    last = { width: Math.max(size.width, smallest.width), height: Math.max(size.height, smallest.height) };
    const lowEnough = map.rows.length * last.height <= tall;
    const stretched = { width: Math.max(last.width, word), height: last.height };
    const isWord = word - surface.gap > last.width && last.height >= surface.line;
    if (isWord && word <= widest && lowEnough && map.columns.length * word <= room(stretched)) return stretched;
    if (lowEnough && map.columns.length * last.width <= room(last)) return last;
  }
  return last;
}

/** Labels of the rows: where two rows share a line of a terminal so do their labels; on a page those that would collide go. */
function rowLabels(
  labels: readonly string[],
  cell: CellSize,
  surface: Surface,
): { places: LabelPlace[]; width: number } {
  const share = Math.max(1, Math.ceil((surface.line * 0.8) / cell.height));
  const places: LabelPlace[] = [];
  for (let row = 0; row < labels.length; row += share) {
    const first = labels[row] as string;
    if (surface.kind === "terminal" && share > 1) {
      places.push({ text: joinLabels(labels.slice(row, row + share), share), middle: row + 0.5 });
    } else {
      places.push({ text: first, middle: row + 0.5 });
    }
  }
  return {
    places,
    width: widestLabel(
      places.map(({ text }) => text),
      surface,
    ),
  };
}

/** Single characters read on as text, `19`; words are parted, `are│you`. A row that is missing at the end leaves its place blank. */
function joinLabels(labels: readonly string[], share: number): string {
  const readsOn = isShort(labels);
  const blanks = Array.from({ length: share - labels.length }, () => (readsOn ? " " : ""));
  return [...labels, ...blanks].join(readsOn ? "" : "│");
}

/** Characters, not words: wide ones take two columns. */
function isShort(labels: readonly string[]): boolean {
  return labels.every((label) => displayWidth(label) <= 2);
}

/** A way to set the column labels: how far apart they must stand, and how high they rise. */
interface HeaderWay {
  readonly turn: 0 | 45 | 90;
  readonly pitch: number;
  readonly headerHeight: number;
}

/** How the column labels stand: the way that shows the most of them, upright before slanting before on end. */
function header(
  labels: readonly string[],
  cell: CellSize,
  surface: Surface,
): Pick<CellPlan, "columnEvery" | "turn" | "headerHeight"> {
  const widest = widestLabel(labels, surface);
  const isPage = surface.kind === "page";
  const stack = labels.reduce((most, label) => Math.max(most, graphemes(label).length), 1);
  const across = surface.line * 0.8;
  const ways: HeaderWay[] = [
    { turn: 0, pitch: widest + (isPage ? 2 : 0), headerHeight: surface.line },
    ...(isPage ? [{ turn: 45 as const, pitch: across / SLANT, headerHeight: (widest + across) * SLANT }] : []),
    { turn: 90, pitch: isPage ? across : 1, headerHeight: isPage ? widest + 4 : stack },
  ];
  const every = (way: HeaderWay) => Math.max(1, Math.ceil(way.pitch / cell.width));
  const best = ways.reduce((chosen, way) => (every(way) < every(chosen) ? way : chosen));
  return { turn: best.turn, columnEvery: every(best), headerHeight: best.headerHeight };
}
