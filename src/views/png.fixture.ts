import { unzlibSync } from "fflate";
import type { Rgb } from "./color-table.ts";

export interface DecodedPng {
  readonly width: number;
  readonly height: number;
  readonly chunks: ReadonlyMap<string, Uint8Array>;
  readonly colorAt: (x: number, y: number) => Rgb;
}

/** Samples of a pixel, by colour type. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 6: 4 };

/** Reads a PNG file of eight bits a sample, whoever wrote it; written apart from the encoder, so that the two check each other. */
export function decodePng(bytes: Uint8Array): DecodedPng {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks = new Map<string, Uint8Array>();
  const data: number[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + 8, at + 8 + length);
    chunks.set(name, content);
    if (name === "IDAT") for (const byte of content) data.push(byte);
    at += length + 12;
  }
  const header = chunks.get("IHDR") as Uint8Array;
  const [width, height] = [0, 4].map((at) => new DataView(header.buffer, header.byteOffset).getUint32(at)) as [
    number,
    number,
  ];
  const samples = SAMPLES[header[9] as number];
  if (header[8] !== 8 || header[12] !== 0 || samples === undefined) throw new Error("png: not of the kind read here");
  const pixels = unfiltered(unzlibSync(Uint8Array.from(data)), { height, stride: width * samples, samples });
  const palette = chunks.get("PLTE");
  const colorAt = (x: number, y: number): Rgb => {
    const at = (y * width + x) * samples;
    if (palette) return [...palette.subarray(3 * (pixels[at] as number), 3 * (pixels[at] as number) + 3)] as never;
    return [...pixels.subarray(at, at + 3)] as never;
  };
  return { width, height, chunks, colorAt };
}

function unfiltered(
  rows: Uint8Array,
  { height, stride, samples }: { height: number; stride: number; samples: number },
): Uint8Array {
  const pixels = new Uint8Array(height * stride);
  for (let row = 0; row < height; row++) {
    const filter = rows[row * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const at = row * stride + i;
      const left = i < samples ? 0 : (pixels[at - samples] as number);
      const up = row === 0 ? 0 : (pixels[at - stride] as number);
      const corner = i < samples || row === 0 ? 0 : (pixels[at - stride - samples] as number);
      const guess = [0, left, up, (left + up) >> 1, nearest(left, up, corner)][filter as number] as number;
      pixels[at] = (rows[row * (stride + 1) + 1 + i] as number) + guess;
    }
  }
  return pixels;
}

/** The Paeth predictor. */
function nearest(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)] as const;
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
