import { parentPort, workerData } from "node:worker_threads";
import type { Session } from "./backend.ts";
import { nodeBackend } from "./node.ts";
import type { WorkerData, WorkerOrder } from "./node-workers.ts";
import { giveUp, Rank } from "./rank.ts";

/** One worker thread: sessions of its own, orders by message, gradients through shared memory. */
const { rank, ranks, sums, memory, state: values, update, next } = workerData as WorkerData;
const port = parentPort as NonNullable<typeof parentPort>;
const state = nodeBackend.createState(values);
const me = nodeBackend
  .load(update, { state, next })
  .then((session) => new Rank({ rank, ranks, sums, memory, update: session, state }));
me.catch(() => undefined);
const gradients = new Map<string, Promise<Session>>();

async function obey(order: WorkerOrder): Promise<void> {
  if (order.kind === "close") {
    port.close();
    return;
  }
  try {
    const member = await me;
    if (order.kind === "load") {
      gradients.set(order.key, nodeBackend.load(order.model, { state }));
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
    port.postMessage({ done: order.kind });
  } catch (error) {
    // Who has failed because of another has nothing to add.
    if (giveUp(memory)) port.postMessage({ error: (error as Error).message });
  }
}

let queue: Promise<void> = Promise.resolve();
port.on("message", (order: WorkerOrder) => {
  queue = queue.then(() => obey(order));
});
