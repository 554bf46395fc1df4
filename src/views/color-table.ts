/** Colours of weights and of series, shared by every back end. */

export type Rgb = readonly [red: number, green: number, blue: number];
export type Theme = "light" | "dark";

export function hexColor(color: Rgb): string {
  return `#${color.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function rgb(hex: string): Rgb {
  const value = Number.parseInt(hex, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** 256 colours, straight lines between `[index, colour]` points. */
function interpolate(points: readonly (readonly [index: number, hex: string])[]): readonly Rgb[] {
  const table: Rgb[] = [];
  for (let segment = 1; segment < points.length; segment++) {
    const [start, from] = points[segment - 1] as (typeof points)[number];
    const [end, to] = points[segment] as (typeof points)[number];
    const [a, b] = [rgb(from), rgb(to)];
    for (let index = start; index <= end; index++) {
      const share = (index - start) / (end - start);
      table[index] = [0, 1, 2].map((k) => {
        const low = a[k] as number;
        return Math.round(low + ((b[k] as number) - low) * share);
      }) as unknown as Rgb;
    }
  }
  return table;
}

/**
 * Cividis, which reads the same with and without colour-deficient vision: J. Nuñez, C. Anderton, R. Renslow, "Optimizing
 * colormaps with consideration for color vision deficiency", PLOS ONE 13(7), 2018. Points of the published table, chosen so
 * that straight lines between them stay within 2/255 of it.
 */
export const CIVIDIS: readonly Rgb[] = interpolate([
  [0, "00224d"],
  [20, "003070"],
  [23, "003170"],
  [28, "11356f"],
  [45, "2e416c"],
  [66, "454f6b"],
  [88, "595f6d"],
  [128, "7c7b78"],
  [145, "8c8878"],
  [161, "9c9476"],
  [202, "c6b567"],
  [221, "dac65a"],
  [235, "ead34c"],
  [251, "fde234"],
  [255, "fde737"],
]);

/** White to deep blue: nine steps of equal lightness in the OKLCH colour space, from hue 245° to 263°. */
export const WHITE_TO_BLUE: readonly Rgb[] = interpolate([
  [0, "ffffff"],
  [32, "cbe5ff"],
  [64, "97caff"],
  [96, "64adfc"],
  [128, "3a8fef"],
  [159, "1870d8"],
  [191, "0f55b4"],
  [223, "113d88"],
  [255, "0f275c"],
]);

/** The sequential table of a theme: cividis on dark, white → blue on light. */
export function sequentialTable(theme: Theme): readonly Rgb[] {
  return theme === "dark" ? CIVIDIS : WHITE_TO_BLUE;
}

/**
 * Signed values: blue below zero, white at it, orange above. Both ends have the lightness 0.52 in the OKLCH colour space and fall
 * from white in equal steps, so that −v and +v look equally strong; the ends stand out from a dark page by more than 3 : 1, too.
 */
export const BLUE_WHITE_ORANGE: readonly Rgb[] = interpolate([
  [0, "0c67c5"],
  [1, "0c67c5"],
  [33, "4c8fd9"],
  [65, "82b6eb"],
  [96, "bcdcfa"],
  [128, "ffffff"],
  [160, "f4d0b5"],
  [191, "e0a176"],
  [223, "ca7239"],
  [255, "a74901"],
]);

/** The same on dark paper: nearly the paper at zero, from where both sides grow lighter in equal steps, to the lightness 0.74. */
export const BLUE_DARK_ORANGE: readonly Rgb[] = interpolate([
  [0, "6baefc"],
  [1, "6baefc"],
  [33, "4987cd"],
  [65, "336297"],
  [96, "1e3f64"],
  [128, "1e2228"],
  [160, "5c3113"],
  [191, "8b4d24"],
  [223, "be6c35"],
  [255, "f38c48"],
]);

/** The signed table of a theme: what is alike looks like the paper. */
export function signedTable(theme: Theme): readonly Rgb[] {
  return theme === "dark" ? BLUE_DARK_ORANGE : BLUE_WHITE_ORANGE;
}

/** Place in the signed table for a share from −1 to 1; zero is 128, so that both sides have 127 steps. */
export function signedIndex(share: number): number {
  return 128 + Math.round(127 * Math.min(1, Math.max(-1, share)));
}

/** Place in a table of 256 for a share from 0 to 1. */
export function shadeIndex(share: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, share)));
}

/**
 * The seven colours of M. Okabe and K. Ito, "Color universal design" (2008), those that stand out on both themes first.
 * Later series repeat them dashed.
 */
export const SERIES_COLORS: readonly Rgb[] = ["0072b2", "d55e00", "009e73", "cc79a7", "e69f00", "56b4e9", "f0e442"].map(
  rgb,
);

/** Relative luminance (WCAG 2.2, "relative luminance"). */
export function relativeLuminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Ink that can be read on a colour: black above relative luminance 0.179, else white. */
export function inkOn(color: Rgb): "black" | "white" {
  return relativeLuminance(color) > 0.179 ? "black" : "white";
}
