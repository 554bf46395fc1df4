import { DataError } from "../tensor/errors.ts";
import type { Theme } from "./color-table.ts";
import {
  charactersOf,
  fontOptions,
  missingCharacters,
  type Rasterizer,
  withFonts,
  withoutCharacters,
} from "./node-glyphs.ts";
import { encodePng } from "./png.ts";
import { type Picture, renderSvg, type SvgOptions } from "./render.ts";

/** Pictures as PNG in Node, without a browser: our SVG is drawn by resvg, with the fonts of the machine. */

export interface PngOptions extends Omit<SvgOptions, "theme" | "standalone"> {
  /** Pixels of the file for each pixel of the page. @default 1 */
  readonly zoom?: number;
  /** @default "light" */
  readonly theme?: Theme;
  /** Font files to set all text in; without one the machine's fonts are taken. */
  readonly fonts?: readonly string[];
}

export interface PngPicture {
  readonly bytes: Uint8Array;
  /** Characters that no font has: in their place stands `�`. */
  readonly missing: readonly string[];
}

/** Pixels of a page to the inch. */
const PAGE_DENSITY = 96;

/**
 * Draws a picture as PNG.
 *
 * @throws DataError when `@resvg/resvg-js`, an optional dependency, is not there, or where there is no font at all
 * @throws RangeError for a zoom that is not above 0
 */
export async function renderPng(picture: Picture, options: PngOptions = {}): Promise<PngPicture> {
  const { zoom = 1, theme = "light", fonts: files = [], ...drawing } = options;
  if (!(zoom > 0 && zoom <= 16))
    throw new RangeError(`renderPng: expected a zoom above 0, up to 16, but found ${zoom}`);
  const Rasterizer = await loadRasterizer();
  const svg = renderSvg(picture, { ...drawing, theme });
  const characters = charactersOf(svg);
  const missing = missingCharacters(characters, { Rasterizer, files });
  if (missing.length > 0 && missing.length === characters.length) {
    throw new DataError(
      "png: expected a font on this machine but found none; install some (on Debian and Ubuntu fonts-dejavu, and fonts-noto-cjk for Chinese), or name a font file",
    );
  }
  const drawn = withFonts(withoutCharacters(svg, missing), files);
  // The older name of the same, which this program knows.
  const known = drawn.replaceAll('image-rendering="pixelated"', 'image-rendering="optimizeSpeed"');
  const image = new Rasterizer(known, { fitTo: { mode: "zoom", value: zoom }, ...fontOptions(files) }).render();
  const { width, height } = image;
  const pixels = withoutAlpha(image.pixels, width * height);
  return { bytes: encodePng({ width, height, pixels, pixelsPerInch: PAGE_DENSITY * zoom }), missing };
}

async function loadRasterizer(): Promise<Rasterizer> {
  try {
    return (await import("@resvg/resvg-js")).Resvg;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new DataError(
      `png: expected the package @resvg/resvg-js but could not load it (${code ?? message.split("\n")[0]}); npm install @resvg/resvg-js, or write SVG`,
    );
  }
}

/** The picture stands on its paper: nothing shows through. */
function withoutAlpha(rgba: Uint8Array, count: number): Uint8Array {
  const pixels = new Uint8Array(3 * count);
  for (let i = 0; i < count; i++) {
    for (let sample = 0; sample < 3; sample++) pixels[3 * i + sample] = rgba[4 * i + sample] as number;
  }
  return pixels;
}
