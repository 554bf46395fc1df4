import type { Loader, Session } from "./backend.ts";
import { drawNoise, type NoiseInput } from "./engine.ts";
import type { Exchange } from "./exchange.ts";
import { Rank } from "./rank.ts";
import { Update } from "./update.ts";
import type { WorkerAnswer, WorkerOrder, WorkerSetup } from "./worker-port.ts";

export interface WorkerDuty {
  readonly setup: WorkerSetup;
  readonly backend: Loader;
  readonly exchange: Exchange;
  readonly answer: (answer: WorkerAnswer) => void;
  /** Called for the order to end. */
  readonly end: () => void;
}

/** What a worker does with its orders, one after the other: it loads its update at once, and gradient graphs as told. */
export function takeOrders({ setup, backend, exchange, answer, end }: WorkerDuty): (order: WorkerOrder) => void {
  const { sums } = setup;
  const state = backend.createState(setup.state);
  const me = Update.load(setup.update, backend, state).then((update) => new Rank({ sums, exchange, update, state }));
  me.catch(() => undefined);
  const gradients = new Map<string, Promise<Session>>();
  const noise = new Map<string, readonly NoiseInput[]>();

  async function obey(order: WorkerOrder): Promise<void> {
    if (order.kind === "close") {
      end();
      return;
    }
    try {
      const member = await me;
      if (order.kind === "load") {
        noise.set(order.key, order.noise);
        gradients.set(order.key, backend.load(order.model, { state, reuse: true }));
        await gradients.get(order.key);
      } else if (order.kind === "forget") {
        await (await gradients.get(order.key))?.release();
        gradients.delete(order.key);
        noise.delete(order.key);
      } else if (order.kind === "write") {
        for (const [name, value] of Object.entries(order.state)) state.write(name, value);
      } else {
        const feeds = { ...order.feeds, ...drawNoise(noise.get(order.key) ?? [], order.place) };
        await member.step((await gradients.get(order.key)) as Session, feeds, order.scalars);
        return;
      }
      answer({ done: order.kind });
    } catch (error) {
      // Who has failed because of another has nothing to add.
      if (exchange.giveUp()) answer({ error: (error as Error).message });
    }
  }

  let queue: Promise<void> = Promise.resolve();
  return (order) => {
    queue = queue.then(() => obey(order));
  };
}
