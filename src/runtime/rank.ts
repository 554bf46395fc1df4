import type { NdArray } from "../tensor/nd-array.ts";
import type { Session, State } from "./backend.ts";
import { isUsable, type StepResult, SUM } from "./engine.ts";
import type { Exchange } from "./exchange.ts";
import type { Update } from "./update.ts";

/** Sizes of the vectors that are summed over the ranks, by name. */
export type Sums = Readonly<Record<string, number>>;

/** What a rank needs of its update. */
type Updating = Pick<Update, "run" | "release">;

/** How many numbers a rank adds at each step: the vectors, the loss and the weight. */
export function exchangedSize(sums: Sums): number {
  return Object.values(sums).reduce((total, size) => total + size, 0) + 2;
}

/**
 * One of several data-parallel workers. Each has the whole state; a step computes the gradients of its own examples, exchanges
 * them, and makes the same update as every other rank from their sum: so all states stay alike to the bit, and nothing but
 * gradients travels.
 */
export class Rank {
  readonly #sums: Sums;
  readonly #exchange: Exchange;
  readonly #update: Updating;
  readonly state: State;

  constructor(options: { sums: Sums; exchange: Exchange; update: Updating; state: State }) {
    this.#sums = options.sums;
    this.#exchange = options.exchange;
    this.#update = options.update;
    this.state = options.state;
  }

  async step(
    gradients: Session,
    feeds: Readonly<Record<string, NdArray>>,
    scalars: Readonly<Record<string, number>>,
  ): Promise<StepResult> {
    const found = await gradients.run(feeds);
    const { mine } = this.#exchange;
    const end = this.#eachSum((name, start) => mine.set(found[name]?.data as Float32Array, start));
    mine[end] = Number(found[SUM.loss]?.data[0]);
    mine[end + 1] = Number(found[SUM.weight]?.data[0]);
    const total = await this.#exchange.sum();
    const [loss, weight] = [total[end] as number, total[end + 1] as number];
    if (!isUsable({ loss, weight })) return { loss, weight };
    const sums: Record<string, Float32Array> = {};
    this.#eachSum((name, start, size) => {
      sums[name] = total.subarray(start, start + size);
    });
    await this.#update.run(sums, { [SUM.weight]: weight, ...scalars });
    return { loss, weight };
  }

  release(): Promise<void> {
    return this.#update.release();
  }

  /** Visits the vectors by name and place; gives the place behind the last. */
  #eachSum(visit: (name: string, start: number, size: number) => void): number {
    let start = 0;
    for (const [name, size] of Object.entries(this.#sums)) {
      visit(name, start, size);
      start += size;
    }
    return start;
  }
}
