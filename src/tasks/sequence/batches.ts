import { type Bucket, PAD, START } from "../../data/text/index.ts";
import type { Batch } from "../../runtime/engine.ts";
import type { Encoding } from "../text/example-set.ts";

/**
 * Pairs as arrays: `source` `[rows sourceLen]`, `lengths` `[rows]`, `target` `[rows targetLen]` (what the decoder reads) and `label` of
 * the same shape (what it writes). Rows that are not there have no label, so that they count nothing.
 */
export function encodeRows(
  rows: readonly Encoding[],
  { count, sourceLen, targetLen }: Bucket & { count: number },
): Batch {
  const source = new Int32Array(count * sourceLen).fill(PAD);
  const lengths = new Int32Array(count).fill(1);
  const target = new Int32Array(count * targetLen).fill(PAD);
  const label = new Int32Array(count * targetLen).fill(PAD);
  for (const [row, pair] of rows.entries()) {
    source.set(pair.source, row * sourceLen);
    lengths[row] = pair.source.length;
    label.set(pair.target, row * targetLen);
    target[row * targetLen] = START;
    target.set(pair.target.subarray(0, -1), row * targetLen + 1);
  }
  return {
    source: { data: source, shape: [count, sourceLen], dtype: "int32" },
    lengths: { data: lengths, shape: [count], dtype: "int32" },
    target: { data: target, shape: [count, targetLen], dtype: "int32" },
    label: { data: label, shape: [count, targetLen], dtype: "int32" },
  };
}
