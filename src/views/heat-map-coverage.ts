import type { AttentionMap } from "./attention-map.ts";

/** The sum of each column: how much of all attention an input token got, 1 for each row that read nothing else. */
export function columnSums(map: AttentionMap): Float64Array {
  const columns = map.columns.length;
  const sums = new Float64Array(columns);
  for (let i = 0; i < map.weights.length; i++)
    sums[i % columns] = (sums[i % columns] as number) + (map.weights[i] ?? 0);
  return sums;
}
