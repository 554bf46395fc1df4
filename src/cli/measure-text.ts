import type { Share } from "../tasks/events.ts";
import { formatNumber } from "../views/number-text.ts";

/** Shares of fewer examples get one decimal, of more two. */
const MANY = 1000;

/** A share in percent; only what is all or nothing reads `100 %` or `0 %`. */
export function percent(share: number, decimals = 1): string {
  if (share === 1 || share === 0) return `${100 * share} %`;
  const least = 10 ** -decimals;
  return `${Math.min(100 - least, Math.max(least, 100 * share)).toFixed(decimals)} %`;
}

export function sharePercent({ share, count }: Pick<Share, "share" | "count">): string {
  return percent(share, count < MANY ? 1 : 2);
}

/** As `98.5 – 98.9 %`. */
export function intervalText({ low, high, count }: Pick<Share, "low" | "high" | "count">): string {
  const decimals = count < MANY ? 1 : 2;
  return `${percent(low, decimals).replace(" %", "")} – ${percent(high, decimals)}`;
}

/** As `9,994 of 10,000`. */
export function countText({ right, count }: Pick<Share, "right" | "count">): string {
  return `${formatNumber(right)} of ${formatNumber(count)}`;
}

/** As `99.94 % (9,994 of 10,000; 95 % interval 99.87 – 99.97 %)`. */
export function shareText(share: Share): string {
  return `${sharePercent(share)} (${countText(share)}; 95 % interval ${intervalText(share)})`;
}

/** `certainRight` → `certain right`. */
export function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
