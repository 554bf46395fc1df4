import type { Rgb, Theme } from "../color-table.ts";
import { sequentialTable, shadeIndex } from "../color-table.ts";
import { PAGE_COLORS } from "../svg-style.ts";
import type { DrawnMap } from "./attention-map-data.ts";
import type { MapFrame } from "./attention-map-frame.ts";
import { keepCount, type Range, shownPlaces } from "./attention-map-labels.ts";
import { cellsBetween, type MatrixLayout } from "./attention-map-layout.ts";
import { make, setAttribute, setText } from "./base.ts";
import { fitCanvas, paintCells, poolStrongest } from "./paint.ts";

/** From this size on a hairline parts the cells. */
const PARTED = 8;
/** Largest canvas, in pixels of the screen along one side; what is larger is drawn around the window only. */
const LARGEST = 2048;

/** Part of the cells that is drawn: what is seen and as much again on each side, or everything where that is small enough. */
export interface DrawnWindow {
  readonly rows: Range;
  readonly columns: Range;
}

/** What the scroller shows, in CSS pixels from the first cell. */
export interface Seen {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function windowAround(layout: MatrixLayout, seen: Seen, density: number): DrawnWindow {
  const side = (axis: "rows" | "columns", start: number, extent: number): Range => {
    if (layout[axis].extent * density <= LARGEST) return [0, layout[axis].count];
    const margin = Math.min(extent, Math.max(0, (LARGEST / density - extent) / 2));
    return cellsBetween(layout[axis], start - margin, start + extent + margin);
  };
  return { rows: side("rows", seen.top, seen.height), columns: side("columns", seen.left, seen.width) };
}

/** Whether a drawn window still holds all that is seen. */
export function holds(window: DrawnWindow, layout: MatrixLayout, seen: Seen): boolean {
  const rows = cellsBetween(layout.rows, seen.top, seen.top + seen.height);
  const columns = cellsBetween(layout.columns, seen.left, seen.left + seen.width);
  const inside = (outer: Range, inner: Range) => outer[0] <= inner[0] && inner[1] <= outer[1];
  return inside(window.rows, rows) && inside(window.columns, columns);
}

/** Paints the cells of a window, each in exactly its colour; below a pixel a cell the strongest stays. */
export function paintWindow(
  frame: MapFrame,
  drawn: DrawnMap,
  { layout, window, theme }: { layout: MatrixLayout; window: DrawnWindow; theme: Theme },
): void {
  const { canvas } = frame;
  const [firstRow, endRow] = window.rows;
  const [firstColumn, endColumn] = window.columns;
  const [rows, columns] = [endRow - firstRow, endColumn - firstColumn];
  const { size: cellWidth } = layout.columns;
  const { size: cellHeight } = layout.rows;
  const density = fitCanvas(canvas, { width: columns * cellWidth, height: rows * cellHeight });
  canvas.style.left = `${firstColumn * cellWidth}px`;
  canvas.style.top = `${firstRow * cellHeight}px`;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const values = part(drawn, window);
  const pooled = poolStrongest(values, { rows, columns, mostRows: canvas.height, mostColumns: canvas.width });
  const cells = { rows: pooled.rows, columns: pooled.columns, shades: pooled.values, table: sequentialTable(theme) };
  const place = { x: 0, y: 0, width: canvas.width, height: canvas.height };
  paintCells(context, cells, { place });
  if (Math.min(cellWidth, cellHeight) < PARTED) return;
  context.fillStyle = PAGE_COLORS[theme].grid;
  const hair = Math.max(1, Math.round(density / 2));
  for (let column = 1; column < columns; column++) {
    context.fillRect(Math.round(column * cellWidth * density) - hair, 0, hair, canvas.height);
  }
  for (let row = 1; row < rows; row++) {
    context.fillRect(0, Math.round(row * cellHeight * density) - hair, canvas.width, hair);
  }
}

/** The shades of a window, row-major. */
function part(drawn: DrawnMap, { rows, columns }: DrawnWindow): Uint8Array {
  if (rows[0] === 0 && columns[0] === 0 && rows[1] === drawn.rows && columns[1] === drawn.columns) return drawn.shades;
  const width = columns[1] - columns[0];
  const values = new Uint8Array((rows[1] - rows[0]) * width);
  for (let row = rows[0]; row < rows[1]; row++) {
    const start = row * drawn.columns + columns[0];
    values.set(drawn.shades.subarray(start, start + width), (row - rows[0]) * width);
  }
  return values;
}

const SVG = "http://www.w3.org/2000/svg";

function barPath(holder: HTMLElement): SVGPathElement {
  const known = holder.querySelector("path");
  if (known) return known;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "bars");
  holder.prepend(svg);
  return svg.appendChild(document.createElementNS(SVG, "path"));
}

export interface Bars {
  readonly layout: MatrixLayout;
  readonly window: DrawnWindow;
  /** Lengths of the bars beside the rows and under the columns, and the numbers that full bars stand for. */
  readonly rows: { readonly values: ArrayLike<number>; readonly most: number };
  readonly columns: { readonly values: ArrayLike<number>; readonly most: number };
}

/** Bars beside the rows, with their numbers where there is room, and bars under the columns. */
export function updateBars(frame: MapFrame, { layout, window, rows, columns }: Bars): void {
  const path = barPath(frame.rowBars);
  const foot = barPath(frame.columnBars);
  const svg = path.ownerSVGElement as SVGSVGElement;
  const start = layout.numbers ? 42 : 8;
  setAttribute(svg, "width", layout.sideRoom);
  setAttribute(svg, "height", layout.rows.extent);
  setAttribute(foot.ownerSVGElement as SVGSVGElement, "width", layout.columns.extent);
  setAttribute(foot.ownerSVGElement as SVGSVGElement, "height", layout.footRoom);
  const { size: height } = layout.rows;
  const { size: width } = layout.columns;
  const thickness = (size: number, most: number) => (size < 4 ? size : Math.min(most, size * 0.8));
  const [thick, wide] = [thickness(height, 10), thickness(width, 14)];
  let [beside, under] = ["", ""];
  for (let row = 0; layout.bar > 0 && row < layout.rows.count; row++) {
    const length = layout.bar * Math.min(1, (rows.values[row] as number) / rows.most);
    const y = (row + 0.5) * height - thick / 2;
    beside += `M${start} ${y.toFixed(2)}h${length.toFixed(2)}v${thick.toFixed(2)}h-${length.toFixed(2)}z`;
  }
  for (let column = 0; layout.bar > 0 && column < layout.columns.count; column++) {
    const length = 36 * Math.min(1, (columns.values[column] as number) / columns.most);
    const x = (column + 0.5) * width - wide / 2;
    under += `M${x.toFixed(2)} 3h${wide.toFixed(2)}v${length.toFixed(2)}h-${wide.toFixed(2)}z`;
  }
  setAttribute(path, "d", beside);
  setAttribute(foot, "d", under);
  const places = layout.numbers ? shownPlaces(layout.rows, window.rows) : [];
  keepCount(frame.rowBars, places.length + 1, () => make("span", "number"));
  for (const [i, place] of places.entries()) {
    const number = frame.rowBars.children[i + 1] as HTMLElement;
    setText(number, (rows.values[place] as number).toFixed(2));
    number.style.left = "8px";
    number.style.top = `${(place + 0.5) * height}px`;
  }
}

/** The colour bar: what each colour stands for, from 0 to 1. */
export function paintRamp(canvas: HTMLCanvasElement, table: readonly Rgb[], gamma: number): void {
  fitCanvas(canvas, { width: 192, height: 10 });
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const shades = Array.from({ length: canvas.width }, (_, x) => shadeIndex((x / (canvas.width - 1)) ** gamma));
  const place = { x: 0, y: 0, width: canvas.width, height: canvas.height };
  paintCells(context, { rows: 1, columns: canvas.width, shades, table }, { place });
}
