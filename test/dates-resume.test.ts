import {
  DataError,
  type Folder,
  InterruptedError,
  ModelError,
  memoryFolder,
  readSafetensors,
  type TaskEvent,
  writeSafetensors,
} from "fovea";
import { nodeBackend } from "fovea/node";
import { beforeAll, describe, expect, it } from "vitest";
import { dates, type Outcome, outcomeOf, readJson, same, TINY, train, trainedOutcome } from "./support/dates.ts";
import { abortAt, fullAfter, poisonedAt } from "./support/failing.ts";

const WEIGHTS = "model.safetensors";
const CHECKPOINT = "checkpoint.safetensors";

let wanted: Outcome;
beforeAll(async () => {
  wanted = await trainedOutcome();
});

/** The step that a folder's checkpoint was written at, which also shows that it is whole. */
async function checkpointStep(folder: Folder): Promise<number> {
  const { metadata } = readSafetensors((await folder.read(CHECKPOINT)) as Uint8Array);
  return (JSON.parse(metadata.progress as string) as { step: number }).step;
}

/** Goes on to the end, to the bits of a training that nothing stopped. */
async function expectResumes(folder: Folder, step: number, expected: Outcome = wanted): Promise<TaskEvent[]> {
  const events = await train(folder, { resume: true, settings: {} });
  expect(events[0]).toMatchObject({ type: "start", step, steps: 12 });
  const { weights, ...others } = await outcomeOf(folder, events);
  expect(same(weights, expected.weights)).toBe(true);
  // Where no step was left to take, no loss is told again.
  expect(others).toEqual({ ...expected, weights: undefined, loss: step === 12 ? undefined : expected.loss });
  expect(await folder.list()).not.toContain(CHECKPOINT);
  return events;
}

describe("an abort", () => {
  it.each([4, 7])("at step %i saves a checkpoint, from which the very same model comes", async (step) => {
    const folder = memoryFolder("runs/a");
    const events: TaskEvent[] = [];
    const run = async () => {
      const { signal, createEngine } = abortAt(step);
      const options = { folder, createEngine, backend: nodeBackend, settings: TINY, signal };
      for await (const event of dates.train(options)) events.push(event);
    };
    const error: unknown = await run().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InterruptedError);
    expect(error).toMatchObject({
      name: "InterruptedError",
      step,
      message: `train: interrupted at step ${step}; the checkpoint is in runs/a, go on with --resume`,
    });
    expect(events.at(-1)).toEqual({ type: "checkpoint", step, folder: "runs/a" });
    expect([await folder.list(), await checkpointStep(folder)]).toEqual([[CHECKPOINT], step]);
    await expectResumes(folder, step);
  });

  it("before the first step, and again and again, loses nothing", async () => {
    const folder = memoryFolder();
    await expect(train(folder, { signal: AbortSignal.abort() })).rejects.toThrow(InterruptedError);
    expect(await checkpointStep(folder)).toBe(0);
    for (const step of [2, 5, 6]) {
      await expect(train(folder, { ...abortAt(step), resume: true })).rejects.toThrow(InterruptedError);
      expect(await checkpointStep(folder)).toBe(step);
    }
    await expectResumes(folder, 6);
  });

  it("of two workers is gone on from by two", async () => {
    const folder = memoryFolder();
    await expect(train(folder, { ...abortAt(6), workers: 2 })).rejects.toThrow(InterruptedError);
    const events = await expectResumes(folder, 6, await trainedOutcome({ workers: 2 }));
    expect(events[0]).toMatchObject({ workers: 2 });
  });
});

describe("a full disk", () => {
  const message = (name: string) => `folder: expected to write ${name} but found the disk full (ENOSPC)`;

  it("at the first checkpoint leaves the folder empty", async () => {
    const folder = memoryFolder();
    await expect(train(fullAfter(folder, 0))).rejects.toThrow(new DataError(message(CHECKPOINT)));
    expect(await folder.list()).toEqual([]);
  });

  it.each([
    [1, 0, CHECKPOINT],
    [4, 12, "model.safetensors"],
    [9, 12, "config.json"],
  ])("after %i writes keeps the checkpoint of step %i, from which training goes on", async (writes, step, name) => {
    const folder = memoryFolder();
    await expect(train(fullAfter(folder, writes))).rejects.toThrow(new DataError(message(name)));
    expect(await checkpointStep(folder)).toBe(step);
    await expectResumes(folder, step);
  });
});

describe("a loss that is no number", () => {
  it("ends training, names the step and keeps the last checkpoint", async () => {
    const [poisoned, step] = [7, 4];
    const folder = memoryFolder();
    const message = `train: expected a finite loss but found NaN at step ${poisoned + 1}; lower the learning rate or clip the gradient`;
    await expect(train(folder, { createEngine: poisonedAt(poisoned) })).rejects.toThrow(new ModelError(message));
    expect([await folder.list(), await checkpointStep(folder)]).toEqual([[CHECKPOINT], step]);
    await expectResumes(folder, step);
  });
});

it("a training that has stopped early is not trained further when its end is made up for", async () => {
  const folder = memoryFolder();
  const settings = { ...TINY, steps: "40", patience: "1" };
  await expect(train(folder, { ...abortAt(2), settings })).rejects.toThrow(InterruptedError);
  const { tensors, metadata } = readSafetensors((await folder.read(CHECKPOINT)) as Uint8Array);
  const progress = JSON.parse(metadata.progress as string) as object;
  const best = { step: 1, score: 1 };
  for (const [name, value] of [...tensors]) {
    if (name.startsWith("parameters/")) tensors.set(name.replace("parameters/", "best/"), value);
  }
  await folder.write(CHECKPOINT, writeSafetensors(tensors, { progress: JSON.stringify({ ...progress, best }) }));
  // The next validation is not better than that, so training stops; and then the disk is full.
  await expect(train(fullAfter(folder, 1), { resume: true, settings: {} })).rejects.toThrow(DataError);
  expect(await checkpointStep(folder)).toBe(4);
  const events = await train(folder, { resume: true, settings: {} });
  expect(events.map(({ type }) => type)).toEqual(["start", "test", "examples", "saved"]);
  const weights = readSafetensors((await folder.read(WEIGHTS)) as Uint8Array).tensors;
  expect(weights.get("classifier.bias")).toEqual(tensors.get("parameters/classifier.bias"));
  expect(await readJson(folder, "metrics.json")).toMatchObject({ bestStep: 1 });
});
