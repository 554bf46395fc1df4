import type { Rgb } from "../color-table.ts";

/** The one painter of cells: a place in a table of 256 colours for each cell becomes one pixel, drawn large without smoothing. */

export interface CellColors {
  readonly rows: number;
  readonly columns: number;
  /** Row-major places in the table, from `shadeIndex` or `signedIndex`. */
  readonly shades: ArrayLike<number>;
  /** 256 colours: `sequentialTable(theme)` or `signedTable()`. */
  readonly table: readonly Rgb[];
}

/** Where on a canvas, in its own pixels, the cells go. */
export interface PaintPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A part of the cells: the first row and column, and how many of them. */
export interface CellWindow {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

const packedTables = new WeakMap<readonly Rgb[], Uint32Array>();

/** A table as 32-bit pixels in the byte order of this machine. */
function packed(table: readonly Rgb[]): Uint32Array {
  const known = packedTables.get(table);
  if (known) return known;
  const bytes = new Uint8Array(4 * table.length);
  for (const [index, color] of table.entries()) bytes.set([...color, 255], 4 * index);
  const words = new Uint32Array(bytes.buffer);
  packedTables.set(table, words);
  return words;
}

/** Writes one pixel a cell into `pixels` (RGBA bytes of rows × columns, as `ImageData.data`). */
export function fillPixels(pixels: Uint8ClampedArray | Uint8Array, cells: CellColors): void {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, cells.rows * cells.columns);
  const colors = packed(cells.table);
  for (let i = 0; i < words.length; i++) words[i] = colors[cells.shades[i] as number] as number;
}

/** First and last + 1 of the cells that one of `most` pixels stands for. */
function span(pixel: number, count: number, most: number): [start: number, end: number] {
  return [Math.floor((pixel * count) / most), Math.max(1, Math.ceil(((pixel + 1) * count) / most))];
}

export interface PoolOptions {
  readonly rows: number;
  readonly columns: number;
  /** Largest rows and columns wanted: the pixels that there are. */
  readonly mostRows: number;
  readonly mostColumns: number;
}

/**
 * Values for fewer pixels than cells: each pixel keeps the strongest of the cells that it touches, so that a single strong cell
 * is never washed out. Without need the values are given back as they are.
 */
export function poolStrongest(
  values: ArrayLike<number>,
  options: PoolOptions,
): { rows: number; columns: number; values: ArrayLike<number> } {
  const { rows, columns } = options;
  const mostRows = Math.min(rows, Math.max(1, Math.floor(options.mostRows)));
  const mostColumns = Math.min(columns, Math.max(1, Math.floor(options.mostColumns)));
  if (mostRows === rows && mostColumns === columns) return { rows, columns, values };
  const spans = Array.from({ length: mostColumns }, (_, pixel) => span(pixel, columns, mostColumns));
  const pooled = new Float64Array(mostRows * mostColumns);
  for (let y = 0; y < mostRows; y++) {
    const [top, bottom] = span(y, rows, mostRows);
    for (let x = 0; x < mostColumns; x++) {
      const [left, right] = spans[x] as [number, number];
      const block = { top, bottom, left, right, columns };
      pooled[y * mostColumns + x] = largestIn(values, block);
    }
  }
  return { rows: mostRows, columns: mostColumns, values: pooled };
}

interface Block {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly columns: number;
}

function largestIn(values: ArrayLike<number>, { top, bottom, left, right, columns }: Block): number {
  let largest = values[top * columns + left] as number;
  for (let row = top; row < bottom; row++) {
    for (let i = row * columns + left; i < row * columns + right; i++) {
      if ((values[i] as number) > largest) largest = values[i] as number;
    }
  }
  return largest;
}

let scratch: HTMLCanvasElement | undefined;

/** Draws all cells, or those in `window`, into a place of a canvas, each with straight edges and in exactly its colour. */
export function paintCells(
  context: CanvasRenderingContext2D,
  cells: CellColors,
  { place, window }: { readonly place: PaintPlace; readonly window?: CellWindow },
): void {
  const { rows, columns } = cells;
  if (rows === 0 || columns === 0) return;
  const part = window ?? { row: 0, column: 0, rows, columns };
  const image = new ImageData(columns, rows);
  fillPixels(image.data, cells);
  scratch ??= document.createElement("canvas");
  if (scratch.width < columns || scratch.height < rows) {
    scratch.width = Math.max(scratch.width, columns);
    scratch.height = Math.max(scratch.height, rows);
  }
  const pixels = scratch.getContext("2d") as CanvasRenderingContext2D;
  pixels.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  const { x, y, width, height } = place;
  context.drawImage(scratch, part.column, part.row, part.columns, part.rows, x, y, width, height);
}

/**
 * Sizes a canvas for the density of pixels of the screen: `width` × `height` in CSS pixels, its own pixels as fine as the screen's.
 * Gives the pixels that one CSS pixel has.
 */
export function fitCanvas(
  canvas: HTMLCanvasElement,
  size: { readonly width: number; readonly height: number },
): number {
  const density = globalThis.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(size.width * density));
  const height = Math.max(1, Math.round(size.height * density));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.style.width = `${width / density}px`;
  canvas.style.height = `${height / density}px`;
  return density;
}
