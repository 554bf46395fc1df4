import { ModelError, Trainer } from "fovea";
import { sgd } from "fovea/nn";
import { nodeEngine } from "fovea/node";
import type { Engine, TrainingProgram } from "fovea/runtime";
import { applyOne, array, constant, input } from "fovea/tensor";
import { beforeEach, describe, expect, it } from "vitest";
import { forgetThreads, runningThreads, startedThreads } from "./support/threads.ts";
import { badBatch, Toy, type ToyArray, toyBatch, toyLoss } from "./support/toy-model.ts";

beforeEach(forgetThreads);

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
    expect(runningThreads()).toBe(2);
    await expect(trainer.takeStep(badBatch(7, row))).rejects.toThrow(new ModelError(message));
    await expect(trainer.takeStep(toyBatch(7, 1))).rejects.toThrow(new ModelError(message));
    expect(trainer.step).toBe(1);
    await trainer.close();
    expect(runningThreads()).toBe(0);
  });
});

it("a batch of fewer examples than workers is refused, and the engine stays whole", async () => {
  const trainer = newTrainer(3);
  const message = "workers: expected a batch of at least 3 examples but found 2";
  await expect(trainer.takeStep(toyBatch(2, 0))).rejects.toThrow(new RangeError(message));
  expect((await trainer.takeStep(toyBatch(3, 0))).step).toBe(1);
  await trainer.close();
  expect(runningThreads()).toBe(0);
});

it("a thread that is ended from outside makes the next step fail", async () => {
  const trainer = newTrainer(2);
  await trainer.takeStep(toyBatch(7, 0));
  // When this is done the thread is at rest: ended while ONNX Runtime computes, it would take the process with it.
  await trainer.restore(await trainer.checkpoint(), 1);
  await startedThreads()[0]?.terminate();
  const message = "workers: expected every worker to do its part but found: a thread that has ended";
  await expect(trainer.takeStep(toyBatch(7, 1))).rejects.toThrow(new ModelError(message));
  await trainer.close();
  await trainer.close();
});

/** A program of one parameter; its graphs hold what ONNX Runtime has no code for, where asked. */
function program({
  badUpdate = false,
  badGradients = false,
}: {
  badUpdate?: boolean;
  badGradients?: boolean;
}): TrainingProgram {
  const parameters = input("parameters", [1]);
  const spoil = (bad: boolean) =>
    bad ? applyOne("Sin", [parameters.cast("bfloat16")]).cast("float32") : parameters.mul(0.5);
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
  const message =
    "onnx: expected a model that ONNX Runtime can load but found: This is an invalid model. Type Error: Type 'tensor(bfloat16)' of input parameter (t1) of operator (Sin) in node () is invalid.";
  await expect(nodeEngine(program({ badUpdate: true }), { workers: 3 })).rejects.toThrow(new ModelError(message));
  expect(runningThreads()).toBe(0);
  const engine: Engine = await nodeEngine(program({ badGradients: true }), { workers: 3 });
  const step = engine.step({ x: array([1, 2, 3], [3, 1]) }, { step: 0, scalars: {} });
  await expect(step).rejects.toThrow(new ModelError(message));
  await engine.close();
  expect(runningThreads()).toBe(0);
});

it("close ends every thread", async () => {
  const trainers = [newTrainer(2), newTrainer(3)];
  for (const trainer of trainers) await trainer.takeStep(toyBatch(7, 0));
  expect(runningThreads()).toBe(3);
  for (const trainer of trainers) await trainer.close();
  expect(runningThreads()).toBe(0);
});
