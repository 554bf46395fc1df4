import type { NdArray } from "../tensor/nd-array.ts";
import type { NoiseInput, NoisePlace } from "./engine.ts";
import type { Sums } from "./rank.ts";
import type { UpdatePlan } from "./update.ts";

export type Arrays = Readonly<Record<string, NdArray>>;

/** What a worker begins with. */
export interface WorkerSetup {
  readonly rank: number;
  readonly ranks: number;
  readonly sums: Sums;
  readonly state: Arrays;
  readonly update: UpdatePlan;
}

export type WorkerOrder =
  | {
      readonly kind: "load";
      readonly key: string;
      readonly model: Uint8Array;
      readonly noise: readonly NoiseInput[];
    }
  | { readonly kind: "write"; readonly state: Arrays }
  | { readonly kind: "forget"; readonly key: string }
  | { readonly kind: "close" }
  | {
      readonly kind: "step";
      readonly key: string;
      /** The worker's share of the batch, to which it adds the noise of this place itself. */
      readonly feeds: Arrays;
      readonly place: NoisePlace;
      readonly scalars: Readonly<Record<string, number>>;
    };

/** Told after each order but steps, which are answered through the exchange. */
export type WorkerAnswer = { readonly done: string } | { readonly error: string };

/** The way to a worker: a thread of Node, a worker of a browser. */
export interface WorkerChannel {
  send(order: WorkerOrder): void;
  /** @param on.ended called with the reason when the worker is gone, or has failed outside of an order */
  listen(on: { answer: (answer: WorkerAnswer) => void; ended: (reason: string) => void }): void;
  /** Whether the program waits for this worker before it ends. */
  hold(isHeld: boolean): void;
  /** Ends the worker, and resolves when it is gone. */
  leave(): Promise<void>;
}

/** A worker as its engine sees it: orders that one can wait for. */
export class WorkerPort {
  /** Resolves with what went wrong, when the worker fails or is gone. */
  readonly failed: Promise<string>;
  readonly #channel: WorkerChannel;
  readonly #waiting: (() => void)[] = [];

  constructor(channel: WorkerChannel) {
    this.#channel = channel;
    this.failed = new Promise((fail) => {
      channel.listen({
        answer: (answer) => ("error" in answer ? fail(answer.error) : this.#waiting.shift()?.()),
        ended: fail,
      });
    });
    // A program that forgets to close its trainer still ends.
    channel.hold(false);
  }

  send(order: WorkerOrder): void {
    this.#channel.send(order);
  }

  /** Resolves when the order is done; never, where the worker fails. */
  ask(order: WorkerOrder): Promise<void> {
    this.#channel.hold(true);
    const answered = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#channel.send(order);
    return answered.then(() => this.#channel.hold(this.#waiting.length > 0));
  }

  leave(): Promise<void> {
    return this.#channel.leave();
  }
}
