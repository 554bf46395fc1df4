import type { Worker } from "node:worker_threads";
import { ModelError, Trainer } from "fovea";
import { sgd } from "fovea/nn";
import { nodeEngine } from "fovea/node";
import type { Engine, TrainingProgram } from "fovea/runtime";
import { applyOne, array, constant, input } from "fovea/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { badBatch, Toy, type ToyArray, toyBatch, toyLoss } from "./support/toy-model.ts";

/** Worker threads that this file has started. */
let threads: Worker[] = [];
const remember = (thread: Worker) => threads.push(thread);
beforeEach(() => {
  threads = [];
  process.on("worker", remember);
});
afterEach(() => {
  process.off("worker", remember);
});

const running = () => threads.filter(({ threadId }) => threadId !== -1).length;

function newTrainer(workers: number): Trainer<Toy, ToyArray> {
  const model = new Toy({ dropout: 0 });
  const optimizer = sgd({ learningRate: 0.1 });
  return new Trainer({ model, loss: toyLoss, optimizer, seed: 1, createEngine: nodeEngine, workers });
}

const OUT_OF_BOUNDS =
  "Non-zero status code returned while running Gather node. Name:'' Status Message: indices element out of data bounds, idx=11 must be within the inclusive range [-11,10]";

describe("a failing step", () => {
  it.each([
    ["of the calling thread", 0, `run: expected ONNX Runtime to run the model but found: ${OUT_OF_BOUNDS}`],
    [
      "of another worker",
      6,
      `workers: expected every worker to do its part but found: run: expected ONNX Runtime to run the model but found: ${OUT_OF_BOUNDS}`,
    ],
  ])("%s ends the engine, and nothing hangs", async (_, row, message) => {
    const trainer = newTrainer(3);
    await trainer.takeStep(toyBatch(7, 0));
    expect(running()).toBe(2);
    await expect(trainer.takeStep(badBatch(7, row))).rejects.toThrow(new ModelError(message));
    await expect(trainer.takeStep(toyBatch(7, 1))).rejects.toThrow(new ModelError(message));
    expect(trainer.step).toBe(1);
    await trainer.close();
    expect(running()).toBe(0);
  });
});

it("a batch of fewer examples than workers is refused, and the engine stays whole", async () => {
  const trainer = newTrainer(3);
  const message = "workers: expected a batch of at least 3 examples but found 2";
  await expect(trainer.takeStep(toyBatch(2, 0))).rejects.toThrow(new RangeError(message));
  expect((await trainer.takeStep(toyBatch(3, 0))).step).toBe(1);
  await trainer.close();
  expect(running()).toBe(0);
});

describe("a thread that is ended from outside", () => {
  const message = "workers: expected every worker to do its part but found: a thread that has ended";

  it("between two steps makes the next one fail", async () => {
    const trainer = newTrainer(2);
    await trainer.takeStep(toyBatch(7, 0));
    await threads[0]?.terminate();
    await expect(trainer.takeStep(toyBatch(7, 1))).rejects.toThrow(new ModelError(message));
    await trainer.close();
  });

  it("during a step makes it fail", async () => {
    const trainer = newTrainer(2);
    await trainer.takeStep(toyBatch(7, 0));
    void threads[0]?.terminate();
    await expect(trainer.takeStep(toyBatch(7, 1))).rejects.toThrow(new ModelError(message));
    await trainer.close();
    await trainer.close();
  });
});

/** A program of one parameter; its graphs hold what ONNX Runtime has no code for, where asked. */
function program({
  badUpdate = false,
  badGradients = false,
}: {
  badUpdate?: boolean;
  badGradients?: boolean;
}): TrainingProgram {
  const spoil = (bad: boolean) =>
    bad ? applyOne("Sin", [constant(array([1], [1], "bfloat16"))]).cast("float32") : constant([0]);
  const parameters = input("parameters", [1]);
  return {
    seed: 1,
    state: { parameters: array([1]) },
    update: { parameters: parameters.sub(input("sum.gradient", [1])).add(spoil(badUpdate)) },
    gradients: () => {
      const sum = input("x", [1]).mul(parameters).add(spoil(badGradients)).sum();
      const outputs = { "sum.gradient": input("x", [1]), "sum.loss": sum, "sum.weight": constant(1) };
      return { outputs, noise: new Map() };
    },
  };
}

it("a graph that cannot be loaded is told at the start, or at the first step, and leaves no thread", async () => {
  const unknown = /^onnx: expected a model that ONNX Runtime can load but found: .*NOT_IMPLEMENTED/;
  const failing: unknown = await nodeEngine(program({ badUpdate: true }), { workers: 3 }).catch(
    (error: unknown) => error,
  );
  expect(failing).toBeInstanceOf(ModelError);
  expect((failing as ModelError).message).toMatch(unknown);
  expect(running()).toBe(0);
  const engine: Engine = await nodeEngine(program({ badGradients: true }), { workers: 3 });
  const batch = { x: array([1, 2, 3], [3, 1]) };
  const error: unknown = await engine.step(batch, { step: 0, scalars: {} }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ModelError);
  expect((error as ModelError).message).toMatch(unknown);
  await engine.close();
  expect(running()).toBe(0);
});

it("close ends every thread", async () => {
  const trainers = [newTrainer(2), newTrainer(3)];
  for (const trainer of trainers) await trainer.takeStep(toyBatch(7, 0));
  expect(running()).toBe(3);
  for (const trainer of trainers) await trainer.close();
  expect(running()).toBe(0);
});
