/** Draws SVG as PNG in the page, for `exports.test.ts`. */
import { svgToPng } from "../../../src/views/elements/png-in-page.ts";

async function bytesOf(svg: string, scale: number): Promise<number[]> {
  const blob = await svgToPng(svg, { scale });
  return [...new Uint8Array(await blob.arrayBuffer())];
}

Object.assign(globalThis, { bytesOf });
