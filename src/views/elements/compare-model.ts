import type { AttentionMap } from "../attention-map.ts";

/** B less A where both have a row. */
export interface Difference {
  readonly rows: number;
  readonly columns: number;
  /** Row-major, each from −1 to 1. */
  readonly values: Float64Array;
  /** The largest difference without its sign. */
  readonly largest: number;
}

/**
 * The difference of two maps over the rows that both have, or undefined where the columns are not the same tokens: then a
 * difference would compare what has nothing to do with each other.
 */
export function difference(a: AttentionMap, b: AttentionMap): Difference | undefined {
  if (!sameColumns(a, b)) return undefined;
  const rows = Math.min(a.rows.length, b.rows.length);
  const columns = a.columns.length;
  const values = new Float64Array(rows * columns);
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    values[i] = (b.weights[i] as number) - (a.weights[i] as number);
    largest = Math.max(largest, Math.abs(values[i] as number));
  }
  return { rows, columns, values, largest };
}

export function sameColumns(a: AttentionMap, b: AttentionMap): boolean {
  return a.columns.length === b.columns.length && a.columns.every((token, place) => token === b.columns[place]);
}

/** Rows whose tokens differ, of those that both maps have. */
export function changedRows(a: AttentionMap, b: AttentionMap): number[] {
  const count = Math.min(a.rows.length, b.rows.length);
  return Array.from({ length: count }, (_, row) => row).filter((row) => a.rows[row] !== b.rows[row]);
}
