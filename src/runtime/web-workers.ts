import { ModelError } from "../tensor/errors.ts";
import type { EngineFactory } from "./engine.ts";
import { MessageExchange } from "./message-exchange.ts";
import { exchangedSize } from "./rank.ts";
import { webBackend } from "./web.ts";
import { webSettings } from "./web-loader.ts";
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

/** The name of a lock for a worker to hold: browsers tell nothing else of one that has crashed or that was ended. */
function newLock(): string | undefined {
  // A page that came by plain HTTP from another machine has none; there, a worker that is gone is missed after two minutes.
  return "locks" in navigator ? `fovea-worker-${crypto.randomUUID()}` : undefined;
}

interface WebWorker {
  readonly worker: Worker;
  readonly control: MessagePort;
  readonly lock: string | undefined;
}

function channelTo({ worker, control, lock }: WebWorker): WorkerChannel {
  const left = new AbortController();
  return {
    send: (order) => control.postMessage(order),
    listen: ({ answer, ended }) => {
      const gone = () => ended("a worker that has ended");
      control.addEventListener("message", ({ data }: MessageEvent<WorkerAnswer>) => {
        answer(data);
        if (lock === undefined || !("done" in data) || data.done !== READY) return;
        navigator.locks.request(lock, { signal: left.signal }, gone).catch(() => undefined);
      });
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        ended(event.message || "a worker whose script does not load");
      });
      control.start();
    },
    hold: () => undefined,
    leave: async () => {
      left.abort();
      worker.terminate();
      control.close();
    },
  };
}

/** By rank, the way to each other rank. */
type Ports = readonly (MessagePort | undefined)[];

/** Ports from each rank to each other one. */
function portsBetween(ranks: number): readonly Ports[] {
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
async function readiness(control: MessagePort, port: WorkerPort): Promise<void> {
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
  throw new ModelError(`workers: expected the script of each worker to say "${READY}" but found: ${reason}`);
}

function start(setup: WorkerSetup, worker: Worker, ports: Ports): { port: WorkerPort; ready: Promise<void> } {
  const { port1: control, port2 } = new MessageChannel();
  const lock = newLock();
  const port = new WorkerPort(channelTo({ worker, control, lock }));
  const ready = readiness(control, port);
  const data: WebWorkerData = { setup, settings: webSettings(), control: port2, lock, ports };
  worker.postMessage(data, [port2, ...ports.flatMap((other) => other ?? [])]);
  return { port, ready };
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
      const workers: WorkerPort[] = [];
      try {
        const started = setups.map((setup) => {
          const one = start(setup, createWorker(), table[setup.rank] ?? []);
          workers.push(one.port);
          return one.ready;
        });
        await Promise.all(started);
      } catch (error) {
        await Promise.all(workers.map((worker) => worker.leave()));
        throw error;
      }
      return { exchange: new MessageExchange({ rank: 0, ports: table[0] ?? [], size: exchangedSize(sums) }), workers };
    },
  });
}

/** Trains in the browser on one worker or several: `createWebEngine` with Fovea's own script. */
export const webEngine: EngineFactory = createWebEngine();
