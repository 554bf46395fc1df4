/**
 * A picture as plain data: what stands where, in the units of the surface it was laid out for (one unit is a character cell in
 * a terminal, a pixel on a page). `x` grows to the right, `y` down. A layout makes a scene once, each back end only draws it.
 */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly title: string | undefined;
  /** One sentence for people who do not see the picture. */
  readonly summary: string;
  readonly marks: readonly Mark[];
}

/**
 * Up to this count the cells of a map are drawn one by one, each with its tooltip, and a report repeats them as a table; above it
 * a file would be as slow as it would be large, so they become one bitmap.
 */
export const MOST_SINGLE_CELLS = 2500;

export type Mark = CellsMark | TextMark | LineMark | BarMark;

/** A grid of coloured cells. */
export interface CellsMark {
  readonly kind: "cells";
  readonly x: number;
  readonly y: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly rows: number;
  readonly columns: number;
  /** Place on the sequential colour table from 0 to 1, row-major. */
  readonly shades: ArrayLike<number>;
  /** Numbers written on the cells. */
  readonly labels?: readonly string[];
  /** What a tooltip says of each cell; without them the grid is decoration, such as the ramp of a legend. */
  readonly notes?: readonly string[];
  /** Place of the first cell in the whole map, where a map is drawn in several grids. */
  readonly firstColumn?: number;
}

/** `title` and `strong` stand out, `label` names a token, `faint` is a caption or a tick. */
export type TextTone = "title" | "strong" | "label" | "faint";

export interface TextMark {
  readonly kind: "text";
  readonly x: number;
  /** Middle of the line of text. */
  readonly y: number;
  readonly text: string;
  readonly anchor: "start" | "middle" | "end";
  readonly tone: TextTone;
  /** Degrees that the text rises, turned about its anchor; a terminal stacks turned text, its last character at `y`. */
  readonly turn?: 0 | 45 | 90;
}

export interface LineMark {
  readonly kind: "line";
  /** Points with a number that is not finite break the line. */
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** A series by its index, or a line of the frame. */
  readonly role: number | "axis" | "grid";
  /** `dot`: points that no line joins. */
  readonly weight: "strong" | "faint" | "dot";
}

/** A filled bar of a bar chart. */
export interface BarMark {
  readonly kind: "bar";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
