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

/** Measures that are no shares of one, or have names of their own. */
const MEASURES: Readonly<Record<string, { readonly name: string; readonly isShare?: boolean }>> = {
  bleu: { name: "BLEU" },
  bleuTokenized: { name: "BLEU, as tokenised" },
  chrf: { name: "chrF" },
  rouge1: { name: "ROUGE-1", isShare: true },
  rouge2: { name: "ROUGE-2", isShare: true },
  rougeL: { name: "ROUGE-L", isShare: true },
  macroF1: { name: "macro F1", isShare: true },
  loss: { name: "loss" },
  perplexity: { name: "perplexity" },
};

/** A measure's name in words. */
export function measureName(name: string): string {
  return Object.hasOwn(MEASURES, name) ? (MEASURES[name]?.name as string) : wordsOf(name);
}

/** Whether a measure is a share of one, and not a number of another kind. */
export function isShare(name: string): boolean {
  return Object.hasOwn(MEASURES, name) ? MEASURES[name]?.isShare === true : true;
}

/** A measure's value: shares in percent, others as they are. */
export function measureValue(name: string, value: number): string {
  return isShare(name) ? percent(value) : formatNumber(value, value < 10 ? 3 : 4);
}

/** Measures by name, as words and values, with their intervals where there are some. */
export function metricFacts({
  metrics,
  intervals = {},
}: Pick<TestEvent, "metrics" | "intervals">): [name: string, value: string][] {
  return Object.entries(metrics).map(([name, value]) => {
    const text = measureValue(name, value);
    const interval = Object.hasOwn(intervals, name) ? intervals[name] : undefined;
    const ends = interval?.map((end) => measureValue(name, end).replace(" %", "")).join(" – ");
    return [measureName(name), ends ? `${text} (95 % interval ${ends})` : text];
  });
}

/** What the share of right answers is called, and all that was measured, what says most first. */
export function testFacts(test: TestEvent): [name: string, value: string][] {
  const { overall, metrics } = test;
  const name = overallName(test);
  const others = Object.fromEntries(Object.entries(metrics).filter(([metric]) => measureName(metric) !== name));
  const facts = metricFacts({ ...test, metrics: others });
  const whole: [string, string] = [name, shareText(overall)];
  // A translation is hardly ever right to the letter.
  const isMinor = ["bleu", "rougeL"].some((metric) => Object.hasOwn(metrics, metric)) && !("exactMatch" in metrics);
  return isMinor ? [...facts, whole] : [whole, ...facts];
}

/** `accuracy` of labels, `exact match` of texts. */
export function overallName({ metrics }: Pick<TestEvent, "metrics">): string {
  return Object.hasOwn(metrics, "accuracy") ? "accuracy" : "exact match";
}
