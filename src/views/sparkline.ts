import type { Curve } from "./curve.ts";
import { displayWidth, shorten } from "./display-width.ts";
import { formatNumber } from "./number-text.ts";
import { visibleText } from "./token-text.ts";

export interface SparklineOptions {
  /** Characters across. @default 24 */
  readonly width?: number;
  /** @default true */
  readonly unicode?: boolean;
}

const BLOCKS = "▁▂▃▄▅▆▇█";
const ASCII = "_.-~=+*#";

/** A curve as one line of blocks between its lowest and its highest value; each character is the mean of its share. */
export function sparkline(values: readonly number[], options: SparklineOptions = {}): string {
  const { width = 24, unicode = true } = options;
  const count = Math.min(width, values.length);
  const means = Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * values.length) / count);
    const part = values.slice(start, Math.floor(((i + 1) * values.length) / count)).filter(Number.isFinite);
    return part.reduce((a, b) => a + b, 0) / part.length;
  });
  const finite = means.filter(Number.isFinite);
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low;
  const signs = unicode ? BLOCKS : ASCII;
  return means
    .map((mean) => {
      if (!Number.isFinite(mean)) return " ";
      return signs[span === 0 ? 3 : Math.min(7, Math.floor(((mean - low) / span) * 8))];
    })
    .join("");
}

/** One line for a curve: `loss ▇▅▃▂▁ 0.42 nats`. */
export function curveLine(curve: Curve, options: SparklineOptions = {}): string {
  const { width = 40 } = options;
  const last = curve.y.findLast(Number.isFinite);
  const unit = curve.unit === undefined ? "" : ` ${visibleText(curve.unit)}`;
  const value = last === undefined ? "" : ` ${formatNumber(last)}${unit}`;
  const name = shorten(visibleText(curve.name), Math.max(4, Math.floor(width / 2) - displayWidth(value)));
  const room = width - displayWidth(name) - 1 - displayWidth(value);
  return `${name} ${sparkline(curve.y, { ...options, width: Math.max(1, room) })}${value}`;
}
