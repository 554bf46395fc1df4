import { type AttentionMap, rowEntropy, rowWeights } from "../attention-map.ts";

/** What a model made of the watched texts at one evaluation. */
export interface Probe {
  readonly step: number;
  readonly maps: readonly AttentionMap[];
}

/** An evaluation on the time line. */
export interface Moment {
  readonly step: number;
  /** How spread attention was: the mean over all rows of entropy divided by its maximum, from 0 to 1. */
  readonly spread: number;
}

/** How spread a map's rows are, 1 when they are uniform, 0 when each reads one token. */
export function meanSpread(maps: readonly AttentionMap[]): number {
  let [sum, count] = [0, 0];
  for (const map of maps) {
    const most = Math.log2(map.columns.length);
    for (let row = 0; row < map.rows.length; row++) {
      sum += most > 0 ? rowEntropy(rowWeights(map, row)) / most : 0;
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

export function timeline(probes: readonly Probe[]): Moment[] {
  return probes.map(({ step, maps }) => ({ step, spread: meanSpread(maps) }));
}

/** Which evaluation is shown once there are `count`: who watches the latest goes on with it, who looked back stays. */
export function placeAfter(place: number, counts: { readonly before: number; readonly now: number }): number {
  const { before, now } = counts;
  if (place >= before - 1) return Math.max(0, now - 1);
  return Math.max(0, Math.min(place, now - 1));
}
