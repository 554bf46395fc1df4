import { ModelError } from "../tensor/errors.ts";
import { addInOrder, type Exchange, GIVEN_UP, NOT_HEARD, PATIENCE_MS } from "./exchange.ts";

/** Memory that all ranks see: two counters, and for each rank two slots of `size` numbers. */
export interface SharedMemory {
  readonly counters: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
  readonly size: number;
}

const ARRIVED = 0;
const FAILED = 1;
/** A rank that waits looks this often whether another one failed. */
const WAIT_MS = 1000;
/** Ranks finish together, so one that waits looks again and again for so long: to be woken would take longer. */
const SPIN_MS = 0.5;

export function shareMemory(ranks: number, size: number): SharedMemory {
  return {
    counters: new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT),
    slots: new SharedArrayBuffer(2 * ranks * size * Float32Array.BYTES_PER_ELEMENT),
    size,
  };
}

/**
 * Adds through shared memory, which every thread of a process sees. The two slots of a rank are used in turn, so that a fast
 * rank overwrites nothing that a slow one still reads.
 */
export class SharedExchange implements Exchange {
  readonly ranks: number;
  readonly #rank: number;
  readonly #size: number;
  readonly #counters: Int32Array;
  readonly #slots: Float32Array;
  readonly #total: Float32Array;
  #steps = 0;

  constructor({ rank, ranks, memory }: { rank: number; ranks: number; memory: SharedMemory }) {
    this.ranks = ranks;
    this.#rank = rank;
    this.#size = memory.size;
    this.#counters = new Int32Array(memory.counters);
    this.#slots = new Float32Array(memory.slots);
    this.#total = new Float32Array(memory.size);
  }

  get mine(): Float32Array {
    return this.#slot(this.#rank);
  }

  async sum(): Promise<Float32Array> {
    await this.#meet();
    addInOrder(
      this.#total,
      Array.from({ length: this.ranks }, (_, rank) => this.#slot(rank)),
    );
    this.#steps++;
    return this.#total;
  }

  giveUp(): boolean {
    const isFirst = Atomics.exchange(this.#counters, FAILED, 1) === 0;
    Atomics.notify(this.#counters, ARRIVED);
    return isFirst;
  }

  #slot(rank: number): Float32Array {
    const at = ((this.#steps % 2) * this.ranks + rank) * this.#size;
    return this.#slots.subarray(at, at + this.#size);
  }

  /** Waits until every rank has written its slot of this step; now and then lets events in, such as the end of a thread. */
  async #meet(): Promise<void> {
    Atomics.add(this.#counters, ARRIVED, 1);
    Atomics.notify(this.#counters, ARRIVED);
    const wanted = this.ranks * (this.#steps + 1);
    const start = performance.now();
    for (;;) {
      const arrived = Atomics.load(this.#counters, ARRIVED);
      if (arrived >= wanted) return;
      if (Atomics.load(this.#counters, FAILED) === 1) throw new ModelError(GIVEN_UP);
      if (performance.now() - start > PATIENCE_MS) throw new ModelError(NOT_HEARD);
      if (performance.now() - start < SPIN_MS) continue;
      const woken = Atomics.wait(this.#counters, ARRIVED, arrived, WAIT_MS);
      if (woken === "timed-out") await new Promise((resolve) => setTimeout(resolve));
    }
  }
}
