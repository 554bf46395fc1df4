import { hexColor, type Rgb, SERIES_COLORS, sequentialTable, type Theme } from "../color-table.ts";
import type { MapScale } from "./attention-map-data.ts";
import { shadesOf } from "./attention-map-data.ts";
import { keepCount } from "./attention-map-labels.ts";
import { make, setAttribute, setText } from "./base.ts";
import { BADGE_FROM, type HeadBadges, shownBadges } from "./head-badges.ts";
import type { RatedHead } from "./head-grid-data.ts";
import type { ElementMessages } from "./messages.ts";
import { fitCanvas, paintCells, poolStrongest } from "./paint.ts";

/** One head in the grid: its small map with the lanes of what is pointed at, its name, its badges. */
export interface Tile {
  readonly element: HTMLElement;
  readonly picture: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly across: HTMLElement;
  readonly down: HTMLElement;
  readonly swatch: HTMLElement;
  readonly name: HTMLElement;
  readonly badges: HTMLElement;
  readonly facts: HTMLElement;
}

export function makeTile(): Tile {
  const element = make("div", "head");
  element.setAttribute("role", "option");
  element.tabIndex = -1;
  const picture = make("div", "picture", element);
  const canvas = make("canvas", "", picture);
  canvas.setAttribute("aria-hidden", "true");
  const [across, down] = [make("div", "mark across", picture), make("div", "mark down", picture)];
  const line = make("div", "name", element);
  const swatch = make("i", "swatch", line);
  const name = make("span", "", line);
  const badges = make("div", "badges", element);
  const facts = make("div", "facts", element);
  return { element, picture, canvas, across, down, swatch, name, badges, facts };
}

export interface TileLook {
  readonly own: ElementMessages;
  readonly theme: Theme;
  readonly scale: MapScale;
  readonly gamma: number;
  /** Extent of the picture, in CSS pixels. */
  readonly width: number;
}

/** Height of a picture for its width: cells are square where that gives no strip and no tower. */
export function pictureHeight({ rows, columns }: { rows: number; columns: number }, width: number): number {
  const share = rows / Math.max(1, columns);
  return Math.round(width * Math.min(1.25, Math.max(0.5, share)));
}

/** Brings a tile up to date with its head. */
export function updateTile(tile: Tile, rated: RatedHead, look: TileLook): void {
  const { head } = rated;
  const { own } = look;
  setText(tile.name, head.label);
  const color = hexColor(SERIES_COLORS[rated.index % SERIES_COLORS.length] as Rgb);
  tile.swatch.style.borderTopColor = color;
  tile.swatch.style.borderTopStyle = rated.index < SERIES_COLORS.length ? "solid" : "dashed";
  updateBadges(tile.badges, rated.badges, { own, from: BADGE_FROM });
  setText(tile.facts, `${own.meanEntropy(rated.entropy.toFixed(2))}`);
  setAttribute(tile.facts, "title", own.meanDistance(rated.distance.toFixed(1)));
  paintTile(tile, rated, look);
}

/** Badges with their scores, those from a score on. */
export function updateBadges(
  holder: HTMLElement,
  badges: HeadBadges,
  { own, from }: { own: ElementMessages; from: number },
): void {
  const shown = shownBadges(badges, from);
  keepCount(holder, shown.length, () => make("span", "badge"));
  for (const [i, { name, score }] of shown.entries()) {
    setText(holder.children[i] as Element, `${own.badges[name]} ${score.toFixed(2)}`);
  }
}

function paintTile(tile: Tile, { head }: RatedHead, { theme, scale, gamma, width }: TileLook): void {
  const { rows, columns } = head;
  const height = pictureHeight(head, width);
  tile.picture.style.height = `${height}px`;
  fitCanvas(tile.canvas, { width, height });
  const { canvas } = tile;
  // Shades grow with weights, so pooling first gives the same picture from fewer shades; shares of rows must come before it.
  const isByRow = scale === "row";
  const most = { mostRows: canvas.height, mostColumns: canvas.width };
  const pooled = poolStrongest(isByRow ? shadesOf(head, { scale, gamma }) : head.weights, { rows, columns, ...most });
  const size = { rows: pooled.rows, columns: pooled.columns };
  const shades = isByRow ? pooled.values : shadesOf({ ...size, weights: pooled.values }, { scale, gamma });
  const cells = { ...size, shades, table: sequentialTable(theme) };
  const place = { x: 0, y: 0, width: canvas.width, height: canvas.height };
  paintCells(canvas.getContext("2d") as CanvasRenderingContext2D, cells, { place });
}

/** Moves the lanes of a tile to a row and a column, −1 for none. */
export function markTile(
  tile: Tile,
  cell: { row: number; column: number },
  size: { rows: number; columns: number; width: number; height: number },
): void {
  tile.across.hidden = cell.row < 0;
  tile.down.hidden = cell.column < 0;
  if (cell.row >= 0)
    tile.across.style.transform = `translateY(${((cell.row + 0.5) * size.height) / size.rows - 0.5}px)`;
  if (cell.column >= 0)
    tile.down.style.transform = `translateX(${((cell.column + 0.5) * size.width) / size.columns - 0.5}px)`;
}
