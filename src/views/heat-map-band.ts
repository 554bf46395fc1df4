import { rowEntropy, rowRanks } from "./attention-map.ts";
import { type Bars, layoutSideBars, queryWeights } from "./heat-map-bars.ts";
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
  readonly options: HeatMapOptions & { readonly gamma: number; readonly transposed: boolean };
  readonly side: Bars | undefined;
  readonly foot: Bars | undefined;
}

/** One band of columns, from `first` on, with its labels. */
export function layoutBand(
  picture: Picture,
  first: number,
  top: number,
): { marks: Mark[]; bottom: number; right: number } {
  const { plan, surface, left, side } = picture;
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
  if (side && end === map.columns.length) {
    const x = gridRight + surface.gap + (isPage ? 4 : 0);
    const bars = layoutSideBars(side, picture, { x, y: gridTop });
    const caption = { x, y: top + surface.line / 2, text: side.caption };
    marks.push(...bars.marks, { kind: "text", ...caption, anchor: "start", tone: "faint" });
    right = Math.max(right, bars.right, x + surface.textWidth(side.caption, "faint"));
  }
  return { marks, bottom, right };
}

/** The names of the two axes: beside them on a page, on one line in a terminal. */
function captions(
  { surface, axes, left, options }: Picture,
  at: { top: number; gridTop: number; bottom: number },
): Mark[] {
  const y = at.top + surface.line / 2;
  const [down, across] = options.transposed ? [axes.column, axes.row] : [axes.row, axes.column];
  if (surface.kind === "terminal") {
    const text = `${across} →  ${down} ↓`;
    return [{ kind: "text", x: left, y, text, anchor: "start", tone: "faint" }];
  }
  const middle = (at.gridTop + at.bottom) / 2;
  return [
    { kind: "text", x: left, y, text: across, anchor: "start", tone: "faint" },
    { kind: "text", x: surface.margin + 6, y: middle, text: down, anchor: "middle", tone: "faint", turn: 90 },
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
  const { plan, left, options } = picture;
  const { map, cell, pooling } = plan;
  const columns = end - first;
  const shades = new Float64Array(map.rows.length * columns);
  const texts: string[] = [];
  const notes: string[] = [];
  const withNotes = map.weights.length <= MOST_SINGLE_CELLS && pooling.rows * pooling.columns === 1;
  const factsOf = queryFacts(picture, withNotes);
  for (let row = 0; row < map.rows.length; row++) {
    for (let column = first; column < end; column++) {
      const [query, key] = options.transposed ? [column, row] : [row, column];
      const facts = factsOf(query);
      const weight = Math.min(1, Math.max(0, map.weights[row * map.columns.length + column] as number));
      shades[row * columns + column - first] = Math.min(1, weight / facts.reference) ** options.gamma;
      if (options.values) texts.push(percent(weight));
      if (withNotes) notes.push(noteOf(picture, facts, { query, key, weight }));
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

/** What the cells of one query share. */
interface QueryFacts {
  /** The weight that has the strongest colour. */
  readonly reference: number;
  readonly ranks: readonly number[];
  readonly entropy: string;
}

/** Facts by query, each computed once. */
function queryFacts({ plan, options }: Picture, withNotes: boolean): (query: number) => QueryFacts {
  const known: QueryFacts[] = [];
  return (query) => {
    const found = known[query];
    if (found) return found;
    const weights = options.scale === "row" || withNotes ? queryWeights(plan.map, query, options.transposed) : [];
    const reference = options.scale === "row" ? weights.reduce((a, b) => Math.max(a, b), 0) || 1 : 1;
    const ranks = withNotes ? rowRanks(weights) : [];
    const facts = { reference, ranks, entropy: withNotes ? rowEntropy(weights).toFixed(2) : "" };
    known[query] = facts;
    return facts;
  };
}

function noteOf(
  { plan, options, words, axes }: Picture,
  { ranks, entropy }: QueryFacts,
  { query, key, weight }: { readonly query: number; readonly key: number; readonly weight: number },
): string {
  const { rows, columns } = plan.map;
  const [queries, keys] = options.transposed ? [columns, rows] : [rows, columns];
  const facts = {
    query: tokenText(queries[query] as string),
    queryPlace: query + 1,
    key: tokenText(keys[key] as string),
    keyPlace: key + 1,
    weight: formatWeight(weight),
    rank: ranks[key] as number,
    columns: keys.length,
    entropy,
  };
  return words.cell(facts, axes);
}

/** What stands on a cell: whole percent, nothing where that is zero. */
function percent(weight: number): string {
  const whole = Math.round(100 * weight);
  return whole === 0 ? "" : String(whole);
}
