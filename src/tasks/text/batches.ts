import { BatchOrder, type Bucket, END, planBuckets } from "../../data/text/index.ts";
import type { Batch } from "../../runtime/engine.ts";
import { DataError } from "../../tensor/errors.ts";
import type { Encoding, ExampleSet } from "./example-set.ts";

export interface BatchSettings {
  readonly batch: number;
  readonly seed: number;
  /** Most tokens of a source, the end included. */
  readonly sourceLen: number;
  readonly targetLen: number;
  /** Whether longer sources are cut rather than left out. */
  readonly truncate: boolean;
}

/** Examples as arrays of `count` rows, padded to a bucket's lengths; rows that are not there must count nothing. */
export type EncodeRows = (rows: readonly Encoding[], shape: Bucket & { readonly count: number }) => Batch;

/** A text of so many tokens at most, the end kept. */
export function cutTo(ids: Int32Array, most: number): Int32Array {
  if (ids.length <= most) return ids;
  const cut = ids.slice(0, most);
  cut[most - 1] = END;
  return cut;
}

/** Training batches of examples of like length: batch `step` is a function of seed and step. */
export class TextBatches {
  readonly buckets: readonly Bucket[];
  readonly batchesPerEpoch: number;
  readonly #encodeRows: EncodeRows;
  readonly #examples: ExampleSet;
  /** Those that are short enough. */
  readonly #taken: Int32Array;
  readonly #order: BatchOrder;
  readonly #rows: number;
  readonly #sourceLen: number;

  /** @throws DataError where no example is short enough */
  constructor(examples: ExampleSet, settings: BatchSettings, encodeRows: EncodeRows) {
    const { batch, seed, sourceLen, targetLen, truncate } = settings;
    const { source, target } = examples.lengths;
    const sourceOf = (i: number) => (truncate ? Math.min(sourceLen, source[i] as number) : (source[i] as number));
    const isTaken = (i: number) => sourceOf(i) <= sourceLen && (target[i] as number) <= targetLen;
    const taken = Int32Array.from(source.keys()).filter(isTaken);
    if (taken.length === 0) {
      throw new DataError(
        `train: expected examples of at most ${sourceLen} and ${targetLen} tokens in ${examples.name} but found none among ${examples.count}; raise sourceLen or targetLen`,
        { file: examples.name },
      );
    }
    const { buckets, of } = planBuckets({
      source: taken.map(sourceOf),
      target: taken.map((i) => target[i] as number),
    });
    this.buckets = buckets;
    this.#encodeRows = encodeRows;
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
    return this.#encodeRows(rows, { ...(this.buckets[bucket] as Bucket), count: this.#rows });
  }
}
