import { hexColor, inkOn, type Rgb, sequentialTable, shadeIndex, type Theme } from "./color-table.ts";
import { element, escapeMarkup } from "./markup.ts";
import { encodePng, pngAddress } from "./png.ts";
import { type CellsMark, MOST_SINGLE_CELLS } from "./scene.ts";
import { FONT_SIZE } from "./surface.ts";
import { MONO, PAGE_COLORS, shadeClass } from "./svg-style.ts";

export interface CellDrawing {
  /** The theme whose colours stand in the attributes. */
  readonly base: Theme;
  readonly theme: Theme | "auto";
  /** Collects the shades that are used. */
  readonly shades: Set<number>;
}

/** From this size on a hairline parts the cells. */
const PARTED = 8;

export function drawCells(mark: CellsMark, drawing: CellDrawing): string {
  const { base, shades } = drawing;
  const indexes = Array.from(mark.shades, shadeIndex);
  const many = indexes.length > MOST_SINGLE_CELLS;
  const parted = !many && Math.min(mark.cellWidth, mark.cellHeight) >= PARTED;
  if (!many) for (const index of indexes) shades.add(index);
  const content = many ? bitmaps(mark, indexes, drawing) : rectangles(mark, indexes, { base, parted });
  const frame = element("rect", {
    class: "fv-gaps",
    x: mark.x - 1,
    y: mark.y - 1,
    width: mark.columns * mark.cellWidth + 2,
    height: mark.rows * mark.cellHeight + 2,
    rx: parted ? 3 : undefined,
    fill: PAGE_COLORS[base].grid,
  });
  const group = mark.notes
    ? { class: "fv-map", "data-columns": mark.columns, "shape-rendering": parted ? undefined : "crispEdges" }
    : { "shape-rendering": "crispEdges" };
  return `${frame}\n${element("g", group, content)}${mark.labels ? numbers(mark, indexes, base) : ""}`;
}

function rectangles(mark: CellsMark, indexes: readonly number[], look: { base: Theme; parted: boolean }): string {
  const table = sequentialTable(look.base);
  const gap = look.parted ? 0.5 : 0;
  const width = mark.cellWidth - 2 * gap;
  const height = mark.cellHeight - 2 * gap;
  return indexes
    .map((index, place) => {
      const attributes = {
        class: shadeClass(index),
        x: mark.x + (place % mark.columns) * mark.cellWidth + gap,
        y: mark.y + Math.floor(place / mark.columns) * mark.cellHeight + gap,
        width,
        height,
        rx: look.parted ? 2 : undefined,
        fill: hexColor(table[index] as Rgb),
      };
      const note = mark.notes?.[place];
      return element("rect", attributes, note === undefined ? undefined : `<title>${escapeMarkup(note)}</title>`);
    })
    .join("");
}

/**
 * One bitmap, a pixel a cell. Style sheets cannot recolour it, so where the theme is the reader's there is one for each, and the
 * dark one shows only where the style sheet says so.
 */
function bitmaps(mark: CellsMark, indexes: readonly number[], { base, theme }: CellDrawing): string {
  const pixels = Uint8Array.from(indexes);
  const { x, y, columns: width, rows: height } = mark;
  const one = (shown: Theme) =>
    element("image", {
      class: theme === "auto" ? `fv-when-${shown}` : undefined,
      display: shown === base ? undefined : "none",
      x,
      y,
      width: width * mark.cellWidth,
      height: height * mark.cellHeight,
      preserveAspectRatio: "none",
      "image-rendering": "pixelated",
      href: pngAddress(encodePng({ width, height, pixels, palette: sequentialTable(shown) })),
    });
  return theme === "auto" ? one("light") + one("dark") : one(base);
}

/** Numbers on the cells, each in the ink that reads on its colour, in either theme. */
function numbers(mark: CellsMark, indexes: readonly number[], base: Theme): string {
  const size = Math.min(FONT_SIZE.label, mark.cellHeight * 0.6);
  const ink = (theme: Theme, index: number) => inkOn(sequentialTable(theme)[index] as Rgb);
  const texts = indexes.map((index, place) => {
    const attributes = {
      class: ink("dark", index) === "black" ? "fv-on-light" : "fv-on-dark",
      x: mark.x + ((place % mark.columns) + 0.5) * mark.cellWidth,
      y: mark.y + (Math.floor(place / mark.columns) + 0.5) * mark.cellHeight + 0.35 * size,
      fill: ink(base, index),
    };
    return element("text", attributes, escapeMarkup(mark.labels?.[place] ?? ""));
  });
  const shared = { "font-size": size, "font-family": MONO, "text-anchor": "middle", "pointer-events": "none" };
  return element("g", shared, texts.join(""));
}
