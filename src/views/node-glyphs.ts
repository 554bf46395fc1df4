import type { ResvgRenderOptions } from "@resvg/resvg-js";
import { escapeMarkup } from "./markup.ts";
import { MONO, SANS } from "./svg-style.ts";

/** Which fonts of the machine a picture's text is set in, and which of its characters none of them has. */

/** What draws: the class of `@resvg/resvg-js`. */
export type Rasterizer = typeof import("@resvg/resvg-js").Resvg;

/** The fonts to look for first where a text is Chinese; where there are none of them, any that has the characters. */
const CHINESE_FONTS =
  "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Hiragino Sans GB, Microsoft YaHei, WenQuanYi Micro Hei, SimSun";
const CHINESE = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]+/gu;
/** A noncharacter, which no font has: what it looks like is what a missing character looks like. */
const NOWHERE = "\u{1fffe}";
/** What stands for a missing character, if it is not missing itself. */
const REPLACEMENT = "\ufffd";
const TEXT = /(<text [^>]*>)([^<]*)(<\/text>)/g;

export function fontOptions(files: readonly string[]): Pick<ResvgRenderOptions, "font" | "logLevel"> {
  return { font: { loadSystemFonts: true, fontFiles: [...files] }, logLevel: "off" };
}

/** The same picture with its text set in the named files, or else with Chinese in the fonts that suit it. */
export function withFonts(svg: string, files: readonly string[]): string {
  if (files.length > 0) {
    // Text without a family is set in the first font that was loaded: the one that was named.
    return svg.replaceAll(` font-family="${SANS}"`, "").replaceAll(` font-family="${MONO}"`, "");
  }
  return svg.replace(TEXT, (_, open: string, text: string, close: string) => {
    return `${open}${text.replace(CHINESE, `<tspan font-family="${CHINESE_FONTS}">$&</tspan>`)}${close}`;
  });
}

/** What the texts of a picture are made of: no blanks, and no marks, which stand only together with what they are set on. */
export function charactersOf(svg: string): string[] {
  const characters = new Set<string>();
  for (const [, , text = ""] of svg.matchAll(TEXT)) {
    const plain = text.replace(/&(?:amp|lt|gt|quot|#39);/g, "").replace(/[\s\p{M}\p{Cf}]/gu, "");
    for (const character of plain) characters.add(character);
  }
  return [...characters];
}

/** The texts of a picture with a sign that can be drawn in place of each character that cannot. */
export function withoutCharacters(svg: string, missing: readonly string[]): string {
  if (missing.length === 0) return svg;
  const gone = new Set(missing);
  const sign = gone.has(REPLACEMENT) ? "?" : REPLACEMENT;
  return svg.replace(TEXT, (_, open: string, text: string, close: string) => {
    return open + [...text].map((character) => (gone.has(character) ? sign : character)).join("") + close;
  });
}

/** Side of the field in which a character is tried. */
const FIELD = 24;

/** Those of the characters that look like one that no font has: each is drawn in a field of its own, and the fields are compared. */
export function missingCharacters(
  characters: readonly string[],
  { Rasterizer, files }: { readonly Rasterizer: Rasterizer; readonly files: readonly string[] },
): string[] {
  const tried = [NOWHERE, ...characters];
  const fields = tried.map((character, index) => {
    return `<text x="4" y="${index * FIELD + 17}">${character === NOWHERE ? NOWHERE : escapeMarkup(character)}</text>`;
  });
  const size = `width="${FIELD}" height="${FIELD * tried.length}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-size="14" font-family="${SANS}">${fields.join("")}</svg>`;
  const { pixels } = new Rasterizer(withFonts(svg, files), fontOptions(files)).render();
  const bytes = 4 * FIELD * FIELD;
  const nowhere = pixels.subarray(0, bytes);
  return characters.filter((_, index) => nowhere.equals(pixels.subarray((index + 1) * bytes, (index + 2) * bytes)));
}
