import { parentPort, workerData } from "node:worker_threads";
import { nodeBackend } from "./node.ts";
import type { WorkerData } from "./node-workers.ts";
import { SharedExchange } from "./shared-exchange.ts";
import { takeOrders } from "./worker-thread.ts";

/** One worker thread: sessions of its own, orders by message, gradients through shared memory. */
const { setup, memory } = workerData as WorkerData;
const port = parentPort as NonNullable<typeof parentPort>;
const obey = takeOrders({
  setup,
  backend: nodeBackend,
  exchange: new SharedExchange({ ...setup, memory }),
  answer: (answer) => port.postMessage(answer),
  end: () => port.close(),
});
port.on("message", obey);
