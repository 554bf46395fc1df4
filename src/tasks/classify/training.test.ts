import { beforeAll, describe, expect, test } from "vitest";
import { type Folder, memoryFolder } from "../../data/folder.ts";
import { nodeBackend } from "../../runtime/node.ts";
import { DataError } from "../../tensor/errors.ts";
import type { DataEvent, TaskEvent, TestEvent } from "../events.ts";
import { openModel } from "../open-model.ts";
import { InterruptedError, type TrainOptions } from "../recipe.ts";
import {
  abortedAt,
  collect,
  type Files,
  readJson,
  sameBytes,
  training,
  trainOn,
  words,
} from "../text/training.fixture.ts";
import { classify } from "./index.ts";

const TINY: Readonly<Record<string, string>> = {
  steps: "6",
  batch: "4",
  validateEvery: "3",
  warmUp: "1",
  averaging: "0.5",
  "model.embeddingDim": "2",
  "model.encoderDim": "3",
  "model.attentionDim": "2",
};

/** Sentences of which one word alone decides the label. */
function sentences(count: number): string {
  const others = words(count, { letters: "klmn" });
  return others
    .map((word, i) => {
      const [decides, label] = [
        ["great", "good"],
        ["awful", "bad"],
      ][i % 2] as [string, string];
      return `${word} ${others[(7 * i + 1) % count]} ${decides} ${others[(3 * i + 2) % count]}\t${label}\n`;
    })
    .join("");
}

const FILES: Files = { "texts.tsv": sentences(80) };
const WEIGHTS = "model.safetensors";

const eventsOf = <Type extends TaskEvent["type"]>(events: readonly TaskEvent[], type: Type) =>
  events.filter((event): event is Extract<TaskEvent, { type: Type }> => event.type === type);

describe.each(["attention", "mean"])("a classifier by %s that learns", (pooling) => {
  const settings = {
    steps: "60",
    batch: "16",
    validateEvery: "20",
    learningRate: "0.02",
    averaging: "0.8",
    "model.embeddingDim": "6",
    "model.encoderDim": "5",
    "model.attentionDim": "4",
    "model.pooling": pooling,
    "model.dropout": "0.1",
  };
  let folder: Folder;
  let events: readonly TaskEvent[];
  beforeAll(async () => {
    ({ folder, events } = await trainOn(classify, { "texts.tsv": sentences(200) }, { settings }));
  });

  test("is right about texts that it has not seen, and measured by label", () => {
    const [{ overall, groups, metrics }] = eventsOf(events, "test") as [TestEvent];
    expect(overall.share).toBeGreaterThan(0.8);
    expect(groups.map(({ name }) => name)).toEqual(["bad", "good"]);
    expect(metrics.accuracy).toBeCloseTo(overall.share, 12);
    expect(metrics.macroF1).toBeGreaterThan(0.75);
    const [{ examples, maps }] = eventsOf(events, "examples") as [Extract<TaskEvent, { type: "examples" }>];
    expect(examples).toHaveLength(8);
    expect(maps).toHaveLength(8);
  });

  test("keeps its labels, and a temperature above 0", async () => {
    const { id2label, calibration } = await readJson<{
      id2label: Record<string, string>;
      calibration: { temperature: number };
    }>(folder, "config.json");
    expect(id2label).toEqual({ 0: "bad", 1: "good" });
    expect(calibration.temperature).toBeGreaterThan(0.2);
    expect(calibration.temperature).toBeLessThan(5);
  });

  test("changes its label with the word that decides, and weighs all words alike only without attention", async () => {
    const model = await openModel(folder, nodeBackend);
    for (const [text, label] of [
      ["kkk great mmm", "good"],
      ["kkk awful mmm", "bad"],
    ] as const) {
      const { prediction, map } = await model.explain(text);
      expect(prediction.output).toBe(label);
      const weights = Array.from(map.weights);
      expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 5);
      expect(new Set(weights).size).toBe(pooling === "mean" ? 1 : 4);
    }
    await model.close();
  });
});

describe("a training that was interrupted", () => {
  const settings = { ...TINY, "model.dropout": "0.2", "model.wordDropout": "0.2" };
  let whole: Folder;
  beforeAll(async () => {
    ({ folder: whole } = await trainOn(classify, FILES, { settings }));
  });

  async function interrupted(step: number, options: Partial<TrainOptions> = {}): Promise<Folder> {
    const folder = memoryFolder("model");
    const all = training(classify, FILES, { settings, ...options, ...abortedAt(step), folder });
    await expect(collect(all)).rejects.toThrow(new InterruptedError(step, "model"));
    return folder;
  }

  test.each([1, 4])("at step %i goes on to the same bits", async (step) => {
    const folder = await interrupted(step);
    await trainOn(classify, FILES, { resume: true, folder });
    expect(await folder.list()).toEqual(await whole.list());
    for (const name of [WEIGHTS, "onnx/model.onnx", "config.json", "tokenizer.json"]) {
      expect(sameBytes(await folder.read(name), await whole.read(name)), name).toBe(true);
    }
  });

  test("is not gone on with on changed data", async () => {
    const folder = await interrupted(2);
    const changed = (FILES["texts.tsv"] as string).replace("\tgood", "\tbad");
    await expect(trainOn(classify, { "texts.tsv": changed }, { resume: true, folder })).rejects.toThrow(
      new DataError(
        "resume: expected texts.tsv to be as it was when the run began but found it changed; train anew, without --resume",
        { file: "texts.tsv" },
      ),
    );
  });
});

describe("the data of a classifier", () => {
  const settings = { ...TINY, steps: "1" };

  test("is told, with its labels", async () => {
    const { events } = await trainOn(classify, FILES, { settings });
    const [data] = eventsOf(events, "data") as [DataEvent];
    expect(data).toMatchObject({ files: ["texts.tsv"], leftOut: 0, vocabulary: { labels: 2 } });
    expect(data.train + data.validation + data.test).toBe(80);
  });

  test("may hold labels to validate and test on that training never saw: they count as wrong", async () => {
    const files = { ...FILES, "other.tsv": "kkk\tindifferent\nlll\tindifferent\n" };
    const given = { train: ["texts.tsv"], validation: ["other.tsv"], test: ["other.tsv"] };
    const { folder, events } = await trainOn(classify, files, { settings, files: given });
    const [validation] = eventsOf(events, "evaluation");
    expect(validation?.metrics).toEqual({ accuracy: 0, loss: 0 });
    const [{ overall, groups, metrics }] = eventsOf(events, "test") as [TestEvent];
    expect(overall).toMatchObject({ count: 2, right: 0 });
    expect(groups).toMatchObject([{ name: "indifferent", count: 2, right: 0 }]);
    for (const value of Object.values(metrics)) expect(Number.isFinite(value)).toBe(true);
    const { calibration } = await readJson<{ calibration: { temperature: number } }>(folder, "config.json");
    expect(calibration.temperature).toBeGreaterThan(0);
  });

  test("may be tiny, with two labels", async () => {
    const tiny = "yes it is\tA\nno it is not\tB\nyes\tA\nno\tB\nyes yes\tA\nno no\tB\n";
    const { folder, events } = await trainOn(classify, { "tiny.tsv": tiny }, { settings });
    expect(eventsOf(events, "saved")).toHaveLength(1);
    const model = await openModel(folder, nodeBackend);
    const [answer] = await collect(model.predict(["yes"]));
    expect(answer).toMatchObject({ text: "yes", output: expect.stringMatching(/^[AB]$/) });
    await model.close();
  });

  test.each([
    ["label", (FILES["texts.tsv"] as string).replaceAll("\tbad", "\tgood"), 'only "good"'],
    [
      "text",
      words(11_500, { least: 6, most: 6, letters: "abcdefgh" })
        .map((word) => `text ${word}\t${word}\n`)
        .join(""),
      "more than 10000; is the column of labels the right one?",
    ],
  ])("has two classes or more, but not as many as texts: one %s a class", async (_, content, found) => {
    await expect(trainOn(classify, { "texts.tsv": content }, { settings })).rejects.toThrow(
      new DataError(`classify: expected two or more labels in texts.tsv but found ${found}`, { file: "texts.tsv" }),
    );
  });

  test("that is long is cut, not left out", async () => {
    const long = sentences(40).replaceAll("\t", `${" kk".repeat(30)}\t`);
    const { folder, events } = await trainOn(
      classify,
      { "texts.tsv": long },
      { settings: { ...settings, sourceLen: "6" } },
    );
    expect(eventsOf(events, "data")[0]).toMatchObject({ leftOut: 0 });
    expect(await readJson(folder, "config.json")).toMatchObject({ limits: { sourceLen: 6 } });
  });

  test("is watched as it is learnt", async () => {
    const { events } = await trainOn(classify, FILES, { settings: TINY, probes: [" great  day "] });
    const probes = eventsOf(events, "probe");
    expect(probes.map(({ step }) => step)).toEqual([0, 3, 6]);
    expect(probes[0]?.explanations[0]?.map.columns).toHaveLength(3);
  });
});
