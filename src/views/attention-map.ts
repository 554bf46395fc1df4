import { ShapeError } from "../tensor/errors.ts";

export type MapAxes = "tokens" | "queries";

/**
 * One attention matrix to look at: for each output token (a row, drawn down) how much of each input token (a column, drawn
 * across) it read.
 */
export interface AttentionMap {
  readonly title?: string;
  /** What rows and columns are called: output and input, or query and key. @default "tokens" */
  readonly axes?: MapAxes;
  /** Output tokens: the queries. */
  readonly rows: readonly string[];
  /** Input tokens: the keys. */
  readonly columns: readonly string[];
  /** Row-major rows × columns, each from 0 to 1. */
  readonly weights: ArrayLike<number>;
}

/** Rounding of 32-bit floats may carry a weight this far out of 0 … 1. */
const ROUNDING = 1e-4;

/**
 * Reads a map once, so that every view can rely on it.
 *
 * @throws ShapeError when the weights are not rows × columns
 * @throws RangeError when a weight is not a number from 0 to 1
 */
export function checkAttentionMap(map: AttentionMap): void {
  const rows = map.rows.length;
  const columns = map.columns.length;
  if (map.weights.length !== rows * columns) {
    throw new ShapeError(
      `attentionMap: expected ${rows * columns} weights for ${rows} rows and ${columns} columns but found ${map.weights.length}`,
    );
  }
  for (let i = 0; i < map.weights.length; i++) {
    const weight = map.weights[i] as number;
    if (!(weight >= -ROUNDING && weight <= 1 + ROUNDING)) {
      const place = `row ${Math.floor(i / columns) + 1}, column ${(i % columns) + 1}`;
      throw new RangeError(`attentionMap: expected weights from 0 to 1 but found ${weight} at ${place}`);
    }
  }
}

/** The same weights with keys down and queries across, for pictures of what each key is read by. */
export function turnMap(map: AttentionMap): AttentionMap {
  const { rows, columns } = map;
  const weights = new Float64Array(rows.length * columns.length);
  for (let row = 0; row < rows.length; row++) {
    for (let column = 0; column < columns.length; column++) {
      weights[column * rows.length + row] = map.weights[row * columns.length + column] as number;
    }
  }
  return { ...map, rows: columns, columns: rows, weights };
}

/** The weights of one row. */
export function rowWeights(map: AttentionMap, row: number): number[] {
  const columns = map.columns.length;
  return Array.from({ length: columns }, (_, column) => map.weights[row * columns + column] as number);
}

/** Entropy of a row in bits: 0 when all weight is on one token, log₂(columns) when it is spread evenly. */
export function rowEntropy(weights: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += Math.max(0, weights[i] as number);
  if (total === 0) return 0;
  let bits = 0;
  for (let i = 0; i < weights.length; i++) {
    const share = Math.max(0, weights[i] as number) / total;
    if (share > 0) bits -= share * Math.log2(share);
  }
  return Math.max(0, bits);
}

/** The place of each weight in its row, 1 for the largest; equal weights share the better place. */
export function rowRanks(weights: ArrayLike<number>): number[] {
  const sorted = Array.from(weights).sort((a, b) => b - a);
  const place = new Map<number, number>();
  for (const [index, weight] of sorted.entries()) if (!place.has(weight)) place.set(weight, index + 1);
  return Array.from(weights, (weight) => place.get(weight) as number);
}

/** How many rows and columns one drawn cell stands for. */
export interface Pooling {
  readonly rows: number;
  readonly columns: number;
}

/** A smaller map, each cell the maximum of the cells it stands for (a mean would wash single strong cells out). */
export function poolMaximum(map: AttentionMap, by: Pooling): AttentionMap {
  if (by.rows <= 1 && by.columns <= 1) return map;
  const columns = Math.ceil(map.columns.length / by.columns);
  const rows = Math.ceil(map.rows.length / by.rows);
  const weights = new Float64Array(rows * columns);
  for (let i = 0; i < map.weights.length; i++) {
    const row = Math.floor(Math.floor(i / map.columns.length) / by.rows);
    const column = Math.floor((i % map.columns.length) / by.columns);
    const place = row * columns + column;
    weights[place] = Math.max(weights[place] as number, map.weights[i] as number);
  }
  return {
    ...map,
    rows: map.rows.filter((_, row) => row % by.rows === 0),
    columns: map.columns.filter((_, column) => column % by.columns === 0),
    weights,
  };
}
