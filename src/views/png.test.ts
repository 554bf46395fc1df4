import { expect, test } from "vitest";
import { hex } from "../tensor/bytes.fixture.ts";
import { decodePng } from "./png.fixture.ts";
import { encodePng, pngAddress } from "./png.ts";

const PALETTE = [
  [1, 2, 3],
  [250, 128, 7],
] as const;

test("pixels of a palette read back", () => {
  const bytes = encodePng({ width: 3, height: 2, pixels: Uint8Array.from([0, 1, 1, 1, 0, 1]), palette: PALETTE });
  const { width, height, colorAt, chunks } = decodePng(bytes);
  expect([width, height, [...chunks.keys()]]).toEqual([3, 2, ["IHDR", "PLTE", "IDAT", "IEND"]]);
  const rows = [0, 1].map((y) => [0, 1, 2].map((x) => PALETTE.findIndex((color) => `${color}` === `${colorAt(x, y)}`)));
  expect(rows).toEqual([
    [0, 1, 1],
    [1, 0, 1],
  ]);
});

test("true colours read back, and the file says how large it is on paper", () => {
  const pixels = Uint8Array.from({ length: 5 * 7 * 3 }, (_, i) => (i * 37) % 256);
  const { colorAt, chunks } = decodePng(encodePng({ width: 5, height: 7, pixels, pixelsPerInch: 192 }));
  for (let y = 0; y < 7; y++) {
    for (let x = 0; x < 5; x++) expect(colorAt(x, y)).toEqual([...pixels.subarray(3 * (5 * y + x)).subarray(0, 3)]);
  }
  // 7559 pixels a metre both ways.
  expect([...(chunks.get("pHYs") as Uint8Array)]).toEqual([0, 0, 29, 135, 0, 0, 29, 135, 1]);
});

test("the smallest picture is what other encoders write, byte by byte, but for its compression", () => {
  const text = pngAddress(encodePng({ width: 1, height: 1, pixels: Uint8Array.from([255, 0, 0]) }));
  const bytes = Uint8Array.from(atob(text.replace("data:image/png;base64,", "")), (sign) => sign.charCodeAt(0));
  expect(hex(bytes.subarray(0, 33))).toBe("89504e470d0a1a0a0000000d494844520000000100000001080200000090" + "7753de");
  expect(hex(bytes.subarray(-12))).toBe("0000000049454e44ae426082");
});

test("what is no picture is refused", () => {
  expect(() => encodePng({ width: 0, height: 1, pixels: new Uint8Array(0) })).toThrow(
    new RangeError("encodePng: expected pixels but found a picture of 0 × 1"),
  );
  expect(() => encodePng({ width: 2, height: 1, pixels: new Uint8Array(3) })).toThrow(
    "encodePng: expected 6 bytes for 2 × 1 pixels but found 3",
  );
  const palette = Array.from({ length: 257 }, () => [0, 0, 0] as const);
  expect(() => encodePng({ width: 1, height: 1, pixels: new Uint8Array(1), palette })).toThrow(
    new RangeError("encodePng: expected at most 256 colours but found 257"),
  );
});
