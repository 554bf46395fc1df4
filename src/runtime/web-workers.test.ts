import { afterEach, describe, expect, inject, it } from "vitest";
import { trainDates } from "../../test/portable/date-training.ts";
import { sgd } from "../nn/optimizers.ts";
import { Toy, type ToyArray, toyBatch, toyLoss } from "../tasks/toy.fixture.ts";
import { Trainer } from "../tasks/trainer.ts";
import { ModelError } from "../tensor/errors.ts";
import { createWebEngine, webEngine } from "./web-workers.ts";

const STEPS = 10;

/** The largest difference between losses, as a share of Node's. */
function distance(losses: readonly number[], expected: readonly number[]): number {
  expect(losses).toHaveLength(expected.length);
  return Math.max(...losses.map((loss, i) => Math.abs(loss / (expected[i] as number) - 1)));
}

describe("ten steps of the date normaliser", () => {
  let worker: Worker | undefined;
  afterEach(() => worker?.terminate());

  it("have the same losses here, with one worker, as in Node", async () => {
    const losses = await trainDates({ createEngine: webEngine, workers: 1, steps: STEPS });
    expect(distance(losses, inject("nodeLosses"))).toBeLessThan(1e-4);
    // They fall, so that there is something to compare.
    expect(losses.at(-1)).toBeLessThan(0.95 * (losses[0] as number));
  });

  it("have the same losses on two workers, and the same bits at every run", async () => {
    const train = () => trainDates({ createEngine: webEngine, workers: 2, steps: STEPS });
    const losses = await train();
    expect(distance(losses, inject("nodeLosses"))).toBeLessThan(1e-4);
    expect(await train()).toEqual(losses);
  });

  it("have the same losses when a worker trains, with two more of its own", async () => {
    const started = new Worker(new URL("../../test/portable/training-worker.ts", import.meta.url), { type: "module" });
    worker = started;
    started.postMessage({ workers: 3, steps: STEPS });
    const found = await new Promise<unknown>((resolve) =>
      started.addEventListener("message", ({ data }) => resolve(data)),
    );
    expect(found).toBeInstanceOf(Array);
    expect(distance(found as number[], inject("nodeLosses"))).toBeLessThan(1e-4);
  });
});

let workers: Worker[] = [];

/** Workers of Fovea's own script, which the tests know of. */
const createEngine = createWebEngine({
  createWorker: () => {
    const worker = new Worker(new URL("./web-worker-thread.ts", import.meta.url), { type: "module" });
    workers.push(worker);
    return worker;
  },
});

function newTrainer(count: number, engine = createEngine): Trainer<Toy, ToyArray> {
  workers = [];
  const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
  return new Trainer({ model: new Toy(), loss: toyLoss, optimizer, seed: 1, createEngine: engine, workers: count });
}

/** Workers that are there, each of which holds a lock. */
async function running(): Promise<number> {
  const { held = [] } = await navigator.locks.query();
  return held.filter(({ name }) => name?.startsWith("fovea-worker-")).length;
}

it("close ends every worker", async () => {
  const trainer = newTrainer(3);
  await trainer.takeStep(toyBatch(7, 0));
  expect(await running()).toBe(2);
  await trainer.close();
  await expect.poll(running).toBe(0);
  await trainer.close();
});

it("a worker that is gone makes the step fail, or the next one, and nothing hangs", async () => {
  const trainer = newTrainer(3);
  await trainer.takeStep(toyBatch(7, 0));
  workers[1]?.terminate();
  const message = "workers: expected every worker to do its part but found: a worker that has ended";
  await expect(trainer.takeStep(toyBatch(7, 1))).rejects.toThrow(new ModelError(message));
  await expect(trainer.takeStep(toyBatch(7, 1))).rejects.toThrow(new ModelError(message));
  expect(trainer.step).toBe(1);
  await trainer.close();
  await expect.poll(running).toBe(0);
});

it.each([
  ["of this caller", 0, ""],
  ["of another worker", 6, "workers: expected every worker to do its part but found: "],
])("a step that fails in a rank %s is told in its words", async (_, row, before) => {
  const trainer = newTrainer(2);
  const batch = toyBatch(7, 0);
  batch.symbol.data[row] = 11;
  const message =
    "run: expected ONNX Runtime to run the model but found: Non-zero status code returned while running Gather node. Name:'' Status Message: indices element out of data bounds, idx=11 must be within the inclusive range [-11,10]";
  await expect(trainer.takeStep(batch)).rejects.toThrow(new ModelError(before + message));
  await trainer.close();
});

it.each([
  ["throws", "data:text/javascript,throw new Error('no')", "Uncaught Error: no"],
  ["is not there", "/nowhere.js", "a worker whose script does not load"],
])("a script that %s is told at the start, and leaves no worker", async (_, script, reason) => {
  const trainer = newTrainer(2, createWebEngine({ createWorker: () => new Worker(script) }));
  await expect(trainer.takeStep(toyBatch(7, 0))).rejects.toThrow(
    new ModelError(`workers: expected the script of each worker to say "ready" but found: ${reason}`),
  );
});

it("a checkpoint of two workers is gone on from, to the same bits", async () => {
  const [whole, first, second] = [newTrainer(2), newTrainer(2), newTrainer(2)];
  for (let step = 0; step < 4; step++) await whole.takeStep(toyBatch(7, step));
  for (let step = 0; step < 2; step++) await first.takeStep(toyBatch(7, step));
  await second.restore(await first.checkpoint(), 2);
  for (let step = 2; step < 4; step++) await second.takeStep(toyBatch(7, step));
  expect(await second.checkpoint()).toEqual(await whole.checkpoint());
  for (const trainer of [whole, first, second]) await trainer.close();
});
