import { graphemes, shorten } from "../display-width.ts";
import { pageSurface } from "../surface.ts";
import { tokenText } from "../token-text.ts";

/** Where everything of an attention map stands, in CSS pixels: sizes of cells, which labels are shown, how they are turned. */

export interface MatrixRequest {
  readonly rowTokens: readonly string[];
  readonly columnTokens: readonly string[];
  /** Room across for everything. */
  readonly width: number;
  /** Height that the rows should keep to where they stay readable. */
  readonly tall: number;
  /** 1 fits the map to its room. */
  readonly zoom: number;
  /** Pixels of the screen in one CSS pixel. */
  readonly density: number;
  readonly bars: boolean;
}

/** One side of the cells. */
export interface MatrixAxis {
  readonly count: number;
  /** Extent of one cell. */
  readonly size: number;
  /** Extent of all. */
  readonly extent: number;
  /** Each so many have a label. */
  readonly every: number;
  readonly labels: readonly string[];
  /** Room that the labels take beside or above the cells. */
  readonly labelRoom: number;
}

export interface MatrixLayout {
  readonly rows: MatrixAxis;
  readonly columns: MatrixAxis;
  /** Degrees that the column labels rise. */
  readonly turn: 0 | 45 | 90;
  /** Room right of the cells: bars, or what slanting labels need. */
  readonly sideRoom: number;
  /** Longest bar beside the rows, and whether its number stands there, too. */
  readonly bar: number;
  readonly numbers: boolean;
  /** Room below the cells, for the bars of the columns. */
  readonly footRoom: number;
  readonly largestZoom: number;
}

const PAGE = pageSurface();
const LINE = PAGE.line;
const GAP = PAGE.gap;
/** Room of the turned caption left of the row labels, and of the caption above the column labels. */
export const CAPTION = 18;
/** Length of the longest caption beside the rows, on end; where there are few rows it goes on below them. */
export const CAPTION_LENGTH = 42;
/** Cells grow to this size by fitting, and to `ZOOMED` by zooming. */
const ROOMY = 24;
const ZOOMED = 64;
/** Rows higher than this, or than cells are wide, would only waste room. */
const HIGH = 28;
/** Rows keep at least this height before they are let fall below a line of text. */
const LOW = 10;

const measure = (text: string): number => PAGE.textWidth(text, "label");

function widest(labels: readonly string[]): number {
  return labels.reduce((most, label) => Math.max(most, measure(label)), 0);
}

/** Whole pixels of the screen where cells are large enough for that to matter, so that all are alike. */
function snapped(size: number, density: number): number {
  return size >= 3 ? Math.max(1, Math.floor(size * density)) / density : size;
}

export function layoutMatrix(request: MatrixRequest): MatrixLayout {
  const { width, zoom, density, bars } = request;
  const longest = Math.min(112, Math.max(48, width * 0.26));
  const rowLabels = request.rowTokens.map((token) => shorten(tokenText(token), longest, measure));
  const columnLabels = request.columnTokens.map((token) => shorten(tokenText(token), longest, measure));
  const rowRoom = CAPTION + Math.ceil(widest(rowLabels)) + GAP;
  const wide = width >= 480;
  const sideRoom = bars ? (wide ? 96 : 44) : 4;
  const room = Math.max(40, width - rowRoom - sideRoom - 2);

  const fitted = fitCells(request, { room, word: widest(columnLabels) + 6 });
  const across = Math.min(Math.max(ZOOMED, fitted.width), fitted.width * zoom);
  const down = Math.min(Math.max(HIGH, across, fitted.height), fitted.height * zoom);
  const size = { width: snapped(across, density), height: snapped(down, density) };
  const header = headerWay(columnLabels, size.width);
  const overhang = header.turn === 45 ? Math.ceil(widest(columnLabels) * Math.SQRT1_2) : 0;
  const rowEvery = Math.max(1, Math.ceil((LINE * 0.85) / size.height));
  return {
    rows: axis(rowLabels, size.height, { every: rowEvery, labelRoom: rowRoom }),
    columns: axis(columnLabels, size.width, { every: header.every, labelRoom: CAPTION + header.height }),
    turn: header.turn,
    sideRoom: Math.max(sideRoom, overhang),
    bar: bars ? (wide ? 52 : 32) : 0,
    numbers: bars && wide,
    footRoom: Math.max(bars ? 44 : 4, CAPTION_LENGTH - size.height * request.rowTokens.length),
    largestZoom: Math.max(1, ZOOMED / Math.min(fitted.width, fitted.height)),
  };
}

function axis(
  labels: readonly string[],
  size: number,
  { every, labelRoom }: { every: number; labelRoom: number },
): MatrixAxis {
  return { count: labels.length, size, extent: size * labels.length, every, labels, labelRoom };
}

/**
 * Cells at zoom 1: as wide as the room allows, up to a roomy square or to the words above. All rows are in sight while they keep a
 * readable height or where the columns have none either; else they scroll.
 */
function fitCells(
  { rowTokens, columnTokens, tall }: MatrixRequest,
  { room, word }: { room: number; word: number },
): { width: number; height: number } {
  const columns = Math.max(1, columnTokens.length);
  const share = room / columns;
  const width = word > ROOMY && word <= ZOOMED && word <= share ? word : Math.min(ROOMY, share);
  const high = tall / Math.max(1, rowTokens.length);
  const wanted = Math.min(ROOMY, Math.max(width, 18));
  if (high >= LOW) return { width, height: Math.min(wanted, high) };
  return { width, height: width < LOW / 2 ? high : Math.max(high, Math.min(width, LOW)) };
}

interface HeaderWay {
  readonly turn: 0 | 45 | 90;
  readonly every: number;
  readonly height: number;
}

/** How the column labels stand: the way that shows the most of them, upright before slanting before on end. */
function headerWay(labels: readonly string[], cell: number): HeaderWay {
  const width = widest(labels);
  const across = LINE * 0.85;
  const every = (pitch: number) => Math.max(1, Math.ceil(pitch / cell));
  const isSingle = labels.every((label) => graphemes(label).length <= 1);
  const upright: HeaderWay = { turn: 0, every: every(width + 2), height: LINE + 2 };
  if (isSingle) return upright;
  const ways: readonly HeaderWay[] = [
    upright,
    { turn: 45, every: every(across / Math.SQRT1_2), height: Math.ceil((width + across) * Math.SQRT1_2) },
    { turn: 90, every: every(across), height: Math.ceil(width) + 6 },
  ];
  return ways.reduce((best, way) => (way.every < best.every ? way : best));
}

/** First and last + 1 of the cells of an axis that stand between two places. */
export function cellsBetween(axis: MatrixAxis, start: number, end: number): [first: number, end: number] {
  const first = Math.min(axis.count, Math.max(0, Math.floor(start / axis.size)));
  return [first, Math.min(axis.count, Math.max(first, Math.ceil(end / axis.size)))];
}

/** The cell at a place along an axis, or −1 outside. */
export function cellAt(axis: MatrixAxis, place: number): number {
  const cell = Math.floor(place / axis.size);
  return cell >= 0 && cell < axis.count ? cell : -1;
}

/** The column above which a place lies, or the row beside which it does: the whole room of a label is its own, not its letters alone. */
export function labelAt(
  { rows, columns, turn }: MatrixLayout,
  kind: "row" | "column",
  { x, y }: { readonly x: number; readonly y: number },
): { readonly row: number; readonly column: number } | undefined {
  // Slanting labels rise to the right of the cells that they name.
  const cell = kind === "row" ? cellAt(rows, y) : cellAt(columns, turn === 45 ? x + Math.min(0, y) : x);
  if (cell < 0) return undefined;
  return kind === "row" ? { row: cell, column: -1 } : { row: -1, column: cell };
}
