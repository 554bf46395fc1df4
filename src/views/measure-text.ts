import type { Share, TestEvent } from "../tasks/events.ts";
import { formatNumber } from "./number-text.ts";

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

/** The ends of its 95 % interval: `98.5` and `98.9 %`. */
export function intervalEnds({ low, high, count }: Pick<Share, "low" | "high" | "count">): [low: string, high: string] {
  const decimals = count < MANY ? 1 : 2;
  return [percent(low, decimals).replace(" %", ""), percent(high, decimals)];
}

/** As `98.5 – 98.9 %`. */
export function intervalText(share: Pick<Share, "low" | "high" | "count">): string {
  return intervalEnds(share).join(" – ");
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

/** Measures by name, as words and percentages. */
export function metricFacts(metrics: TestEvent["metrics"]): [name: string, value: string][] {
  return Object.entries(metrics).map(([name, value]) => [wordsOf(name), percent(value)]);
}
