import { type Methods, Remote } from "./rpc.ts";

const WORKERS = {
  model: () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "model" }),
  training: () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "training" }),
  catalogue: () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "catalogue" }),
};

export type Role = keyof typeof WORKERS;

/** A worker of the studio, ready to be called. */
export interface Connection<M extends { [Name in keyof M]: Methods[string] }> {
  readonly remote: Remote<M>;
  /** Ends the worker; what waits for it fails. */
  close(): void;
}

/**
 * Starts a worker.
 *
 * @param onDeath hears of a worker that died: what waited for it has failed, a new one has to be connected
 */
export function connect<M extends { [Name in keyof M]: Methods[string] }>(
  role: Role,
  onDeath: (error: Error) => void = () => undefined,
): Connection<M> {
  const worker = WORKERS[role]();
  const remote = new Remote<M>(worker);
  let isOver = false;
  const end = (error: Error) => {
    if (isOver) return false;
    isOver = true;
    worker.terminate();
    remote.fail(error);
    return true;
  };
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    const error = new Error(event.message || `the ${role} worker could not be started`);
    if (end(error)) onDeath(error);
  });
  return {
    remote,
    close: () => {
      end(new Error(`the ${role} worker was closed`));
    },
  };
}
