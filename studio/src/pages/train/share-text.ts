import type { Share } from "fovea/tasks";

/** Shares of fewer examples get one decimal, of more two. */
const MANY = 1000;

/** A share in percent; only what is all or nothing reads `100 %` or `0 %`. */
export function percent(share: number, decimals = 1): string {
  if (share === 1 || share === 0) return `${100 * share} %`;
  const least = 10 ** -decimals;
  return `${Math.min(100 - least, Math.max(least, 100 * share)).toFixed(decimals)} %`;
}

/** A measured share, with as many decimals as it was measured on. */
export function sharePercent({ share, count }: Pick<Share, "share" | "count">): string {
  return percent(share, count < MANY ? 1 : 2);
}

/** The ends of its 95 % interval. */
export function intervalEnds({ low, high, count }: Pick<Share, "low" | "high" | "count">): [low: string, high: string] {
  const decimals = count < MANY ? 1 : 2;
  return [percent(low, decimals).replace(" %", ""), percent(high, decimals)];
}
