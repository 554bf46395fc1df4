import { displayWidth, shorten } from "./display-width.ts";
import { type Language, messages } from "./messages.ts";
import { formatDuration, formatNumber } from "./number-text.ts";
import { visibleText } from "./token-text.ts";

export interface Progress {
  readonly label: string;
  readonly step: number;
  readonly steps: number;
  /** Name and value, the most important first; an empty name shows the value alone. */
  readonly fields?: readonly (readonly [name: string, value: string | number])[];
  readonly elapsedSeconds: number;
  /** Columns of the terminal. @default 80 */
  readonly width?: number;
  /** @default true */
  readonly unicode?: boolean;
  /** @default "en" */
  readonly language?: Language;
}

const LONGEST_BAR = 20;
const SHORTEST_BAR = 5;

/**
 * One line of progress, never wider than `width`:
 * `training ▕██████████░░░░░░░░░░▏ 800/1600  loss 0.42  exact 87.5 %  0:07 left`.
 * When it is narrow the bar shrinks, then fields go from the last on, then the time, the bar and the end of the label.
 */
export function progressLine(progress: Progress): string {
  const { width = 80, unicode = true } = progress;
  const label = visibleText(progress.label);
  const share = progress.steps > 0 ? Math.min(1, Math.max(0, progress.step / progress.steps)) : 0;
  const count = `${progress.step}/${progress.steps}`;
  const fields = (progress.fields ?? []).map(([name, value]) => {
    const text = visibleText(typeof value === "number" ? formatNumber(value) : value);
    return name === "" ? text : `${visibleText(name)} ${text}`;
  });
  const time = timeText(progress, share);
  const tail = (shown: number, withTime: boolean) =>
    [count, ...fields.slice(0, shown), ...(withTime && time ? [time] : [])].join("  ");

  for (let shown = fields.length; shown >= 0; shown--) {
    const rest = tail(shown, true);
    const bar = Math.min(LONGEST_BAR, width - displayWidth(label) - displayWidth(rest) - 4);
    if (bar >= SHORTEST_BAR) return `${label} ${barText(share, bar, unicode)} ${rest}`;
  }
  const bar = Math.min(LONGEST_BAR, width - displayWidth(label) - count.length - 4);
  if (bar >= SHORTEST_BAR) return `${label} ${barText(share, bar, unicode)} ${count}`;
  const room = width - count.length - 1;
  return room > 1 ? `${shorten(label, room)} ${count}` : shorten(count, width);
}

/** A bar of `length` characters between its two ends; it is full at the end only. */
function barText(share: number, length: number, unicode: boolean): string {
  const done = Math.floor(share * length + 1e-9);
  const [open, full, empty, close] = unicode ? ["▕", "█", "░", "▏"] : ["[", "#", ".", "]"];
  return `${open}${(full as string).repeat(done)}${(empty as string).repeat(length - done)}${close}`;
}

/** Time left at the pace so far, or the time that all took; nothing before the first step. */
function timeText({ elapsedSeconds, language }: Progress, share: number): string {
  const words = messages(language);
  if (share === 0) return "";
  if (share === 1) return `${formatDuration(elapsedSeconds)} ${words.total}`;
  return `${formatDuration((elapsedSeconds * (1 - share)) / share)} ${words.left}`;
}
