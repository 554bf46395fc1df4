import { DataError, InterruptedError, ModelError, memoryFolder, readSafetensors, writeSafetensors } from "fovea";
import { describe, expect, it } from "vitest";
import { same, train } from "./support/dates.ts";
import { forgetThreads, runningThreads, startedThreads } from "./support/threads.ts";

const CHECKPOINT = "checkpoint.safetensors";

interface Progress {
  readonly settings: { readonly model: Readonly<Record<string, unknown>> };
}

describe("a checkpoint that is not this training's own", () => {
  async function refusal(change: (progress: Progress) => unknown): Promise<ModelError> {
    const folder = memoryFolder();
    await expect(train(folder, { signal: AbortSignal.abort(), workers: 2 })).rejects.toThrow(InterruptedError);
    const { tensors, metadata } = readSafetensors((await folder.read(CHECKPOINT)) as Uint8Array);
    const progress = change(JSON.parse(metadata.progress as string) as Progress);
    const changed = writeSafetensors(tensors, { progress: JSON.stringify(progress) });
    await folder.write(CHECKPOINT, changed);
    forgetThreads();
    const error: unknown = await train(folder, { resume: true, settings: {} }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ModelError);
    expect(same(await folder.read(CHECKPOINT), changed)).toBe(true);
    return error as ModelError;
  }

  it.each([
    ["of another recipe", (progress: Progress) => ({ ...progress, settings: { seed: 1 } })],
    ["of no recipe", () => "x"],
  ])("(%s) is refused", async (_, change) => {
    const { message } = await refusal(change);
    expect(message).toBe("resume: expected a checkpoint of the dates recipe but found another; train without --resume");
    expect(startedThreads()).toHaveLength(0);
  });

  it("(of a model of another size) is refused, and no worker thread is left", async () => {
    const { message } = await refusal(({ settings, ...rest }) => {
      return { ...rest, settings: { ...settings, model: { ...settings.model, energyDim: 4 } } };
    });
    expect(message).toMatch(
      /^parameters: expected attention\.[\w.]+ to be float32 \[\d+,4\] but found float32 \[\d+,2\]$/,
    );
    expect([startedThreads().length, runningThreads()]).toEqual([1, 0]);
  });

  it("(cut off) is refused", async () => {
    const folder = memoryFolder();
    await expect(train(folder, { signal: AbortSignal.abort() })).rejects.toThrow(InterruptedError);
    const whole = (await folder.read(CHECKPOINT)) as Uint8Array;
    await folder.write(CHECKPOINT, whole.subarray(0, whole.length - 4));
    const size = /^safetensors: expected (\d+) bytes of tensors but found (\d+)$/;
    const error: unknown = await train(folder, { resume: true, settings: {} }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    const [, expected, found] = size.exec((error as DataError).message) ?? [];
    expect(Number(expected) - Number(found)).toBe(4);
  });
});

describe("refused is", () => {
  it("a folder that holds something", async () => {
    const folder = memoryFolder("runs/full");
    await folder.write("notes.txt", new Uint8Array(1));
    const message = "train: expected runs/full to be empty but found notes.txt; take another folder, or --resume";
    await expect(train(folder)).rejects.toThrow(new DataError(message));
    expect(await folder.list()).toEqual(["notes.txt"]);
  });

  it("to go on without a checkpoint", async () => {
    const message = "resume: expected a checkpoint in runs/none but found none; train without --resume";
    await expect(train(memoryFolder("runs/none"), { resume: true })).rejects.toThrow(new DataError(message));
  });

  it("to go on with other settings", async () => {
    const folder = memoryFolder();
    await expect(train(folder, { signal: AbortSignal.abort() })).rejects.toThrow(InterruptedError);
    const again = train(folder, { resume: true, seed: 2 });
    const message = "resume: expected seed to be 1, as when the run began, but found 2; leave it out";
    await expect(again).rejects.toThrow(new RangeError(message));
  });

  it.each([
    [
      { settings: { speed: "1" } },
      /^dates: expected a setting \(seed, steps, batch, .*, model\.maskPadding\) but found speed$/,
    ],
    [{ workers: 0 }, "dates: expected workers to be a whole number from 1 to 64 but found 0"],
    [{ steps: 1.5 }, "dates: expected steps to be a whole number from 1 to 1000000 but found 1.5"],
    [{ settings: { "model.maskPadding": "1" } }, "dates: expected model.maskPadding to be true or false but found 1"],
    [{ workers: 3, batch: 2 }, "dates: expected a batch of at least 3 examples, one a worker, but found 2"],
  ])("%j, before anything is written", async (options, message) => {
    const folder = memoryFolder();
    const error: unknown = await train(folder, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RangeError);
    if (typeof message === "string") expect((error as Error).message).toBe(message);
    else expect((error as Error).message).toMatch(message);
    expect(await folder.list()).toEqual([]);
  });
});
