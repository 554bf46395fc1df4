import { describe, expect, test } from "vitest";
import { memoryFolder } from "../../data/folder.ts";
import { nodeBackend } from "../../runtime/node.ts";
import { DataError } from "../../tensor/errors.ts";
import { dialogue } from "../dialogue/index.ts";
import type { DataEvent, TaskEvent, TestEvent } from "../events.ts";
import { openModel } from "../open-model.ts";
import { summarize } from "../summarize/index.ts";
import { capitals, type Files, readJson, trainOn, words } from "../text/training.fixture.ts";
import { transduce } from "../transduce/index.ts";
import { translate } from "../translate/index.ts";
import { TINY } from "./models.fixture.ts";

const FILES: Files = { "pairs.tsv": capitals(80) };

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
        "train: expected examples of at most 9 and 2 tokens in pairs.tsv but found none among 72; raise sourceLen or targetLen",
        { file: "pairs.tsv" },
      ),
    );
    const files = { ...FILES, "long.tsv": `${"a".repeat(30)}\tA\n` };
    const given = { train: ["pairs.tsv"], validation: ["long.tsv"] };
    await expect(trainOn(transduce, files, { settings, files: given })).rejects.toThrow(
      new DataError(
        "train: expected validation examples of at most 9 and 9 tokens but found none among 1; raise sourceLen or targetLen",
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

  test("of replies keeps the turns of a dialogue on one side", async () => {
    const settings = { ...TINY, steps: "1", beam: "1" };
    const turns = words(200).map((word, i) => `${Math.floor(i / 5)}\t${word} you\tno ${word}\n`);
    const table = `dialogue\tturn\treply\n${turns.join("")}`;
    const { events } = await trainOn(dialogue, { "turns.tsv": table }, { settings });
    const [data] = eventsOf(events, "data") as [DataEvent];
    expect([data.train % 5, data.validation % 5, data.test % 5]).toEqual([0, 0, 0]);
    expect(data.train + data.validation + data.test).toBe(200);
    expect(data.test).toBeGreaterThan(0);
    const [{ metrics }] = eventsOf(events, "test") as [TestEvent];
    expect(Object.keys(metrics).sort()).toEqual(["bleu", "exactMatch", "loss", "perplexity"]);
  });

  test("of headlines cuts what is long, in training and when it is asked", async () => {
    const settings = { ...TINY, steps: "1", beam: "1", sourceLen: "5", sourceTokens: "word", targetTokens: "word" };
    const articles = words(60).map((word) => `${`${word} `.repeat(12)}\t${word} news\n`);
    const { folder, events } = await trainOn(summarize, { "news.tsv": articles.join("") }, { settings });
    expect(eventsOf(events, "data")[0]).toMatchObject({ leftOut: 0 });
    const [{ metrics, rejected }] = eventsOf(events, "test") as [TestEvent];
    expect(Object.keys(metrics).sort()).toEqual(["loss", "perplexity", "rouge1", "rouge2", "rougeL"]);
    expect(rejected).toBeUndefined();
    const model = await openModel(folder, nodeBackend);
    expect((await model.explain("ab ".repeat(30))).map.columns).toHaveLength(5);
    await model.close();
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
