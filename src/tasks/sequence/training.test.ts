import { beforeAll, describe, expect, test } from "vitest";
import { type Folder, memoryFolder } from "../../data/folder.ts";
import { readSafetensors } from "../../data/safetensors.ts";
import { nodeBackend } from "../../runtime/node.ts";
import { DataError } from "../../tensor/errors.ts";
import { numbers } from "../../tensor/nd-array.ts";
import { CHECKPOINT_FILE } from "../checkpoint.ts";
import type { DataEvent, TaskEvent, TestEvent } from "../events.ts";
import { openModel } from "../open-model.ts";
import { InterruptedError, type TrainOptions } from "../recipe.ts";
import {
  abortedAt,
  capitals,
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
import { translate } from "../translate/index.ts";

/** Small enough for seconds, most of which the graphs take. */
const TINY: Readonly<Record<string, string>> = {
  steps: "6",
  batch: "4",
  validateEvery: "3",
  warmUp: "1",
  learningRate: "0.02",
  averaging: "0.5",
  "model.embeddingDim": "2",
  "model.encoderDim": "3",
  "model.decoderDim": "5",
  "model.attentionDim": "2",
};
const FILES: Files = { "pairs.tsv": capitals(80) };
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

const eventsOf = <Type extends TaskEvent["type"]>(events: readonly TaskEvent[], type: Type) =>
  events.filter((event): event is Extract<TaskEvent, { type: Type }> => event.type === type);

describe("what is told of the data", () => {
  const settings = { ...TINY, steps: "1", validateEvery: "1" };

  test("counts examples, tokens, and nothing to warn of", async () => {
    const { events } = await trainOn(transduce, FILES, { settings });
    const [data] = eventsOf(events, "data") as [DataEvent];
    expect(data.train + data.validation + data.test).toBe(80);
    expect(data).toMatchObject({ files: ["pairs.tsv"], leftOut: 0, vocabulary: { source: 9, target: 9 } });
    expect(eventsOf(events, "warning")).toEqual([]);
  });

  test("warns of what is too long, of bad records that were skipped, and of texts in training and test alike", async () => {
    const files = {
      "train.tsv": `${capitals(60)}only one column\nabcdeabcde\tABCDEABCDE\n${"a".repeat(20)}\tA\na\tb\tc\n`,
      "valid.tsv": words(8, { seed: 3, letters: "de" })
        .map((word) => `${word}\t${word}\n`)
        .join(""),
      "test.tsv": `${capitals(2)}eeeeeeee\tE\n`,
    };
    const { events } = await trainOn(transduce, files, {
      settings: { ...settings, sourceLen: "7", targetLen: "7" },
      files: { train: ["train.tsv"], validation: ["valid.tsv"], test: ["test.tsv"], skipBad: true },
    });
    const [data] = eventsOf(events, "data") as [DataEvent];
    expect(data).toMatchObject({ files: ["train.tsv", "valid.tsv", "test.tsv"], train: 60, test: 3, leftOut: 4 });
    expect(eventsOf(events, "warning").map(({ message }) => message)).toEqual([
      "2 bad records of train.tsv left out; the first: transduce: expected 2 columns (source, target) at train.tsv:61:16 but found 1; part columns by a tab",
      "2 of 62 training examples left out, longer than 7 and 7 tokens",
      "2 test texts are in the training data, too: what is measured on them is too good",
    ]);
    const [{ overall, rejected }] = eventsOf(events, "test") as [TestEvent];
    expect({ count: overall.count, rejected }).toEqual({ count: 3, rejected: 1 });
  });

  test("a bad record ends the training where none is to be skipped", async () => {
    const files = { "train.tsv": `${capitals(60)}only one column\n` };
    await expect(trainOn(transduce, files, { settings })).rejects.toThrow(
      new DataError(
        "transduce: expected 2 columns (source, target) at train.tsv:61:16 but found 1; part columns by a tab",
        { file: "train.tsv", line: 61, column: 16 },
      ),
    );
  });

  test.each([
    ["nothing", "", "transduce: expected records in pairs.tsv but found none"],
    ["a header alone", "source\ttarget\n", "transduce: expected records in pairs.tsv but found none"],
    [
      "one pair",
      "a\tA\n",
      "transduce: expected at least 3 different texts in pairs.tsv, to learn from and to hold out, but found 1; give more of them",
    ],
  ])("too little data is refused: %s", async (_, content, message) => {
    const refused = trainOn(transduce, { "pairs.tsv": content }, { settings });
    await expect(refused).rejects.toThrow(new DataError(message, { file: "pairs.tsv" }));
  });

  test("data all of which is too long is refused", async () => {
    const refused = trainOn(transduce, FILES, { settings: { ...settings, targetLen: "2" } });
    await expect(refused).rejects.toThrow(
      new DataError(
        "train: expected examples of at most 7 and 2 tokens in pairs.tsv but found none among 72; raise sourceLen or targetLen",
        { file: "pairs.tsv" },
      ),
    );
    const files = { ...FILES, "long.tsv": `${"a".repeat(30)}\tA\n` };
    const given = { train: ["pairs.tsv"], validation: ["long.tsv"] };
    await expect(trainOn(transduce, files, { settings, files: given })).rejects.toThrow(
      new DataError(
        "train: expected validation examples of at most 7 and 7 tokens but found none among 1; raise sourceLen or targetLen",
      ),
    );
  });

  test("a folder that is not empty is left alone", async () => {
    const folder = memoryFolder("full", { files: [["notes.txt", new Uint8Array(1)]] });
    await expect(trainOn(transduce, FILES, { settings, folder })).rejects.toThrow(
      new DataError("train: expected full to be empty but found notes.txt; take another folder, or --resume"),
    );
    expect(await folder.list()).toEqual(["notes.txt"]);
  });
});

describe("a trained model", () => {
  test("is measured on quarters of the test texts by their length, and told how far to trust it", async () => {
    const { folder, events } = await trainOn(transduce, { "pairs.tsv": capitals(240) }, { settings: TINY });
    const [{ groups, groupedBy, metrics, overall }] = eventsOf(events, "test") as [TestEvent];
    expect(groupedBy).toBe("length");
    expect(groups.length).toBeGreaterThan(1);
    expect(groups.length).toBeLessThanOrEqual(4);
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(overall.count);
    const bounds = groups.map(({ name }) => (name.match(/^(\d+)(?:–(\d+))? tokens$/) ?? []).slice(1));
    const flat = bounds.map(([from, to]) => [Number(from), Number(to ?? from)]);
    for (const [i, [from, to]] of flat.entries()) {
      expect(from).toBeLessThanOrEqual(to as number);
      if (i > 0) expect(from).toBeGreaterThan(flat[i - 1]?.[1] as number);
    }
    const { calibration } = await readJson<{ calibration: { threshold: number } }>(folder, "config.json");
    expect(calibration.threshold).toBeGreaterThanOrEqual(0);
    expect(calibration.threshold).toBeLessThanOrEqual(1);
    expect(metrics.certainShare).toBeGreaterThanOrEqual(0);
    const model = await openModel(folder, nodeBackend);
    for await (const answer of model.predict(words(5))) {
      if (!("output" in answer)) throw new RangeError(answer.error);
      expect(answer.certain).toBe(answer.confidence >= calibration.threshold);
    }
    await model.close();
  });

  test("that learns rewrites what it has not seen", async () => {
    const settings = {
      steps: "300",
      batch: "32",
      validateEvery: "100",
      learningRate: "0.02",
      averaging: "0.9",
      "model.embeddingDim": "8",
      "model.encoderDim": "12",
      "model.decoderDim": "16",
      "model.attentionDim": "8",
    };
    const pairs = words(400, { least: 3, most: 3, letters: "abcdefgh" }).map(
      (word) => `${word}\t${word.toUpperCase()}\n`,
    );
    const { events } = await trainOn(transduce, { "pairs.tsv": pairs.join("") }, { settings });
    const [{ overall }] = eventsOf(events, "test") as [TestEvent];
    expect(overall.share).toBeGreaterThan(0.9);
  });

  test("of sentences is measured by BLEU, and says nothing of certainty", async () => {
    const settings = { ...TINY, sourceTokens: "word", targetTokens: "word", beam: "2", "model.type": "luong" };
    const sentences = words(60).map((word, i) => `${word} and ${word}\t${word} plus ${word} ${i % 3}\n`);
    const { folder, events } = await trainOn(translate, { "pairs.tsv": sentences.join("") }, { settings });
    const [test] = eventsOf(events, "test") as [TestEvent];
    expect(Object.keys(test.metrics).sort()).toEqual(["bleu", "bleuTokenized", "chrf", "loss", "perplexity"]);
    expect(Object.keys(test.intervals ?? {})).toEqual(["bleu"]);
    expect(test.groups.every(({ metrics }) => metrics?.bleu !== undefined)).toBe(true);
    const config = await readJson<{ calibration: object; model_type: string }>(folder, "config.json");
    expect(config).toMatchObject({ calibration: {}, model_type: "luong" });
  });

  test("is watched as it learns", async () => {
    const { events } = await trainOn(transduce, FILES, { settings: TINY, probes: [" abc ", "e"] });
    const probes = eventsOf(events, "probe");
    expect(probes.map(({ step }) => step)).toEqual([0, 3, 6]);
    for (const { explanations } of probes) {
      expect(explanations.map(({ prediction }) => prediction.text)).toEqual(["abc", "e"]);
      expect(explanations[0]?.map.columns).toEqual(["a", "b", "c", "</s>"]);
    }
  });
});
