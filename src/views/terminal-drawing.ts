import { inkOn, type Rgb, SERIES_COLORS, sequentialTable, shadeIndex, type Theme } from "./color-table.ts";
import { displayWidth, graphemes, graphemeWidth } from "./display-width.ts";
import type { CellsMark, LineMark, Scene, TextMark } from "./scene.ts";
import { TerminalCanvas } from "./terminal-canvas.ts";
import { type CellStyle, type ColorMode, indexedShade } from "./terminal-color.ts";
import { drawAxis, drawCurve } from "./terminal-lines.ts";

export interface TerminalDrawing {
  readonly color: ColorMode;
  readonly width: number;
  /** Whether the terminal is dark or light: cividis or white → blue. @default "dark" */
  readonly theme?: Theme;
  /** Signs beyond ASCII. @default true */
  readonly unicode?: boolean;
}

/** Shades without colour: one for each tenth from 0 to 1. */
export const SHADE_RAMP = " .:-=+*#%@";

/** Draws a scene that was laid out for a terminal as lines of text. */
export function drawTerminal(scene: Scene, options: TerminalDrawing): string {
  const canvas = new TerminalCanvas(Math.min(options.width, Math.ceil(scene.width)), Math.ceil(scene.height));
  const glyphs = options.unicode === false || (seriesCount(scene) > 1 && options.color === "none");
  for (const mark of scene.marks) {
    if (mark.kind === "cells") drawCells(canvas, mark, options);
    else if (mark.kind === "text") drawText(canvas, mark);
    else if (mark.kind === "bar") {
      canvas.write(mark.x, Math.floor(mark.y), barText(mark.width, options.unicode ?? true), { faint: true });
    } else drawLine(canvas, mark, { ...options, glyphs });
  }
  const text = canvas.toString(options.color);
  return options.unicode === false ? toAscii(text) : text;
}

function seriesCount(scene: Scene): number {
  return new Set(scene.marks.map((mark) => (mark.kind === "line" ? mark.role : "grid")).filter(Number.isInteger)).size;
}

function drawText(canvas: TerminalCanvas, mark: TextMark): void {
  const style: CellStyle = mark.tone === "faint" ? { faint: true } : mark.tone === "label" ? {} : { bold: true };
  const bottom = Math.floor(mark.y);
  if (mark.turn) {
    const stack = graphemes(mark.text);
    for (const [index, grapheme] of stack.entries()) {
      const x = Math.floor(mark.x - graphemeWidth(grapheme) / 2);
      canvas.write(x, bottom - stack.length + 1 + index, grapheme, style);
    }
    return;
  }
  const width = displayWidth(mark.text);
  const shift = mark.anchor === "start" ? 0 : mark.anchor === "middle" ? width / 2 : width;
  const x = mark.anchor === "middle" ? Math.floor(mark.x - shift) : Math.ceil(mark.x - shift);
  canvas.write(x, bottom, mark.text, style);
}

function drawCells(canvas: TerminalCanvas, mark: CellsMark, { color, theme = "dark" }: TerminalDrawing): void {
  const table = sequentialTable(theme);
  const shade = (row: number, column: number) => mark.shades[row * mark.columns + column] as number;
  const paper = (row: number, column: number): Rgb | undefined => {
    if (row >= mark.rows) return undefined;
    const share = shade(row, column);
    return color === "256" ? indexedShade(share, theme) : table[shadeIndex(share)];
  };
  const half = mark.cellHeight < 1;
  for (let row = 0; row < mark.rows; row += half ? 2 : 1) {
    const y = Math.floor(mark.y + row * mark.cellHeight);
    for (let column = 0; column < mark.columns; column++) {
      const x = mark.x + column * mark.cellWidth;
      const label = mark.labels?.[row * mark.columns + column];
      if (color === "none") {
        const level = Math.min(9, Math.floor(shade(row, column) * 10 + 1e-9));
        canvas.write(x, y, label?.padStart(mark.cellWidth) ?? (SHADE_RAMP[level] as string).repeat(mark.cellWidth));
      } else if (half) {
        canvas.write(x, y, "▀".repeat(mark.cellWidth), { ink: paper(row, column), paper: paper(row + 1, column) });
      } else {
        const below = paper(row, column) as Rgb;
        const ink: Rgb = inkOn(below) === "black" ? [0, 0, 0] : [255, 255, 255];
        const text = centred(label ?? "", mark.cellWidth);
        canvas.write(x, y, text, label === undefined ? { paper: below } : { ink, paper: below });
      }
    }
  }
}

function centred(text: string, width: number): string {
  const before = Math.ceil((width - text.length) / 2);
  return (" ".repeat(Math.max(0, before)) + text).padEnd(width);
}

function drawLine(canvas: TerminalCanvas, mark: LineMark, options: TerminalDrawing & { glyphs: boolean }): void {
  if (typeof mark.role === "number") {
    const style: CellStyle = { ink: SERIES_COLORS[mark.role % SERIES_COLORS.length], faint: mark.weight === "faint" };
    drawCurve(canvas, mark, { style, glyph: options.glyphs ? mark.role : undefined });
  } else if (mark.role === "axis") drawAxis(canvas, mark);
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar to an eighth of a character, or to a whole one in ASCII. */
function barText(width: number, unicode: boolean): string {
  if (!unicode) return "#".repeat(Math.round(width));
  const eighths = Math.round(width * 8);
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] as string);
}

const ASCII: Readonly<Record<string, string>> = {
  "␣": "_",
  "│": "|",
  "─": "-",
  "└": "+",
  "├": "+",
  "┤": "+",
  "→": ">",
  "↓": "v",
  "…": "~",
  "×": "x",
  "−": "-",
  "–": "-",
};

/** The same picture in ASCII; what has no like there, such as a token in another script, stays as it is. */
function toAscii(text: string): string {
  return text.replace(/[␣│─└├┤→↓…×−–]/gu, (sign) => ASCII[sign] as string);
}
