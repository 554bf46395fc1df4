import { hexColor, type Rgb, sequentialTable } from "./color-table.ts";
import type { TextTone } from "./scene.ts";

/**
 * Colours of SVG pictures. Each element carries its light colour as an attribute, so that it reads right where style sheets are
 * ignored; in dark mode the class of the element overrides it.
 */

export interface PageColors {
  readonly paper: string;
  readonly ink: string;
  readonly faint: string;
  readonly axis: string;
  readonly grid: string;
  readonly bar: string;
}

export const PAGE_COLORS: Readonly<Record<"light" | "dark", PageColors>> = {
  light: { paper: "#ffffff", ink: "#1b2430", faint: "#5b6673", axis: "#98a3af", grid: "#e4e8ed", bar: "#9fb0c3" },
  dark: { paper: "#12161c", ink: "#e9edf2", faint: "#9ba7b4", axis: "#5c6875", grid: "#2a323c", bar: "#56677a" },
};

/** Names of fonts stand without quotation marks, which some programs that draw SVG do not read in a list. */
export const SANS =
  "system-ui, Segoe UI, Helvetica Neue, Noto Sans, PingFang SC, Noto Sans CJK SC, Liberation Sans, DejaVu Sans, sans-serif";
export const MONO =
  "ui-monospace, SF Mono, Menlo, Consolas, DejaVu Sans Mono, Liberation Mono, Noto Sans Mono CJK SC, monospace";

/** The part of the palette that a text is drawn with. */
export function toneColor(tone: TextTone): "ink" | "faint" {
  return tone === "faint" ? "faint" : "ink";
}

/** Class of a shade, `fv0` … `fv255`. */
export function shadeClass(index: number): string {
  return `fv${index}`;
}

/** Rules for dark mode: of the palette, and of the shades given. Print and plain viewers stay light. */
export function darkRules(shades: Iterable<number>): string {
  const colors = PAGE_COLORS.dark;
  const table = sequentialTable("dark");
  const rules = [
    `.fv-paper{fill:${colors.paper}}`,
    `.fv-ink{fill:${colors.ink}}`,
    `.fv-faint{fill:${colors.faint}}`,
    `.fv-bar{fill:${colors.bar}}`,
    `.fv-axis{stroke:${colors.axis}}`,
    `.fv-grid{stroke:${colors.grid}}`,
    `.fv-gaps{fill:${colors.grid}}`,
    ".fv-on-light{fill:#000}",
    ".fv-on-dark{fill:#fff}",
    ".fv-when-light{display:none}",
    ".fv-when-dark{display:inline}",
  ];
  for (const index of shades) rules.push(`.${shadeClass(index)}{fill:${hexColor(table[index] as Rgb)}}`);
  return `@media screen and (prefers-color-scheme:dark){${rules.join("")}}`;
}
