import { Rng } from "../../tensor/random.ts";

/** The examples of one batch, all of one bucket. */
export interface BatchPlace {
  readonly bucket: number;
  /** Indices of the examples; fewer than a batch holds in one batch of an epoch at most. */
  readonly examples: Int32Array;
}

export interface BatchOrderOptions {
  /** Of each example the bucket that it goes into, as `planBuckets` gives it. */
  readonly of: Uint8Array;
  /** Examples in a batch. */
  readonly batch: number;
  readonly seed: number;
}

interface Epoch {
  readonly number: number;
  readonly order: Int32Array;
  readonly batches: readonly { readonly bucket: number; readonly start: number; readonly end: number }[];
}

/**
 * Which examples each training step takes: every one once an epoch, in an order that is a function of seed and epoch alone, so that
 * an interrupted training goes on with the very same batches. What does not fill a batch of its bucket goes into the next larger one.
 */
export class BatchOrder {
  readonly batchesPerEpoch: number;
  readonly #options: BatchOrderOptions;
  #epoch: Epoch | undefined;

  /** @throws RangeError without examples */
  constructor(options: BatchOrderOptions) {
    if (options.of.length === 0) throw new RangeError("BatchOrder: expected at least one example but found none");
    this.#options = options;
    this.batchesPerEpoch = Math.ceil(options.of.length / options.batch);
  }

  /** The batch of a step, counted from 0. */
  at(step: number): BatchPlace {
    const number = Math.floor(step / this.batchesPerEpoch);
    if (this.#epoch?.number !== number) this.#epoch = this.#plan(number);
    const { batches, order } = this.#epoch;
    const { bucket, start, end } = batches[step % this.batchesPerEpoch] as Epoch["batches"][number];
    return { bucket, examples: order.subarray(start, end) };
  }

  #plan(number: number): Epoch {
    const { of, batch, seed } = this.#options;
    const rng = new Rng(seed, "batch order");
    rng.at(0, number);
    const order = byBucket(rng.permutation(of.length), of);
    const batches = Array.from({ length: this.batchesPerEpoch }, (_, i) => {
      const end = Math.min((i + 1) * batch, order.length);
      return { bucket: of[order[end - 1] as number] as number, start: i * batch, end };
    });
    const turns = rng.permutation(batches.length);
    return { number, order, batches: Array.from(turns, (turn) => batches[turn] as Epoch["batches"][number]) };
  }
}

/** The examples bucket after bucket, within each in their order: a batch that begins in one may end in the next. */
function byBucket(order: Uint32Array, of: Uint8Array): Int32Array {
  const next = new Int32Array(257);
  for (const bucket of of) next[bucket + 1] = (next[bucket + 1] as number) + 1;
  for (let bucket = 1; bucket < 257; bucket++) {
    next[bucket] = (next[bucket - 1] as number) + (next[bucket] as number);
  }
  const sorted = new Int32Array(order.length);
  for (const example of order) {
    const bucket = of[example] as number;
    sorted[next[bucket] as number] = example;
    next[bucket] = (next[bucket] as number) + 1;
  }
  return sorted;
}
