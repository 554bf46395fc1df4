import { Worker } from "node:worker_threads";
import type { EngineFactory } from "./engine.ts";
import { nodeBackend } from "./node.ts";
import { exchangedSize } from "./rank.ts";
import { SharedExchange, type SharedMemory, shareMemory } from "./shared-exchange.ts";
import { workerEngine } from "./worker-engine.ts";
import { type WorkerChannel, type WorkerOrder, WorkerPort, type WorkerSetup } from "./worker-port.ts";

export interface WorkerData {
  readonly setup: WorkerSetup;
  readonly memory: SharedMemory;
}

/** What Node gives as the id of a thread that has ended. */
const ENDED = -1;

function channelTo(thread: Worker): WorkerChannel {
  return {
    send: (order) => thread.postMessage(order),
    listen: ({ answer, ended }) => {
      thread.on("message", answer);
      thread.on("error", ({ message }) => ended(message));
      thread.on("exit", () => ended("a thread that has ended"));
    },
    hold: (isHeld) => (isHeld ? thread.ref() : thread.unref()),
    /**
     * Asks the thread to end when it has done what it is at. It is never ended by force: where that happens while ONNX Runtime
     * computes, the whole process is aborted.
     */
    leave: async () => {
      if (thread.threadId === ENDED) return;
      const gone = new Promise((resolve) => thread.once("exit", resolve));
      thread.ref();
      thread.postMessage({ kind: "close" } satisfies WorkerOrder);
      await gone;
    },
  };
}

/** Trains on one thread, or on several that exchange gradients through shared memory; see `workerEngine`. */
export const nodeEngine: EngineFactory = workerEngine({
  backend: nodeBackend,
  async start(setups) {
    const { ranks, sums } = setups[0] as WorkerSetup;
    const memory = shareMemory(ranks, exchangedSize(sums));
    const script = new URL("./node-worker-thread.js", import.meta.url);
    const workers = setups.map((setup) => {
      return new WorkerPort(channelTo(new Worker(script, { workerData: { setup, memory } satisfies WorkerData })));
    });
    return { exchange: new SharedExchange({ rank: 0, ranks, memory }), workers };
  },
});
