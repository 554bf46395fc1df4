import { rowEntropy, rowRanks, rowWeights } from "./attention-map.ts";
import type { CellPlan } from "./heat-map-cells.ts";
import type { HeatMapOptions } from "./heat-map-layout.ts";
import type { AxisNames, Messages } from "./messages.ts";
import { formatWeight } from "./number-text.ts";
import { type Mark, MOST_SINGLE_CELLS } from "./scene.ts";
import type { Surface } from "./surface.ts";
import { tokenText } from "./token-text.ts";

/** What all bands of a map share. */
export interface Picture {
  readonly plan: CellPlan;
  readonly surface: Surface;
  readonly words: Messages;
  readonly axes: AxisNames;
  readonly left: number;
  readonly options: HeatMapOptions & { readonly gamma: number };
}

/** One band of columns, from `first` on, with its labels. */
export function layoutBand(
  picture: Picture,
  first: number,
  top: number,
): { marks: Mark[]; bottom: number; right: number } {
  const { plan, surface, words, left, options } = picture;
  const { cell, map } = plan;
  const isPage = surface.kind === "page";
  const end = Math.min(map.columns.length, first + plan.perBand);
  const headerTop = top + surface.line;
  const gridTop = isPage ? Math.ceil(headerTop + plan.headerHeight + 3) : headerTop + plan.headerHeight;
  const gridRight = left + (end - first) * cell.width;
  const bottom = gridTop + map.rows.length * cell.height;
  const marks = captions(picture, { top, gridTop, bottom });
  const headers = columnHeaders(picture, { first, end, bottom: gridTop - (isPage ? 3 : 0) });
  marks.push(...headers.marks);

  for (const { text, middle } of plan.rowLabels) {
    const y = gridTop + middle * cell.height;
    marks.push({ kind: "text", x: left - surface.gap, y, text, anchor: "end", tone: "label" });
  }
  marks.push(cells(picture, { first, end, y: gridTop }));
  let right = Math.max(gridRight, headers.right);
  if (options.entropy && end === map.columns.length) {
    const bars = entropyBars(picture, gridRight + surface.gap + (isPage ? 4 : 0), gridTop);
    const at = { x: gridRight + surface.gap + (isPage ? 4 : 0), y: top + surface.line / 2 };
    marks.push(...bars.marks, { kind: "text", ...at, text: words.entropy, anchor: "start", tone: "faint" });
    right = Math.max(right, bars.right, at.x + surface.textWidth(words.entropy, "faint"));
  }
  return { marks, bottom, right };
}

/** The names of the two axes: beside them on a page, on one line in a terminal. */
function captions({ surface, axes, left }: Picture, at: { top: number; gridTop: number; bottom: number }): Mark[] {
  const y = at.top + surface.line / 2;
  if (surface.kind === "terminal") {
    const text = `${axes.column} →  ${axes.row} ↓`;
    return [{ kind: "text", x: left, y, text, anchor: "start", tone: "faint" }];
  }
  const middle = (at.gridTop + at.bottom) / 2;
  return [
    { kind: "text", x: left, y, text: axes.column, anchor: "start", tone: "faint" },
    { kind: "text", x: surface.margin + 6, y: middle, text: axes.row, anchor: "middle", tone: "faint", turn: 90 },
  ];
}

function columnHeaders(
  { plan, surface, left }: Picture,
  { first, end, bottom }: { first: number; end: number; bottom: number },
): { marks: Mark[]; right: number } {
  const { turn, cell } = plan;
  const marks: Mark[] = [];
  let right = 0;
  for (let column = first; column < end; column += plan.columnEvery) {
    const text = plan.columnLabels[column] as string;
    const x = left + (column - first + 0.5) * cell.width;
    const y = surface.kind === "page" && turn !== 0 ? bottom - 2 : bottom - surface.line / 2;
    marks.push({ kind: "text", x, y, text, anchor: turn === 0 ? "middle" : "start", tone: "label", turn });
    const extent = surface.textWidth(text, "label") * (turn === 45 ? Math.SQRT1_2 : turn === 0 ? 0.5 : 0);
    right = Math.max(right, x + extent);
  }
  return { marks, right };
}

function cells(picture: Picture, { first, end, y }: { first: number; end: number; y: number }): Mark {
  const { plan, left, options, words, axes } = picture;
  const { map, cell, pooling } = plan;
  const columns = end - first;
  const shades = new Float64Array(map.rows.length * columns);
  const texts: string[] = [];
  const notes: string[] = [];
  const withNotes = map.weights.length <= MOST_SINGLE_CELLS && pooling.rows * pooling.columns === 1;
  for (let row = 0; row < map.rows.length; row++) {
    const weights = rowWeights(map, row);
    const reference = options.scale === "row" ? weights.reduce((a, b) => Math.max(a, b), 0) || 1 : 1;
    const ranks = withNotes ? rowRanks(weights) : [];
    const entropy = rowEntropy(weights).toFixed(2);
    for (let column = first; column < end; column++) {
      const weight = Math.min(1, Math.max(0, weights[column] as number));
      shades[row * columns + column - first] = Math.min(1, weight / reference) ** options.gamma;
      if (options.values) texts.push(percent(weight));
      if (!withNotes) continue;
      notes.push(
        words.cell(
          {
            query: tokenText(map.rows[row] as string),
            queryPlace: row + 1,
            key: tokenText(map.columns[column] as string),
            keyPlace: column + 1,
            weight: formatWeight(weight),
            rank: ranks[column] as number,
            columns: map.columns.length,
            entropy,
          },
          axes,
        ),
      );
    }
  }
  return {
    kind: "cells",
    x: left,
    y,
    cellWidth: cell.width,
    cellHeight: cell.height,
    rows: map.rows.length,
    columns,
    shades,
    firstColumn: first,
    ...(options.values ? { labels: texts } : {}),
    ...(withNotes ? { notes } : {}),
  };
}

/** What stands on a cell: whole percent, nothing where that is zero. */
function percent(weight: number): string {
  const whole = Math.round(100 * weight);
  return whole === 0 ? "" : String(whole);
}

/** The entropy of each row as a number and as a bar from 0 to log₂(columns). */
function entropyBars({ plan, surface }: Picture, x: number, top: number): { marks: Mark[]; right: number } {
  const { map, cell } = plan;
  const most = Math.log2(Math.max(2, map.columns.length));
  const withNumbers = cell.height >= surface.line * 0.8;
  const start = withNumbers ? x + surface.textWidth("0.00", "faint") + surface.gap : x;
  const height = surface.kind === "page" ? Math.min(10, cell.height) : 1;
  const marks: Mark[] = [];
  for (let row = 0; row < map.rows.length; row++) {
    const bits = rowEntropy(rowWeights(map, row));
    const y = top + (row + 0.5) * cell.height;
    marks.push({ kind: "bar", x: start, y: y - height / 2, width: (surface.cells.bar * bits) / most, height });
    if (withNumbers) marks.push({ kind: "text", x, y, text: bits.toFixed(2), anchor: "start", tone: "faint" });
  }
  return { marks, right: start + surface.cells.bar };
}
