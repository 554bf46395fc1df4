/**
 * How far apart two rows of attention are: the Jensen–Shannon divergence with equal shares, in bits,
 *
 *     JS(p, q) = H((p + q) / 2) − (H(p) + H(q)) / 2
 *
 * J. Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information Theory 37(1), 1991, section IV.
 * It is symmetric, needs no common support, and lies between 0 (the same) and 1 bit (nothing in common).
 */
import { ShapeError } from "../../tensor/errors.ts";
import { type AttentionMap, rowWeights } from "../attention-map.ts";

function shares(weights: ArrayLike<number>): number[] | undefined {
  const kept = Array.from(weights, (weight) => Math.max(0, weight));
  const total = kept.reduce((sum, weight) => sum + weight, 0);
  return total > 0 ? kept.map((weight) => weight / total) : undefined;
}

/**
 * The divergence of two rows, each divided by its sum. A row without any weight differs from every other by 1 bit, and from
 * its like by 0.
 *
 * @throws ShapeError when the rows differ in length
 */
export function jensenShannon(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new ShapeError(`jensenShannon: expected rows of one length but found ${a.length} and ${b.length} weights`);
  }
  const [p, q] = [shares(a), shares(b)];
  if (!p || !q) return p || q ? 1 : 0;
  let bits = 0;
  for (let i = 0; i < p.length; i++) {
    const [left, right] = [p[i] as number, q[i] as number];
    const middle = (left + right) / 2;
    if (left > 0) bits += (left / 2) * Math.log2(left / middle);
    if (right > 0) bits += (right / 2) * Math.log2(right / middle);
  }
  return Math.min(1, Math.max(0, bits));
}

export interface RowDivergence {
  readonly row: number;
  readonly bits: number;
}

/**
 * The rows that both maps have, the one that differs most first; equal rows in their order.
 *
 * @throws ShapeError when the maps differ in columns
 */
export function rankRows(a: AttentionMap, b: AttentionMap): RowDivergence[] {
  const count = Math.min(a.rows.length, b.rows.length);
  const rows = Array.from({ length: count }, (_, row): RowDivergence => {
    return { row, bits: jensenShannon(rowWeights(a, row), rowWeights(b, row)) };
  });
  return rows.sort((first, second) => second.bits - first.bits || first.row - second.row);
}
