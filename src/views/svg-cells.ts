import { hexColor, inkOn, type Rgb, sequentialTable, shadeIndex, type Theme } from "./color-table.ts";
import { coordinate, element, escapeMarkup } from "./markup.ts";
import type { CellsMark } from "./scene.ts";
import { FONT_SIZE } from "./surface.ts";
import { MONO, PAGE_COLORS, shadeClass } from "./svg-style.ts";

export interface CellDrawing {
  /** The theme whose colours stand in the attributes. */
  readonly base: Theme;
  /** Collects the shades that are used. */
  readonly shades: Set<number>;
}

/** From this size on a hairline parts the cells. */
const PARTED = 8;
/** Above this count cells of one shade are drawn as one path. */
const MOST_RECTANGLES = 2500;

export function drawCells(mark: CellsMark, { base, shades }: CellDrawing): string {
  const indexes = Array.from(mark.shades, shadeIndex);
  for (const index of indexes) shades.add(index);
  const parted = Math.min(mark.cellWidth, mark.cellHeight) >= PARTED;
  const many = indexes.length > MOST_RECTANGLES;
  const content = many && !parted ? paths(mark, indexes, base) : rectangles(mark, indexes, { base, parted });
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

/** One path a shade; neighbours of one shade in a row join into one rectangle. */
function paths(mark: CellsMark, indexes: readonly number[], base: Theme): string {
  const table = sequentialTable(base);
  const strokes = new Map<number, string>();
  for (let row = 0; row < mark.rows; row++) {
    let start = 0;
    for (let column = 1; column <= mark.columns; column++) {
      const index = indexes[row * mark.columns + start] as number;
      if (column < mark.columns && indexes[row * mark.columns + column] === index) continue;
      const x = coordinate(mark.x + start * mark.cellWidth);
      const y = coordinate(mark.y + row * mark.cellHeight);
      const width = coordinate((column - start) * mark.cellWidth);
      const step = coordinate(mark.cellHeight);
      strokes.set(index, `${strokes.get(index) ?? ""}M${x} ${y}h${width}v${step}h-${width}z`);
      start = column;
    }
  }
  return [...strokes]
    .map(([index, d]) => element("path", { class: shadeClass(index), d, fill: hexColor(table[index] as Rgb) }))
    .join("");
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
