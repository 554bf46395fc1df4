import type { Curve, Points } from "./curve.ts";
import { shorten } from "./display-width.ts";
import { formatNumber } from "./number-text.ts";
import type { Mark } from "./scene.ts";
import type { Surface } from "./surface.ts";
import { visibleText } from "./token-text.ts";

/** A curve with its strong line and its place in the order of colours. */
export interface Series {
  readonly curve: Curve;
  readonly strong: Points;
  readonly index: number;
}

/**
 * Names of the curves above a panel, each with its line and its last value, on as many lines as they need; a value that has no
 * room beside its name stands below it.
 */
export function layoutSeriesNames(
  series: readonly Series[],
  surface: Surface,
  at: { readonly x: number; readonly y: number; readonly right: number },
): { marks: Mark[]; height: number } {
  const { line, gap } = surface;
  const { swatch } = surface.chart;
  const marks: Mark[] = [];
  const lineStep = line + (line > 1 ? 3 : 0);
  let [x, top] = [at.x, at.y];
  for (const { curve, index } of series) {
    const last = curve.y.findLast(Number.isFinite);
    const unit = curve.unit === undefined ? "" : ` ${visibleText(curve.unit)}`;
    const value = last === undefined ? "" : `${formatNumber(last)}${unit}`;
    const valueWidth = surface.textWidth(value, "faint");
    const room = at.right - at.x - swatch - gap;
    const name = shorten(visibleText(curve.name), room, (text) => surface.textWidth(text, "strong"));
    const nameWidth = surface.textWidth(name, "strong");
    const isBelow = nameWidth + gap + valueWidth > room;
    const width = swatch + gap + (isBelow ? room : nameWidth + gap + valueWidth);
    if (x > at.x && x + width > at.right) [x, top] = [at.x, top + lineStep];
    const y = top + line / 2;
    const afterSwatch = x + swatch + gap;
    const valueAt = isBelow ? { x: afterSwatch, y: y + lineStep } : { x: afterSwatch + nameWidth + gap, y };
    marks.push(
      { kind: "line", xs: [x, x + swatch - 0.01], ys: [y, y], role: index, weight: "strong" },
      { kind: "text", x: afterSwatch, y, text: name, anchor: "start", tone: "strong" },
      { kind: "text", ...valueAt, text: value, anchor: "start", tone: "faint" },
    );
    x += width + 2 * gap + (line > 1 ? 6 : 0);
    if (isBelow) top += lineStep;
  }
  return { marks, height: top + line - at.y };
}
