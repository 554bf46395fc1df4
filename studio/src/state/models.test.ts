import { afterEach, expect, test, vi } from "vitest";
import type { GraphInputs } from "../worker/api.ts";
import { add, entries, run, stopModels } from "./models.ts";

interface Call {
  readonly call: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

const workers: FakeWorker[] = [];

/** A worker that opens every model, and runs none but those that are asked for with the seed 1. */
class FakeWorker {
  readonly opened: unknown[] = [];
  isEnded = false;
  #hear: (event: MessageEvent) => void = () => undefined;

  constructor() {
    workers.push(this);
  }

  addEventListener(type: string, listener: (event: MessageEvent) => void): void {
    if (type === "message") this.#hear = listener;
  }

  postMessage({ call, method, args }: Call): void {
    if (method === "open") this.opened.push(args[0]);
    const id = this.opened.length;
    const value = method === "open" ? { id, kind: "graph", name: args[0], graph: {} } : { maps: [], seconds: id };
    const seed = (args[1] as GraphInputs | undefined)?.seed;
    if (method === "run" && seed !== 1) return;
    queueMicrotask(() => this.#hear({ data: { call, kind: "value", value } } as MessageEvent));
  }

  terminate(): void {
    this.isEnded = true;
  }
}

vi.stubGlobal("Worker", FakeWorker);
afterEach(() => stopModels());

const given = (seed: number): GraphInputs => ({ sizes: {}, values: {}, seed });

test("a run that takes for ever is stopped with its worker; another worker opens the model again", async () => {
  const name = await add("graph", new Map([["a.onnx", Uint8Array.of(1)]]));
  const endless = run(name, given(0));
  const outcome = endless.catch((error: Error) => error.message);
  await new Promise((resolve) => setTimeout(resolve));
  stopModels();
  expect(await outcome).toBe("the model worker was closed");
  expect(workers.map(({ isEnded }) => isEnded)).toEqual([true]);
  expect(await run(name, given(1))).toEqual({ maps: [], seconds: 1 });
  expect(workers.map(({ isEnded, opened }) => [isEnded, opened])).toEqual([
    [true, ["graph"]],
    [false, ["graph"]],
  ]);
  expect(entries.get().map((entry) => entry.name)).toEqual(["graph"]);
});
