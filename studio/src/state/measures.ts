/** What answers of a task are judged by, and what is shown of it. */
import type { TestEvent } from "fovea/tasks";
import {
  intervalEnds,
  isShare,
  type Language,
  measureName,
  measureValue,
  overallName,
  percent,
  sharePercent,
} from "fovea/views";

/** The metric that validations of a task are compared by; of every recipe, so that a list of runs need not know the recipes. */
const MEASURES: Readonly<Record<string, string>> = {
  dates: "exactMatch",
  transduce: "exactMatch",
  translate: "bleu",
  dialogue: "perplexity",
  summarize: "rougeL",
  classify: "accuracy",
};

export function measureOf(task: string): string {
  return Object.hasOwn(MEASURES, task) ? (MEASURES[task] as string) : "exactMatch";
}

/** Whether it is a share of right answers, which can end a training. */
export function isRightShare(measure: string): boolean {
  return measure === "exactMatch" || measure === "accuracy";
}

const CHINESE: Readonly<Record<string, string>> = {
  exactMatch: "完全正确",
  accuracy: "准确率",
  macroF1: "宏平均 F1",
  bleuTokenized: "BLEU（按现有分词）",
  loss: "损失",
  perplexity: "困惑度",
};

/** A measure's name, as it stands in a sentence. */
export function measureWord(name: string, language: Language): string {
  return (language === "zh-CN" && Object.hasOwn(CHINESE, name) && CHINESE[name]) || measureName(name);
}

/** What stands above all else in a result. */
export interface Headline {
  readonly measure: string;
  readonly value: string;
  /** The ends of its 95 % interval, where that is known. */
  readonly interval?: readonly [low: string, high: string];
}

/** A test in one number: the one that the task is judged by. */
export function headlineOf(test: TestEvent, measure: string): Headline {
  const { overall, metrics, intervals = {} } = test;
  const value = isRightShare(measure) ? undefined : metrics[measure];
  if (value === undefined) {
    const name = overallName(test) === "accuracy" ? "accuracy" : "exactMatch";
    return { measure: name, value: sharePercent(overall), interval: intervalEnds(overall) };
  }
  const ends = Object.hasOwn(intervals, measure) ? intervals[measure] : undefined;
  const text = (end: number) => measureValue(measure, end);
  const interval = ends && ([text(ends[0]).replace(" %", ""), text(ends[1])] as const);
  return { measure, value: text(value), ...(interval ? { interval } : {}) };
}

/** The other measures of a test, the share of right answers among them, as words and values. */
export function otherMeasures(
  test: TestEvent,
  headline: Headline,
  language: Language,
): [name: string, value: string][] {
  const whole = overallName(test) === "accuracy" ? "accuracy" : "exactMatch";
  const all: [string, string][] = [
    ...(headline.measure === whole ? [] : [[whole, sharePercent(test.overall)] as [string, string]]),
    ...Object.entries(test.metrics)
      .filter(([name]) => name !== headline.measure && name !== whole && !name.startsWith("certain"))
      .map(([name, value]): [string, string] => [name, measureValue(name, value)]),
  ];
  return all.map(([name, value]) => [measureWord(name, language), value]);
}

/** How a curve of a measure is drawn: shares in percent, what falls by orders of magnitude on a logarithmic scale. */
export function curveOf(measure: string): { unit?: string; factor: number; scale: "log" | "linear" } {
  if (isShare(measure)) return { unit: "%", factor: 100, scale: "linear" };
  return { factor: 1, scale: measure === "perplexity" || measure === "loss" ? "log" : "linear" };
}

/** A measured value, with so many decimals where it is a share. */
export function measuredText(measure: string, value: number, decimals: number): string {
  return isShare(measure) ? percent(value, decimals) : measureValue(measure, value);
}
