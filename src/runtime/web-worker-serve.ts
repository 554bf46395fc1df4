import { MessageExchange } from "./message-exchange.ts";
import { exchangedSize } from "./rank.ts";
import { configureWeb, type WebSettings, webLoader } from "./web-loader.ts";
import type { WorkerAnswer, WorkerOrder, WorkerSetup } from "./worker-port.ts";
import { takeOrders } from "./worker-thread.ts";

/** The first message to a worker; all others go through `control`. */
export interface WebWorkerData {
  readonly setup: WorkerSetup;
  readonly settings: WebSettings;
  readonly control: MessagePort;
  /** Held by the worker as long as it lives; undefined where the browser has no locks. */
  readonly lock: string | undefined;
  /** By rank, the way to each other rank. */
  readonly ports: readonly (MessagePort | undefined)[];
}

/** What a worker says when its script runs, before it loads anything. */
export const READY = "ready";

/** Resolves when this worker has the lock, which it never lets go of. */
function hold(lock: string | undefined): Promise<void> {
  if (lock === undefined) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const forever = () => {
      resolve();
      return new Promise<never>(() => undefined);
    };
    navigator.locks.request(lock, forever).catch(reject);
  });
}

async function begin({ setup, settings, control, lock, ports }: WebWorkerData): Promise<void> {
  await hold(lock);
  control.postMessage({ done: READY } satisfies WorkerAnswer);
  configureWeb(settings);
  const obey = takeOrders({
    setup,
    backend: webLoader,
    exchange: new MessageExchange({ rank: setup.rank, ports, size: exchangedSize(setup.sums) }),
    answer: (answer) => control.postMessage(answer),
    end: () => control.close(),
  });
  control.addEventListener("message", ({ data }: MessageEvent<WorkerOrder>) => obey(data));
  control.start();
}

/**
 * Makes the Web Worker whose script calls this one of the workers of `createWebEngine`. It waits for the engine's first message,
 * so it is to be called while the script loads.
 */
export function serveWebWorker(): void {
  addEventListener("message", ({ data }: MessageEvent<WebWorkerData>) => begin(data), { once: true });
}
