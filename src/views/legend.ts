import type { Mark } from "./scene.ts";
import type { Surface } from "./surface.ts";

export interface LegendOptions {
  readonly x: number;
  readonly y: number;
  readonly caption: string;
  /** Exponent on the colour scale. */
  readonly gamma: number;
}

/** The colour bar of a map: its caption, a ramp from 0 to 1 and the numbers under it; on a line of its own where room is short. */
export function layoutLegend(
  surface: Surface,
  options: LegendOptions,
): { marks: Mark[]; width: number; height: number } {
  const { ramp } = surface.cells;
  const { x, caption, gamma } = options;
  const { line } = surface;
  const room = surface.width - x - surface.margin;
  const captionWidth = surface.textWidth(caption, "faint") + surface.gap;
  const isBeside = captionWidth + ramp.steps * ramp.stepWidth <= room;
  const start = isBeside ? x + captionWidth : x;
  const y = isBeside ? options.y : options.y + line;
  const steps = Math.min(ramp.steps, Math.max(2, Math.floor((room - (start - x)) / ramp.stepWidth)));
  const extent = steps * ramp.stepWidth;
  const marks: Mark[] = [
    { kind: "text", x, y: options.y + line / 2, text: caption, anchor: "start", tone: "faint" },
    {
      kind: "cells",
      x: start,
      y: y + (line - ramp.height) / 2,
      cellWidth: ramp.stepWidth,
      cellHeight: ramp.height,
      rows: 1,
      columns: steps,
      shades: Array.from({ length: steps }, (_, step) => (step / (steps - 1)) ** gamma),
    },
  ];
  const parts = extent >= 4 * 1.6 * surface.textWidth("0.25", "faint") ? 4 : 2;
  for (let part = 0; part <= parts; part++) {
    const anchor = part === 0 ? "start" : part === parts ? "end" : "middle";
    const text = String(part / parts);
    marks.push({ kind: "text", x: start + (extent * part) / parts, y: y + 1.5 * line, text, anchor, tone: "faint" });
  }
  return { marks, width: Math.max(captionWidth - surface.gap, start - x + extent), height: y + 2 * line - options.y };
}
