import { ModelError } from "../tensor/errors.ts";
import type { NdArray } from "../tensor/nd-array.ts";
import type { Session, State } from "./backend.ts";
import { isUsable, type StepResult, SUM, scalarFeeds } from "./engine.ts";

/** Memory that all ranks see: two counters, and for each rank two slots of `size` numbers, loss and weight. */
export interface SharedMemory {
  readonly counters: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
}

const ARRIVED = 0;
const FAILED = 1;
/** A rank that waits looks this often whether another one failed. */
const WAIT_MS = 1000;
/** Ranks finish together, so one that waits looks again and again for so long: to be woken would take longer. */
const SPIN_MS = 0.5;
/** A rank that hears nothing for so long gives up. */
const PATIENCE_MS = 120_000;

export function shareMemory(ranks: number, sums: Readonly<Record<string, number>>): SharedMemory {
  const size = totalSize(sums);
  return {
    counters: new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT),
    slots: new SharedArrayBuffer(2 * ranks * (size + 2) * Float32Array.BYTES_PER_ELEMENT),
  };
}

function totalSize(sums: Readonly<Record<string, number>>): number {
  return Object.values(sums).reduce((total, size) => total + size, 0);
}

/** Tells every rank not to wait for the others any more; `true` for the first who does. */
export function giveUp({ counters }: SharedMemory): boolean {
  const view = new Int32Array(counters);
  const isFirst = Atomics.exchange(view, FAILED, 1) === 0;
  Atomics.notify(view, ARRIVED);
  return isFirst;
}

/**
 * One of several data-parallel workers. Each has the whole state; a step computes the gradients of its own examples, exchanges
 * them through shared memory, adds all in rank order, and makes the same update as every other rank: so all states stay
 * alike to the bit, and nothing but gradients travels. The two slots are used in turn, so that a fast rank overwrites nothing
 * that a slow one still reads.
 */
export class Rank {
  readonly #rank: number;
  readonly #ranks: number;
  readonly #size: number;
  readonly #sums: Readonly<Record<string, number>>;
  readonly #counters: Int32Array;
  readonly #slots: Float32Array;
  readonly #update: Session;
  readonly #sum: Float32Array;
  readonly state: State;
  #steps = 0;

  constructor(options: {
    rank: number;
    ranks: number;
    /** Sizes of the vectors that are summed over the ranks, by name. */
    sums: Readonly<Record<string, number>>;
    memory: SharedMemory;
    update: Session;
    state: State;
  }) {
    this.#rank = options.rank;
    this.#ranks = options.ranks;
    this.#sums = options.sums;
    this.#size = totalSize(options.sums);
    this.#counters = new Int32Array(options.memory.counters);
    this.#slots = new Float32Array(options.memory.slots);
    this.#update = options.update;
    this.#sum = new Float32Array(this.#size);
    this.state = options.state;
  }

  async step(
    gradients: Session,
    feeds: Readonly<Record<string, NdArray>>,
    scalars: Readonly<Record<string, number>>,
  ): Promise<StepResult> {
    const found = await gradients.run(feeds);
    const slot = this.#slot(this.#rank);
    this.#eachSum((name, start) => slot.set(found[name]?.data as Float32Array, start));
    slot[this.#size] = Number(found[SUM.loss]?.data[0]);
    slot[this.#size + 1] = Number(found[SUM.weight]?.data[0]);
    await this.#meet();
    const { loss, weight } = this.#add();
    if (!isUsable({ loss, weight })) {
      this.#steps++;
      return { loss, weight };
    }
    const sums: Record<string, NdArray> = {};
    this.#eachSum((name, start, end) => {
      sums[name] = { data: this.#sum.subarray(start, end), shape: [end - start], dtype: "float32" };
    });
    await this.#update.run({ ...sums, ...scalarFeeds({ [SUM.weight]: weight, ...scalars }) });
    this.#steps++;
    return { loss, weight };
  }

  release(): Promise<void> {
    return this.#update.release();
  }

  #eachSum(visit: (name: string, start: number, end: number) => void): void {
    let start = 0;
    for (const [name, size] of Object.entries(this.#sums)) {
      visit(name, start, start + size);
      start += size;
    }
  }

  #slot(rank: number): Float32Array {
    const width = this.#size + 2;
    const at = ((this.#steps % 2) * this.#ranks + rank) * width;
    return this.#slots.subarray(at, at + width);
  }

  /** Waits until every rank has written its slot of this step; now and then lets events in, such as the end of a thread. */
  async #meet(): Promise<void> {
    Atomics.add(this.#counters, ARRIVED, 1);
    Atomics.notify(this.#counters, ARRIVED);
    const wanted = this.#ranks * (this.#steps + 1);
    const start = performance.now();
    for (;;) {
      const arrived = Atomics.load(this.#counters, ARRIVED);
      if (arrived >= wanted) return;
      if (Atomics.load(this.#counters, FAILED) === 1) {
        throw new ModelError("workers: expected all to finish a step but one failed");
      }
      if (performance.now() - start > PATIENCE_MS)
        throw new ModelError("workers: expected an answer within two minutes but found none");
      if (performance.now() - start < SPIN_MS) continue;
      const woken = Atomics.wait(this.#counters, ARRIVED, arrived, WAIT_MS);
      if (woken === "timed-out") await new Promise((resolve) => setTimeout(resolve));
    }
  }

  #add(): StepResult {
    let loss = 0;
    let weight = 0;
    for (let rank = 0; rank < this.#ranks; rank++) {
      const slot = this.#slot(rank);
      if (rank === 0) this.#sum.set(slot.subarray(0, this.#size));
      else for (let i = 0; i < this.#size; i++) this.#sum[i] = (this.#sum[i] as number) + (slot[i] as number);
      loss += slot[this.#size] as number;
      weight += slot[this.#size + 1] as number;
    }
    return { loss, weight };
  }
}
