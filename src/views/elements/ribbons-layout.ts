import type { AttentionMap } from "../attention-map.ts";

/** An edge of weight from an output token down to an input token. */
export interface Edge {
  /** Which of the maps it is of. */
  readonly head: number;
  readonly row: number;
  readonly column: number;
  readonly weight: number;
}

export interface ChosenEdges {
  readonly edges: readonly Edge[];
  /** Edges with any weight. */
  readonly all: number;
  /** The share of all weight that the chosen edges carry. */
  readonly carried: number;
  /** Whether some that should be there were left out for their number. */
  readonly isCut: boolean;
}

export interface EdgeChoice {
  /** The share of each row's weight that its edges carry, from 0 to 1. */
  readonly mass: number;
  /** Heads to leave out. */
  readonly hidden?: ReadonlySet<number>;
}

/** Edges drawn at most: more are a blot, and slow. */
export const MOST_EDGES = 600;

/**
 * Of each row the fewest edges that carry `mass` of its weight, the heaviest first; of all of those the `MOST_EDGES` heaviest.
 * They come by head, row and column.
 */
export function chooseEdges(heads: readonly AttentionMap[], { mass, hidden }: EdgeChoice): ChosenEdges {
  const chosen: Edge[] = [];
  let [all, total] = [0, 0];
  for (const [head, map] of heads.entries()) {
    if (hidden?.has(head)) continue;
    for (let row = 0; row < map.rows.length; row++) {
      const edges = rowEdges(map, head, row);
      const sum = edges.reduce((weight, edge) => weight + edge.weight, 0);
      all += edges.length;
      total += sum;
      let carried = 0;
      for (const edge of edges) {
        // Rounding must not ask for one more edge.
        if (carried >= mass * sum - 1e-9) break;
        chosen.push(edge);
        carried += edge.weight;
      }
    }
  }
  const isCut = chosen.length > MOST_EDGES;
  if (isCut) chosen.sort((a, b) => b.weight - a.weight).length = MOST_EDGES;
  chosen.sort((a, b) => a.head - b.head || a.row - b.row || a.column - b.column);
  const shown = chosen.reduce((weight, edge) => weight + edge.weight, 0);
  return { edges: chosen, all, carried: total > 0 ? shown / total : 0, isCut };
}

/** The edges of a row, heaviest first. */
function rowEdges(map: AttentionMap, head: number, row: number): Edge[] {
  const edges: Edge[] = [];
  const columns = map.columns.length;
  for (let column = 0; column < columns; column++) {
    const weight = map.weights[row * columns + column] as number;
    if (weight > 0) edges.push({ head, row, column, weight });
  }
  return edges.sort((a, b) => b.weight - a.weight);
}

/** An edge as it is drawn: where it starts at the top and ends at the bottom, and how wide it is at both. */
export interface Ribbon extends Edge {
  readonly top: number;
  readonly topWidth: number;
  readonly bottom: number;
  readonly bottomWidth: number;
}

export interface RibbonRoom {
  readonly width: number;
  readonly rows: number;
  readonly columns: number;
}

/** What a token takes of its slot at the most; the rest parts it from its neighbours. */
const FILLED = 0.86;

/**
 * Places the edges: every token has a slot of equal width, and in it the edges stand side by side about its middle, each as
 * wide as its weight, in the order of where they go, so that they cross as little as can be. At the top a full slot is the
 * weight of a whole row (of all heads); at the bottom it is that of the input token that is read most, and nowhere is an
 * edge wider than at its top.
 */
export function placeRibbons(edges: readonly Edge[], heads: number, room: RibbonRoom): Ribbon[] {
  const topSlot = room.width / Math.max(1, room.rows);
  const bottomSlot = room.width / Math.max(1, room.columns);
  const into = sums(edges, room.columns, (edge) => edge.column);
  const topUnit = (FILLED * topSlot) / Math.max(1, heads);
  const bottomUnit = Math.min(topUnit, (FILLED * bottomSlot) / Math.max(1e-9, ...into));
  const from = sums(edges, room.rows, (edge) => edge.row);
  const tops = from.map((sum, row) => (row + 0.5) * topSlot - (sum * topUnit) / 2);
  const bottoms = into.map((sum, column) => (column + 0.5) * bottomSlot - (sum * bottomUnit) / 2);
  const starts = new Map<Edge, number>();
  for (const edge of [...edges].sort((a, b) => a.row - b.row || a.column - b.column || a.head - b.head)) {
    starts.set(edge, tops[edge.row] as number);
    tops[edge.row] = (tops[edge.row] as number) + edge.weight * topUnit;
  }
  const ribbons: Ribbon[] = [];
  for (const edge of [...edges].sort((a, b) => a.column - b.column || a.row - b.row || a.head - b.head)) {
    const bottom = bottoms[edge.column] as number;
    const bottomWidth = edge.weight * bottomUnit;
    bottoms[edge.column] = bottom + bottomWidth;
    ribbons.push({ ...edge, top: starts.get(edge) as number, topWidth: edge.weight * topUnit, bottom, bottomWidth });
  }
  // Light ones below, strong ones over them.
  return ribbons.sort((a, b) => a.weight - b.weight);
}

function sums(edges: readonly Edge[], count: number, place: (edge: Edge) => number): number[] {
  const totals = new Array<number>(count).fill(0);
  for (const edge of edges) totals[place(edge)] = (totals[place(edge)] ?? 0) + edge.weight;
  return totals;
}

/** Opacity of an edge: its weight, but never so little that an edge that is there cannot be seen. */
export function ribbonOpacity(weight: number): number {
  return Math.min(1, Math.max(0.15, weight));
}

/** How far from a ribbon a pointer still means it. */
const REACH = 4;

/**
 * The ribbon at a point, the heaviest of those that cover it, else the nearest within reach.
 *
 * @param down how far down the picture from 0 to 1
 */
export function ribbonAt(ribbons: readonly Ribbon[], x: number, down: number): Ribbon | undefined {
  const share = down * down * (3 - 2 * down);
  let found: Ribbon | undefined;
  let [nearest, heaviest] = [REACH, 0];
  for (const ribbon of ribbons) {
    const left = ribbon.top + (ribbon.bottom - ribbon.top) * share;
    const width = ribbon.topWidth + (ribbon.bottomWidth - ribbon.topWidth) * share;
    const away = Math.max(0, left - x, x - left - width);
    if (away > nearest || (away === nearest && ribbon.weight <= heaviest)) continue;
    [found, nearest, heaviest] = [ribbon, away, ribbon.weight];
  }
  return found;
}
