import { DataError } from "../../tensor/errors.ts";

/** Pictures as PNG in a page: the browser draws our SVG, in its own fonts. */

export interface PagePngOptions {
  /** Pixels of the file for each pixel of the page. @default 1 */
  readonly scale?: number;
}

const SIZE = /^(<svg [^>]*?width=")([\d.]+)(" height=")([\d.]+)"/;

/**
 * Draws an SVG file, as `renderSvg` makes it with a theme of its own, as PNG. Works under a strict content policy that allows
 * images from `blob:` and `data:`.
 *
 * @throws DataError for what the browser cannot draw as SVG
 * @throws RangeError for a scale that is not above 0, or a picture larger than the browser can hold
 */
export async function svgToPng(svg: string, { scale = 1 }: PagePngOptions = {}): Promise<Blob> {
  if (!(scale > 0)) throw new RangeError(`svgToPng: expected a scale above 0 but found ${scale}`);
  const [, , width = "", , height = ""] = SIZE.exec(svg) ?? [];
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(Number(width) * scale);
  canvas.height = Math.round(Number(height) * scale);
  // Drawn at its final size from the start, text and lines are sharp in every browser.
  const large = svg.replace(SIZE, `$1${canvas.width}$3${canvas.height}"`);
  const image = await loadImage(large);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob) return blob;
  throw new RangeError(
    `svgToPng: expected a picture that the browser can hold but found ${canvas.width} × ${canvas.height} pixels; take a smaller scale`,
  );
}

async function loadImage(svg: string): Promise<HTMLImageElement> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  const image = new Image();
  try {
    image.src = address;
    await image.decode();
    return image;
  } catch {
    throw new DataError("svgToPng: expected an SVG picture with its width and height but found what is none");
  } finally {
    URL.revokeObjectURL(address);
  }
}
