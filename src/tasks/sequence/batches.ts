import { BatchOrder, type Bucket, END, PAD, planBuckets, START } from "../../data/text/index.ts";
import type { Batch } from "../../runtime/engine.ts";
import type { Encoding, ExampleSet } from "../text/example-set.ts";
import type { SequenceSettings } from "./settings.ts";

export type BatchSettings = Pick<SequenceSettings, "batch" | "seed" | "sourceLen" | "targetLen" | "truncate">;

/** A text of so many tokens at most, the end kept. */
export function cutTo(ids: Int32Array, most: number): Int32Array {
  if (ids.length <= most) return ids;
  const cut = ids.slice(0, most);
  cut[most - 1] = END;
  return cut;
}

/** Training batches of pairs: batch `step` is a function of seed and step. */
export class SequenceBatches {
  readonly buckets: readonly Bucket[];
  readonly batchesPerEpoch: number;
  readonly #examples: ExampleSet;
  /** Those that are short enough. */
  readonly #taken: Int32Array;
  readonly #order: BatchOrder;
  readonly #rows: number;
  readonly #sourceLen: number;

  /** @throws RangeError where no example is short enough */
  constructor(examples: ExampleSet, options: BatchSettings) {
    const { batch, seed, sourceLen, targetLen, truncate } = options;
    const { source, target } = examples.lengths;
    const sourceOf = (i: number) => (truncate ? Math.min(sourceLen, source[i] as number) : (source[i] as number));
    const isTaken = (i: number) => sourceOf(i) <= sourceLen && (target[i] as number) <= targetLen;
    const taken = Int32Array.from(source.keys()).filter(isTaken);
    const { buckets, of } = planBuckets({
      source: taken.map(sourceOf),
      target: taken.map((i) => target[i] as number),
    });
    this.buckets = buckets;
    this.#examples = examples;
    this.#taken = taken;
    this.#order = new BatchOrder({ of, batch, seed });
    this.#rows = batch;
    this.#sourceLen = sourceLen;
    this.batchesPerEpoch = this.#order.batchesPerEpoch;
  }

  /** Examples that are learnt from. */
  get count(): number {
    return this.#taken.length;
  }

  async batch(step: number): Promise<Batch> {
    const { bucket, examples } = this.#order.at(step);
    const rows: Encoding[] = [];
    for (const example of examples) {
      const { source, target } = await this.#examples.at(this.#taken[example] as number);
      rows.push({ source: cutTo(source, this.#sourceLen), target });
    }
    return encodeRows(rows, { ...(this.buckets[bucket] as Bucket), count: this.#rows });
  }
}

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
