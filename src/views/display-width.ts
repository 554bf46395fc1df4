/**
 * Columns that text takes in a terminal: 2 for East Asian wide and fullwidth characters and for emoji, 0 for combining
 * marks, else 1 (Unicode Standard Annex 11; ambiguous characters count as narrow).
 */

/** First and last code points of the wide blocks; emoji are told by their own property. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x3247],
  [0x3250, 0xa4c6],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6b],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18dff],
  [0x1aff0, 0x1b2fb],
  [0x1f200, 0x1f265],
  [0x20000, 0x2fffd],
  [0x30000, 0x3fffd],
];

const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11ff]$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;
const ASCII = /^[ -~]*$/;
const EMOJI_SELECTOR = "\ufe0f";

const clusters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The characters as a reader counts them: an accent stays with its letter. */
export function graphemes(text: string): string[] {
  if (ASCII.test(text)) return [...text];
  return Array.from(clusters.segment(text), ({ segment }) => segment);
}

function codePointWidth(character: string): number {
  const code = character.codePointAt(0) as number;
  if (code < 0x300) return code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0xad ? 0 : 1;
  if (NO_WIDTH.test(character)) return 0;
  if (EMOJI.test(character)) return 2;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** Columns of one grapheme: that of its widest code point. */
export function graphemeWidth(grapheme: string): number {
  if (grapheme.indexOf(EMOJI_SELECTOR) > 0) return 2;
  let width = 0;
  for (const character of grapheme) width = Math.max(width, codePointWidth(character));
  return width;
}

/** Columns of a text in a terminal. */
export function displayWidth(text: string): number {
  return graphemes(text).reduce((total, grapheme) => total + graphemeWidth(grapheme), 0);
}

/** The text, or its beginning and `…`, in at most `width` as `measure` counts it. */
export function shorten(text: string, width: number, measure: (text: string) => number = displayWidth): string {
  if (measure(text) <= width) return text;
  let kept = "";
  for (const grapheme of graphemes(text)) {
    if (measure(`${kept}${grapheme}…`) > width) break;
    kept += grapheme;
  }
  return measure(`${kept}…`) <= width ? `${kept}…` : "";
}

/** Fills a text up to `width` columns. */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "left" ? text + space : space + text;
}
