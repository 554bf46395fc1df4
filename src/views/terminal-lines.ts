import type { LineMark } from "./scene.ts";
import type { TerminalCanvas } from "./terminal-canvas.ts";
import type { CellStyle } from "./terminal-color.ts";

/** Curves in a terminal: as dots of braille characters, two across and four down in each cell, or as one sign a series. */

const BRAILLE = 0x2800;
/** Bit of the dot in column 0 or 1, from the top down (ISO/TR 11548-1). */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

const SIGNS = "*o+x#%&";

export interface CurveLook {
  readonly style: CellStyle;
  /** Index of the sign to draw with, where there is no colour to tell series apart. */
  readonly glyph: number | undefined;
}

/** The sign of a series in a picture without colour. */
export function seriesSign(series: number): string {
  return SIGNS[series % SIGNS.length] as string;
}

export function drawCurve(canvas: TerminalCanvas, mark: LineMark, look: CurveLook): void {
  if (look.glyph !== undefined) {
    if (mark.weight === "faint") return;
    const sign = seriesSign(look.glyph);
    trace(mark, [1, 1], (x, y) => canvas.write(x, y, sign, look.style));
    return;
  }
  trace(mark, [2, 4], (dotX, dotY) => {
    const [x, y] = [Math.floor(dotX / 2), Math.floor(dotY / 4)];
    const dot = DOTS[(dotX - 2 * x) as 0 | 1][(dotY - 4 * y) as 0 | 1 | 2 | 3];
    const before = (x >= 0 && x < canvas.width ? canvas.at(x, y) : " ").codePointAt(0) as number;
    const dots = before >= BRAILLE && before < BRAILLE + 256 ? before - BRAILLE : 0;
    canvas.write(x, y, String.fromCodePoint(BRAILLE + (dots | dot)), look.style);
  });
}

/** Visits each dot of a line, at `scale` dots a unit. */
function trace(
  mark: LineMark,
  [scaleX, scaleY]: readonly [number, number],
  visit: (x: number, y: number) => void,
): void {
  for (let i = 0; i < mark.xs.length; i++) {
    const x = Math.floor((mark.xs[i] as number) * scaleX);
    const y = Math.floor((mark.ys[i] as number) * scaleY);
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    const beforeX = Math.floor((mark.xs[i - 1] ?? Number.NaN) * scaleX);
    const beforeY = Math.floor((mark.ys[i - 1] ?? Number.NaN) * scaleY);
    const joined = Number.isFinite(beforeX) && Number.isFinite(beforeY);
    const steps = joined ? Math.max(Math.abs(x - beforeX), Math.abs(y - beforeY), 1) : 0;
    for (let step = joined ? 1 : 0; step <= steps; step++) {
      const share = steps === 0 ? 1 : step / steps;
      const from = joined ? [beforeX, beforeY] : [x, y];
      visit(
        Math.round((from[0] as number) + (x - (from[0] as number)) * share),
        Math.round((from[1] as number) + (y - (from[1] as number)) * share),
      );
    }
  }
}

/** A line of the frame, down or across, with the corner where it meets one drawn before. */
export function drawAxis(canvas: TerminalCanvas, mark: LineMark): void {
  const [x0, x1] = [Math.floor(mark.xs[0] as number), Math.floor(mark.xs.at(-1) as number)];
  const [y0, y1] = [Math.floor(mark.ys[0] as number), Math.floor(mark.ys.at(-1) as number)];
  const style: CellStyle = { faint: true };
  if (x0 === x1) for (let y = y0; y <= y1; y++) canvas.write(x0, y, y === y1 ? "└" : "│", style);
  else for (let x = x0; x <= x1; x++) if (canvas.at(x, y0) !== "└") canvas.write(x, y0, "─", style);
}
