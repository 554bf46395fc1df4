import { displayWidth } from "./display-width.ts";
import type { TextTone } from "./scene.ts";

/** What a layout must know of the place it draws on. A terminal and a page differ in these numbers. */
export interface Surface {
  /** A terminal stacks the characters of turned labels and may share a line between two rows; a page slants and thins. */
  readonly kind: "terminal" | "page";
  /** Room across. */
  readonly width: number;
  /** Height of a line of text. */
  readonly line: number;
  readonly textWidth: (text: string, tone: TextTone) => number;
  /** Space between a picture and its labels. */
  readonly gap: number;
  /** Blank border around the whole picture. */
  readonly margin: number;
  readonly cells: CellSizes;
  readonly chart: ChartSizes;
}

export interface CellSizes {
  /** Sizes to try, the best first. */
  readonly sizes: readonly CellSize[];
  /** Those to try before them on a map of characters, whose labels are short enough to share a line. */
  readonly shared: readonly CellSize[];
  /** Widest cell that may be stretched to hold a word above it. */
  readonly widest: number;
  /** Height of a map at which the next smaller size is tried. */
  readonly tall: number;
  /** Height at which rows are pooled. */
  readonly tallest: number;
  /** Bands that a wide map may be cut into before its columns are pooled. */
  readonly bands: number;
  /** Width of the longest label shown in full. */
  readonly longestLabel: number;
  /** Extent of the legend's ramp. */
  readonly ramp: { readonly steps: number; readonly stepWidth: number; readonly height: number };
  /** Length of a full bar of row entropy. */
  readonly bar: number;
}

export interface CellSize {
  readonly width: number;
  readonly height: number;
}

export interface ChartSizes {
  readonly panelHeight: number;
  /** Length of a line in the legend. */
  readonly swatch: number;
  /** Distance of ticks down and across, at the least. */
  readonly tickHeight: number;
  readonly tickWidth: number;
}

export interface TerminalSurfaceOptions {
  /** @default 80 */
  readonly width?: number;
  /** Lines a map may take before it is drawn smaller. @default 24 */
  readonly height?: number;
  /** Whether two rows of a map may share a line, as the halves of a block; needs colour. @default true */
  readonly halfBlocks?: boolean;
}

/** A terminal: one unit is a character across and a line down. */
export function terminalSurface(options: TerminalSurfaceOptions = {}): Surface {
  const { width = 80, halfBlocks = true, height = 24 } = options;
  return {
    kind: "terminal",
    width,
    line: 1,
    textWidth: displayWidth,
    gap: 1,
    margin: 0,
    cells: {
      sizes: [
        { width: 2, height: 1 },
        { width: 1, height: halfBlocks ? 0.5 : 1 },
      ],
      shared: halfBlocks ? [{ width: 2, height: 0.5 }] : [],
      widest: 16,
      tall: height,
      tallest: 4 * height,
      bands: 4,
      longestLabel: 12,
      ramp: { steps: 20, stepWidth: 1, height: 1 },
      bar: 8,
    },
    chart: { panelHeight: 8, swatch: 2, tickHeight: 2, tickWidth: 14 },
  };
}

/** Sizes of text on a page, in pixels. */
export const FONT_SIZE: Readonly<Record<TextTone, number>> = { title: 15, strong: 12, label: 12, faint: 11 };

/** Ems of a narrow character, an upper estimate: tokens are set in a fixed-width face, the rest in a proportional one. */
const EMS: Readonly<Record<TextTone, number>> = { title: 0.58, strong: 0.6, label: 0.61, faint: 0.56 };

const SQUARES = [24, 22, 20, 18, 16, 14, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1];

/** A page: one unit is a CSS pixel. */
export function pageSurface(options: { readonly width?: number } = {}): Surface {
  return {
    kind: "page",
    width: options.width ?? 720,
    line: 15,
    textWidth: (text, tone) => displayWidth(text) * EMS[tone] * FONT_SIZE[tone],
    gap: 7,
    margin: 14,
    cells: {
      sizes: SQUARES.map((size) => ({ width: size, height: size })),
      shared: [],
      widest: 64,
      tall: 960,
      tallest: 960,
      bands: 1,
      longestLabel: 112,
      ramp: { steps: 64, stepWidth: 3, height: 10 },
      bar: 56,
    },
    chart: { panelHeight: 150, swatch: 18, tickHeight: 34, tickWidth: 60 },
  };
}
