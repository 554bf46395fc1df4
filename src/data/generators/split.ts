import type { Split } from "../dates/splits.ts";

/** Train, validation and test, parted by the text itself: the same for every seed, and no text stands in two of them. */

/**
 * What the hash sees of a text: letters without case and without marks, so that `Noon` and `noon`, `août` and `aout` stay
 * together. The umlauts of German that are written as two letters (`Maerz`) are another text.
 */
function folded(source: string): string {
  return source.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();
}

/** FNV-1a, 32 bits, over UTF-16 code units, its bits mixed by the finaliser of MurmurHash3 (A. Appleby). */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** The part that a source text belongs to: bucket = hash mod 10; 0 validation, 1 test, 2–9 train. */
export function splitOf(source: string): Split {
  const bucket = hash(folded(source)) % 10;
  return bucket > 1 ? "train" : bucket === 0 ? "validation" : "test";
}
