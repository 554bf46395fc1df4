import { describe, expect, it } from "vitest";
import { memoryFolder } from "../data/folder.ts";
import { writeSafetensors } from "../data/safetensors.ts";
import { DataError } from "../tensor/errors.ts";
import { array } from "../tensor/nd-array.ts";
import { CHECKPOINT_FILE, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";

const arrays = new Map([
  ["parameters/b", array([1.5, -0, Number.MIN_VALUE, 3e38], [2, 2])],
  ["parameters/a.weight", array([0.1], [1])],
  ["step", array([7], [], "int32")],
]);

it("is read as it was written: arrays to the bit, progress to the last digit", async () => {
  const folder = memoryFolder();
  const progress = { step: 3, loss: 0.1 + 0.2, name: "größer 日", list: [1e-300, null], nested: { done: false } };
  await writeCheckpoint(folder, { arrays, progress });
  expect(await folder.list()).toEqual(["checkpoint.safetensors"]);
  const found = await readCheckpoint(folder);
  expect(found.progress).toEqual(progress);
  expect(new Map([...found.arrays].sort())).toEqual(new Map([...arrays].sort()));
  await writeCheckpoint(folder, { arrays: new Map(), progress: null });
  expect(await readCheckpoint(folder)).toEqual({ arrays: new Map(), progress: null });
});

describe("is refused where", () => {
  it("there is none", async () => {
    const message = "resume: expected a checkpoint in runs/x but found none; train without --resume";
    await expect(readCheckpoint(memoryFolder("runs/x"))).rejects.toThrow(new DataError(message));
  });

  it.each([
    ["it tells no progress", {}],
    ["its progress is no JSON", { progress: "{" }],
  ])("%s", async (_, metadata: Record<string, string>) => {
    const folder = memoryFolder();
    await folder.write(CHECKPOINT_FILE, writeSafetensors(arrays, metadata));
    const message =
      "resume: expected checkpoint.safetensors to tell its progress but found none; train without --resume";
    await expect(readCheckpoint(folder)).rejects.toThrow(new DataError(message));
  });

  it("it ends too early, wherever that is", async () => {
    const folder = memoryFolder();
    const whole = writeSafetensors(arrays, { progress: "1" });
    for (let length = 0; length < whole.length; length++) {
      await folder.write(CHECKPOINT_FILE, whole.subarray(0, length));
      await expect(readCheckpoint(folder)).rejects.toThrow(DataError);
    }
    await folder.write(CHECKPOINT_FILE, whole);
    expect((await readCheckpoint(folder)).progress).toBe(1);
  });
});
