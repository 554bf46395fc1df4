import { ModelError } from "../tensor/errors.ts";
import type { EngineFactory } from "./engine.ts";
import { MessageExchange } from "./message-exchange.ts";
import { exchangedSize } from "./rank.ts";
import { webBackend, webSettings } from "./web.ts";
import { READY, type WebWorkerData } from "./web-worker-serve.ts";
import { workerEngine } from "./worker-engine.ts";
import { type WorkerAnswer, type WorkerChannel, WorkerPort, type WorkerSetup } from "./worker-port.ts";

export interface WebEngineOptions {
  /**
   * Starts a Web Worker whose script calls `serveWebWorker`, for pages that bundle it themselves. Default: Fovea's own script,
   * found by `new URL(…, import.meta.url)`, as bundlers know it.
   */
  readonly createWorker?: (() => Worker) | undefined;
}

function defaultWorker(): Worker {
  return new Worker(new URL("./web-worker-thread.js", import.meta.url), { type: "module" });
}

/** A worker's script that says nothing for so long is none. */
const READY_MS = 30_000;

/** The way to a worker: its port closes when it is gone, however it goes. */
function channelTo(worker: Worker, control: MessagePort): WorkerChannel {
  return {
    send: (order) => control.postMessage(order),
    listen: ({ answer, ended }) => {
      control.addEventListener("message", ({ data }: MessageEvent<WorkerAnswer>) => answer(data));
      control.addEventListener("close", () => ended("a worker that has ended"));
      worker.addEventListener("error", ({ message }) => ended(message || "a worker whose script does not load"));
      control.start();
    },
    hold: () => undefined,
    leave: async () => {
      worker.terminate();
      control.close();
    },
  };
}

/** Ports from each rank to each other one. */
function portsBetween(ranks: number): readonly (MessagePort | undefined)[][] {
  const table = Array.from({ length: ranks }, () => new Array<MessagePort | undefined>(ranks).fill(undefined));
  for (const [a, row] of table.entries()) {
    for (let b = a + 1; b < ranks; b++) {
      const { port1, port2 } = new MessageChannel();
      row[b] = port1;
      (table[b] as (MessagePort | undefined)[])[a] = port2;
    }
  }
  return table;
}

/** Resolves when the script of a worker runs. A browser starts no worker while the one that asked for it computes. */
async function readiness(worker: Worker, control: MessagePort, port: WorkerPort): Promise<void> {
  const ready = new Promise<undefined>((resolve) => {
    control.addEventListener("message", () => resolve(undefined), { once: true });
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`nothing in ${READY_MS / 1000} seconds`), READY_MS);
  });
  const reason = await Promise.race([ready, port.failed, late]);
  clearTimeout(timer);
  if (reason === undefined) return;
  worker.terminate();
  throw new ModelError(`workers: expected the script of each worker to say "${READY}" but found: ${reason}`);
}

/**
 * Trains on the caller, a page or better a Web Worker, and on as many more Web Workers as asked for, which exchange gradients by
 * messages; see `workerEngine`. The page needs no isolation from other origins.
 */
export function createWebEngine({ createWorker = defaultWorker }: WebEngineOptions = {}): EngineFactory {
  return workerEngine({
    backend: webBackend,
    async start(setups) {
      const { ranks, sums } = setups[0] as WorkerSetup;
      const table = portsBetween(ranks);
      const size = exchangedSize(sums);
      const started = setups.map((setup) => {
        const worker = createWorker();
        const { port1: control, port2 } = new MessageChannel();
        const port = new WorkerPort(channelTo(worker, control));
        const ports = table[setup.rank] as readonly (MessagePort | undefined)[];
        const data = { setup, settings: webSettings(), control: port2, ports } satisfies WebWorkerData;
        const ready = readiness(worker, control, port);
        worker.postMessage(data, [port2, ...ports.flatMap((other) => other ?? [])]);
        return { port, ready };
      });
      const workers = started.map(({ port }) => port);
      try {
        await Promise.all(started.map(({ ready }) => ready));
      } catch (error) {
        await Promise.all(workers.map((worker) => worker.leave()));
        throw error;
      }
      return { exchange: new MessageExchange({ rank: 0, ports: table[0] ?? [], size }), workers };
    },
  });
}

/** Trains in the browser on one worker or several: `createWebEngine` with Fovea's own script. */
export const webEngine: EngineFactory = createWebEngine();
