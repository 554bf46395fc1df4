import { zlibSync } from "fflate";
import { crc32 } from "../data/crc-32.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Rgb } from "./color-table.ts";

/** Pixels, row by row. */
export interface PngImage {
  readonly width: number;
  readonly height: number;
  /** Places in the palette, one byte a pixel; without a palette red, green, blue. */
  readonly pixels: Uint8Array;
  /** Up to 256 colours. */
  readonly palette?: readonly Rgb[];
  /** How many pixels make an inch on paper. */
  readonly pixelsPerInch?: number;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const TRUE_COLOR = 2;
const INDEXED = 3;
/** The filter that takes from each byte the one above it: what is flat becomes zeros. */
const UP = 2;
const INCHES_PER_METRE = 1 / 0.0254;

/**
 * A picture as a PNG file: eight bits a sample, not interlaced. PNG (Portable Network Graphics) Specification, third edition,
 * 2025, section 11.
 *
 * @throws ShapeError when there are not as many bytes as pixels need
 * @throws RangeError for a picture without pixels, or a palette of more than 256 colours
 */
export function encodePng({ width, height, pixels, palette, pixelsPerInch }: PngImage): Uint8Array {
  const samples = palette ? 1 : 3;
  if (!(width > 0 && height > 0))
    throw new RangeError(`encodePng: expected pixels but found a picture of ${width} × ${height}`);
  if (palette && palette.length > 256) {
    throw new RangeError(`encodePng: expected at most 256 colours but found ${palette.length}`);
  }
  if (pixels.length !== width * height * samples) {
    throw new ShapeError(
      `encodePng: expected ${width * height * samples} bytes for ${width} × ${height} pixels but found ${pixels.length}`,
    );
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, palette ? INDEXED : TRUE_COLOR], 8);
  return joined([
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", header),
    ...(pixelsPerInch === undefined ? [] : [chunk("pHYs", density(pixelsPerInch))]),
    ...(palette ? [chunk("PLTE", Uint8Array.from(palette.flat()))] : []),
    chunk("IDAT", zlibSync(filtered(pixels, height, palette ? 0 : UP))),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** A PNG file as an address that holds it. */
export function pngAddress(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x2000) {
    text += String.fromCharCode(...bytes.subarray(start, start + 0x2000));
  }
  return `data:image/png;base64,${btoa(text)}`;
}

/** Every row led by its filter. */
function filtered(pixels: Uint8Array, height: number, filter: 0 | typeof UP): Uint8Array {
  const stride = pixels.length / height;
  const rows = new Uint8Array(height * (stride + 1));
  for (let row = 0; row < height; row++) {
    const at = row * (stride + 1);
    rows[at] = filter;
    rows.set(pixels.subarray(row * stride, (row + 1) * stride), at + 1);
    if (filter !== UP || row === 0) continue;
    for (let i = 0; i < stride; i++) {
      rows[at + 1 + i] = (pixels[row * stride + i] as number) - (pixels[(row - 1) * stride + i] as number);
    }
  }
  return rows;
}

function density(pixelsPerInch: number): Uint8Array {
  const data = new Uint8Array(9);
  const view = new DataView(data.buffer);
  view.setUint32(0, Math.round(pixelsPerInch * INCHES_PER_METRE));
  view.setUint32(4, Math.round(pixelsPerInch * INCHES_PER_METRE));
  data[8] = 1;
  return data;
}

/** Length, name, data and the check sum of the two. */
function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
