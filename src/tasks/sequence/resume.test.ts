import { beforeAll, describe, expect, test } from "vitest";
import { type Folder, memoryFolder } from "../../data/folder.ts";
import { readSafetensors } from "../../data/safetensors.ts";
import { nodeBackend } from "../../runtime/node.ts";
import { DataError } from "../../tensor/errors.ts";
import { numbers } from "../../tensor/nd-array.ts";
import { CHECKPOINT_FILE } from "../checkpoint.ts";
import { InterruptedError, type TrainOptions } from "../recipe.ts";
import {
  abortedAt,
  collect,
  type Files,
  openIn,
  readJson,
  sameBytes,
  training,
  trainOn,
  words,
} from "../text/training.fixture.ts";
import { transduce } from "../transduce/index.ts";
import { TINY } from "./models.fixture.ts";

const PAIRS = words(80, { least: 3, most: 4 }).map((word) => `${word}\t${word.toUpperCase()}\n`);
const FILES: Files = { "pairs.tsv": PAIRS.join("") };
const WEIGHTS = "model.safetensors";

/** A folder that keeps every checkpoint by its step. */
function recorded(folder: Folder): { folder: Folder; checkpoints: Map<number, Uint8Array> } {
  const checkpoints = new Map<number, Uint8Array>();
  const write: Folder["write"] = async (name, bytes) => {
    if (name === CHECKPOINT_FILE) checkpoints.set(progressOf(bytes).step as number, bytes.slice());
    await folder.write(name, bytes);
  };
  return { folder: { ...folder, write }, checkpoints };
}

function progressOf(checkpoint: Uint8Array): Record<string, unknown> {
  return JSON.parse(readSafetensors(checkpoint).metadata.progress as string) as Record<string, unknown>;
}

/** The arrays of a checkpoint, and what it tells but for the clock. */
function comparable(checkpoint: Uint8Array | undefined): unknown {
  const { tensors } = readSafetensors(checkpoint as Uint8Array);
  const { seconds, ...progress } = progressOf(checkpoint as Uint8Array);
  expect(typeof seconds).toBe("number");
  return { progress, arrays: [...tensors].map(([name, value]) => [name, numbers(value)]) };
}

async function interrupted(options: Partial<TrainOptions>, step: number, files = FILES): Promise<Folder> {
  const folder = memoryFolder("model");
  const all = training(transduce, files, { settings: TINY, ...options, ...abortedAt(step), folder });
  await expect(collect(all)).rejects.toThrow(new InterruptedError(step, "model"));
  expect(await folder.list()).toEqual([CHECKPOINT_FILE]);
  return folder;
}

async function outcome(folder: Folder): Promise<unknown> {
  const { trainingSeconds, history, ...metrics } = await readJson<Record<string, unknown>>(folder, "metrics.json");
  const { train, validation } = history as { train: unknown; validation: Record<string, unknown>[] };
  expect(typeof trainingSeconds).toBe("number");
  return { ...metrics, train, validation: validation.map(({ seconds: _, ...rest }) => rest) };
}

describe("a training that was interrupted", () => {
  let whole: Folder;
  let wanted: Map<number, Uint8Array>;
  beforeAll(async () => {
    const { folder, checkpoints } = recorded(memoryFolder("model"));
    whole = folder;
    wanted = checkpoints;
    await trainOn(transduce, FILES, { settings: TINY, folder });
    expect([...wanted.keys()]).toEqual([0, 3, 6]);
  });

  /** Goes on to the bits of the training that nothing stopped, file by file. */
  async function expectResumes(folder: Folder, options: Partial<TrainOptions> = {}, files = FILES): Promise<void> {
    const { folder: kept, checkpoints } = recorded(folder);
    await trainOn(transduce, files, { resume: true, folder: kept, ...options });
    expect(await kept.list()).toEqual(await whole.list());
    for (const name of await whole.list()) {
      if (name === "metrics.json" || name === "README.md") continue;
      expect(sameBytes(await kept.read(name), await whole.read(name)), name).toBe(true);
    }
    expect(await outcome(kept)).toEqual(await outcome(whole));
    for (const [step, bytes] of checkpoints) {
      if (wanted.has(step)) expect(comparable(bytes)).toEqual(comparable(wanted.get(step)));
    }
    expect(checkpoints.has(6)).toBe(true);
  }

  test.each([1, 5])("at step %i goes on to the same bits", async (step) => {
    await expectResumes(await interrupted({}, step));
  });

  test("twice goes on to the same bits", async () => {
    const folder = await interrupted({}, 2);
    const again = training(transduce, FILES, { resume: true, folder, ...abortedAt(4) });
    await expect(collect(again)).rejects.toThrow(new InterruptedError(4, "model"));
    await expectResumes(folder);
  });

  test("in a validation takes that up again", async () => {
    const controller = new AbortController();
    const folder = memoryFolder("model");
    let runs = 0;
    const backend = {
      ...nodeBackend,
      load: async (bytes: Uint8Array) => {
        if (++runs === 1) controller.abort();
        return nodeBackend.load(bytes);
      },
    };
    const all = training(transduce, FILES, { settings: TINY, backend, signal: controller.signal, folder });
    await expect(collect(all)).rejects.toThrow(new InterruptedError(3, "model"));
    await expectResumes(folder);
  });

  test("after its last step goes on to measure and to save", async () => {
    const controller = new AbortController();
    const folder = memoryFolder("model");
    const all = training(transduce, FILES, { settings: TINY, signal: controller.signal, folder });
    const steps: number[] = [];
    const stopped = (async () => {
      for await (const event of all) {
        if (event.type === "checkpoint") steps.push(event.step);
        if (steps.at(-1) === 6) controller.abort();
      }
    })();
    await expect(stopped).rejects.toThrow(new InterruptedError(6, "model"));
    expect(await folder.list()).toEqual([CHECKPOINT_FILE]);
    await trainOn(transduce, FILES, { resume: true, folder });
    expect(sameBytes(await folder.read(WEIGHTS), await whole.read(WEIGHTS))).toBe(true);
    expect(await outcome(folder)).toEqual(await outcome(whole));
  });

  test("whose data is read from its file again at every step, as data larger than memory is, has the same bits, too", async () => {
    const held = { "valid.tsv": "abc\tABC\ned\tED\n", "test.tsv": "bad\tBAD\n" };
    const files = { ...FILES, ...held };
    const given = { train: ["pairs.tsv"], validation: ["valid.tsv"], test: ["test.tsv"] };
    const { folder: inMemory } = await trainOn(transduce, files, { settings: TINY, files: given });
    let reads = 0;
    const inner = openIn(files);
    const openSource: TrainOptions["openSource"] = async (name) => {
      const source = await inner(name);
      const read: typeof source.read = (start, end) => {
        reads++;
        return source.read(start, Math.min(end, source.size));
      };
      // It says that it is larger than what is held in memory.
      return { ...source, size: 2 ** 40, read };
    };
    const folder = await interrupted({ openSource, files: given }, 4, files);
    await trainOn(transduce, files, { resume: true, folder, openSource });
    expect(sameBytes(await folder.read(WEIGHTS), await inMemory.read(WEIGHTS))).toBe(true);
    expect(await outcome(folder)).toEqual(await outcome(inMemory));
    expect(reads).toBeGreaterThanOrEqual(6 * 4);
  });

  test("needs no files to be named again, and takes those that are", async () => {
    await expectResumes(await interrupted({}, 2), { files: { train: ["pairs.tsv"] } });
  });

  test("with scheduled sampling and dropout draws the same numbers", async () => {
    const settings = { ...TINY, scheduledSampling: "0.5", "model.dropout": "0.3" };
    const { folder: straight } = await trainOn(transduce, FILES, { settings });
    const folder = await interrupted({ settings }, 2);
    await trainOn(transduce, FILES, { resume: true, folder });
    expect(sameBytes(await folder.read(WEIGHTS), await straight.read(WEIGHTS))).toBe(true);
    expect(sameBytes(await straight.read(WEIGHTS), await whole.read(WEIGHTS))).toBe(false);
  });

  test.each([
    ["another line", `${FILES["pairs.tsv"]}zzz\tZZZ\n`],
    ["an answer that differs", (FILES["pairs.tsv"] as string).replace(/[A-E]\n/, "Z\n")],
    [
      "lines in another order",
      (FILES["pairs.tsv"] as string)
        .split(/(?<=\n)/)
        .reverse()
        .join(""),
    ],
  ])("is not gone on with on changed data: %s", async (_, changed) => {
    expect(changed).not.toBe(FILES["pairs.tsv"]);
    const folder = await interrupted({}, 2);
    await expect(trainOn(transduce, { "pairs.tsv": changed }, { resume: true, folder })).rejects.toThrow(
      new DataError(
        "resume: expected pairs.tsv to be as it was when the run began but found it changed; train anew, without --resume",
        { file: "pairs.tsv" },
      ),
    );
    expect(await folder.list()).toEqual([CHECKPOINT_FILE]);
  });

  test("is not gone on with by other settings", async () => {
    const folder = await interrupted({}, 2);
    await expect(trainOn(transduce, FILES, { resume: true, folder, steps: 7 })).rejects.toThrow(
      new RangeError("resume: expected steps to be 6, as when the run began, but found 7; leave it out"),
    );
  });
});
