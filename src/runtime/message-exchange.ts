import { ModelError } from "../tensor/errors.ts";
import { addInOrder, type Exchange, GIVEN_UP, NOT_HEARD, PATIENCE_MS } from "./exchange.ts";

/** What goes from rank to rank: a vector to add, or word that there will be none any more. */
type Message = ArrayBuffer | "given up";

/**
 * Adds through messages, each rank to each other one: browsers share no memory between workers, unless the page is isolated
 * from all other origins. Buffers are handed over, not copied, and those that arrive are sent out again at the next step.
 */
export class MessageExchange implements Exchange {
  readonly ranks: number;
  readonly mine: Float32Array;
  readonly #rank: number;
  readonly #ports: readonly (MessagePort | undefined)[];
  readonly #total: Float32Array;
  /** By rank, what has arrived and is not added yet: a rank may be ahead by a step. */
  readonly #arrived: readonly Float32Array[][];
  readonly #spare: Float32Array[] = [];
  #failed = false;
  #wake: () => void = () => undefined;

  /** @param options.ports by rank, the port to each other rank; none to itself */
  constructor({ rank, ports, size }: { rank: number; ports: readonly (MessagePort | undefined)[]; size: number }) {
    this.ranks = ports.length;
    this.mine = new Float32Array(size);
    this.#rank = rank;
    this.#ports = ports;
    this.#total = new Float32Array(size);
    this.#arrived = ports.map(() => []);
    for (const [from, port] of ports.entries()) {
      if (!port) continue;
      port.addEventListener("message", ({ data }: MessageEvent<Message>) => this.#hear(from, data));
      port.start();
    }
  }

  async sum(): Promise<Float32Array> {
    if (this.#failed) throw new ModelError(GIVEN_UP);
    for (const port of this.#ports) {
      const copy = port && (this.#spare.pop() ?? new Float32Array(this.mine.length));
      copy?.set(this.mine);
      if (copy) port.postMessage(copy.buffer, [copy.buffer]);
    }
    await this.#meet();
    const vectors = this.#arrived.map((queue, rank) => {
      return rank === this.#rank ? this.mine : (queue.shift() as Float32Array);
    });
    addInOrder(this.#total, vectors);
    this.#spare.push(...vectors.filter((vector) => vector !== this.mine));
    return this.#total;
  }

  giveUp(): boolean {
    const isFirst = !this.#failed;
    this.#failed = true;
    if (isFirst) for (const port of this.#ports) port?.postMessage("given up" satisfies Message);
    this.#wake();
    return isFirst;
  }

  #hear(from: number, message: Message): void {
    if (message === "given up") this.#failed = true;
    else this.#arrived[from]?.push(new Float32Array(message));
    this.#wake();
  }

  /** Waits until every other rank has sent its vector of this step. */
  async #meet(): Promise<void> {
    const isComplete = () => this.#arrived.every((queue, rank) => rank === this.#rank || queue.length > 0);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#wake();
    }, PATIENCE_MS);
    try {
      while (!isComplete()) {
        if (this.#failed) throw new ModelError(GIVEN_UP);
        if (isLate) throw new ModelError(NOT_HEARD);
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }
}
