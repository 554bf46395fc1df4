import type { Loader, Session } from "./backend.ts";
import type { Exchange } from "./exchange.ts";
import { Rank } from "./rank.ts";
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
  const { sums, update, next } = setup;
  const state = backend.createState(setup.state);
  const me = backend
    .load(update, { state, next })
    .then((session) => new Rank({ sums, exchange, update: session, state }));
  me.catch(() => undefined);
  const gradients = new Map<string, Promise<Session>>();

  async function obey(order: WorkerOrder): Promise<void> {
    if (order.kind === "close") {
      end();
      return;
    }
    try {
      const member = await me;
      if (order.kind === "load") {
        gradients.set(order.key, backend.load(order.model, { state }));
        await gradients.get(order.key);
      } else if (order.kind === "forget") {
        await (await gradients.get(order.key))?.release();
        gradients.delete(order.key);
      } else if (order.kind === "write") {
        for (const [name, value] of Object.entries(order.state)) state.write(name, value);
      } else {
        await member.step((await gradients.get(order.key)) as Session, order.feeds, order.scalars);
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
