import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Folder,
  memoryFolder,
  openModel,
  type Prediction,
  readSafetensors,
  type TaskEvent,
  type TestEvent,
} from "fovea";
import { nodeBackend, nodeFolder } from "fovea/node";
import ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJson, same, TINY, train } from "./support/dates.ts";

/** The recipe's own model, trained for a moment. */
const options = {
  steps: 30,
  batch: 20,
  settings: { validateEvery: "10", validationCount: "50", testCount: "200" },
} as const;
const FILES = ["model.safetensors", "vocab.json", "onnx/model.onnx", "metrics.json", "README.md", "config.json"];

let root = "";
const memory: Folder = memoryFolder();
let disk: Folder;
let events: TaskEvent[];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "fovea-dates-"));
  disk = nodeFolder(join(root, "runs", "dates"));
  events = await train(disk, { ...options, seed: 1 });
  await train(memory, { ...options, workers: 1 });
});
afterAll(() => rm(root, { recursive: true }));

function only<Type extends TaskEvent["type"]>(type: Type): Extract<TaskEvent, { type: Type }>[] {
  return events.filter((event) => event.type === type) as Extract<TaskEvent, { type: Type }>[];
}

describe("the events of a training", () => {
  it("come in order", () => {
    const order = events.map(({ type }) => type).filter((type) => type !== "progress");
    const validated = ["evaluation", "checkpoint"];
    expect(order).toEqual(["start", ...validated, ...validated, ...validated, "test", "examples", "saved"]);
    expect(only("evaluation").map(({ step }) => step)).toEqual([10, 20, 30]);
    expect(only("checkpoint")).toEqual([10, 20, 30].map((step) => ({ type: "checkpoint", step, folder: disk.path })));
    const steps = only("progress").map(({ step }) => step);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
    expect(steps.at(-1)).toBe(30);
  });

  it("survive JSON", () => {
    for (const event of events) expect(JSON.parse(JSON.stringify(event))).toEqual(event);
  });

  it("tell what was asked for and how it goes", () => {
    const [start] = only("start");
    const sizes = { parameters: 53_472, step: 0, steps: 30, workers: 1, seed: 1 };
    expect(start).toEqual({ type: "start", task: "dates", folder: disk.path, ...sizes });
    for (const { loss, learningRate, examplesPerSecond, secondsLeft, steps } of only("progress")) {
      expect([loss > 0, learningRate > 0, examplesPerSecond > 0, secondsLeft >= 0, steps]).toEqual([
        true,
        true,
        true,
        true,
        30,
      ]);
    }
    expect(only("progress").at(-1)?.loss).toBeLessThan(only("progress")[0]?.loss as number);
    for (const { metrics, best } of only("evaluation")) {
      expect([metrics.exactMatch, best]).toEqual([expect.any(Number), expect.any(Boolean)]);
    }
  });

  it("tell what was measured", () => {
    const [test] = only("test");
    expect(test?.overall).toMatchObject({ name: "all formats", count: 200 });
    expect(test?.groups.reduce((sum, { count }) => sum + count, 0)).toBe(200);
    expect(Object.keys(test?.metrics ?? {}).sort()).toEqual([
      "certainRight",
      "certainShare",
      "doubtfulDistantYear",
      "doubtfulForeignDate",
      "doubtfulImpossibleDate",
      "doubtfulNonsense",
      "doubtfulRandomText",
      "focusDay",
      "focusMonth",
      "focusYear",
    ]);
    expect(test?.focus?.map(({ name }) => name)).toEqual(test?.groups.map(({ name }) => name));
    const [shown] = only("examples");
    expect(shown?.examples.map(({ expected }) => expected)).toContain("1958-08-29");
    expect(shown?.maps).toHaveLength(15);
    expect(shown?.maps[0]?.columns.join("")).toBe("the 29th of August 1958");
    for (const { rows, columns, weights } of shown?.maps ?? [])
      expect(weights.length).toBe(rows.length * columns.length);
  });
});

describe("the folder", () => {
  it("holds the same files in memory and on disk, and no checkpoint", async () => {
    const [saved] = only("saved");
    expect(saved).toEqual({ type: "saved", folder: disk.path, files: FILES, seconds: expect.any(Number) });
    expect(await disk.list()).toEqual([...FILES].sort());
    expect(await memory.list()).toEqual([...FILES].sort());
  });

  it("holds the same bits for the same seed, and others for another", async () => {
    for (const name of ["model.safetensors", "onnx/model.onnx", "config.json", "vocab.json"]) {
      expect(same(await disk.read(name), await memory.read(name)), name).toBe(true);
    }
    const [first, again, other] = [memoryFolder(), memoryFolder(), memoryFolder()];
    await train(first, { seed: 8, workers: 2 });
    await train(again, { seed: 8, workers: 2 });
    await train(other, { seed: 9, workers: 2 });
    const weights = "model.safetensors";
    expect(same(await first.read(weights), await again.read(weights))).toBe(true);
    expect(same(await first.read(weights), await other.read(weights))).toBe(false);
  });

  it("tells task, sizes and recipe, the symbols, and what was measured", async () => {
    const config = await readJson<Record<string, Record<string, unknown>>>(disk, "config.json");
    expect(config).toMatchObject({
      fovea: 1,
      task: "dates",
      model: { type: "date-normalizer", vocabulary: 39, encoderDim: 32, decoderDim: 64, energyDim: 10 },
      calibration: { temperature: expect.any(Number), threshold: expect.any(Number) },
      training: { seed: 1, steps: 30, batch: 20, validateEvery: 10, testCount: 200, learningRate: 0.02 },
    });
    const vocabulary = await readJson<{ input: string[]; output: string[] }>(disk, "vocab.json");
    expect([vocabulary.input.length, vocabulary.output.join("")]).toEqual([39, "0123456789-"]);
    const metrics = await readJson<Record<string, unknown>>(disk, "metrics.json");
    const history = metrics.history as { train: object[]; validation: object[] };
    expect([history.train.length, history.validation.length]).toEqual([30, 3]);
    expect(metrics).toMatchObject({ test: only("test")[0], parameters: 53_472, bestStep: expect.any(Number) });
    const card = new TextDecoder().decode(await disk.read("README.md"));
    expect(card).toContain("Seed 1, 30 steps of 20 generated examples, 1 worker, ");
    expect(card).toContain("53,472 parameters");
    const { calibration } = await readJson<{ calibration: { threshold: number } }>(disk, "config.json");
    const printed = Number(/confidence (\d(?:\.\d+)?) or more/.exec(card)?.[1]);
    expect(printed).toBeLessThanOrEqual(calibration.threshold);
    // Two decimals at least, and near one a tenth of what is missing to it.
    expect(calibration.threshold - printed).toBeLessThanOrEqual(Math.min(0.01, 1 - printed));
  });

  it("holds the weights under their paths", async () => {
    const { tensors } = readSafetensors((await disk.read("model.safetensors")) as Uint8Array);
    const shapes = Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]));
    expect(shapes).toMatchObject({ "encoder.forwardCell.bias": [128], "classifier.weight": [64, 11] });
    expect([...tensors.values()].reduce((sum, { data }) => sum + data.length, 0)).toBe(53_472);
  });
});

/** The model without a line of Fovea: text → symbols by `vocab.json`, ONNX Runtime, largest logit → character. */
async function readPlainly(
  folder: Folder,
  texts: readonly string[],
): Promise<{ answers: string[]; attention: Float32Array }> {
  const { input, output } = await readJson<{ input: string[]; output: string[] }>(folder, "vocab.json");
  const ids = texts.flatMap((text) =>
    Array.from({ length: 30 }, (_, i) => {
      const symbol = text[i] === undefined ? "<pad>" : text[i].toLowerCase();
      return input.indexOf(input.includes(symbol) ? symbol : "<unk>");
    }),
  );
  const session = await ort.InferenceSession.create((await folder.read("onnx/model.onnx")) as Uint8Array);
  const { logits, attention } = await session.run({
    text: new ort.Tensor("int32", Int32Array.from(ids), [texts.length, 30]),
    lengths: new ort.Tensor(
      "int32",
      Int32Array.from(texts, ({ length }) => length),
      [texts.length],
    ),
  });
  expect([logits?.dims, attention?.dims]).toEqual([
    [texts.length, 10, 11],
    [texts.length, 10, 30],
  ]);
  const values = logits?.data as Float32Array;
  const answers = texts.map((_, row) => {
    return Array.from({ length: 10 }, (__, i) => {
      const scores = values.subarray((row * 10 + i) * 11, (row * 10 + i + 1) * 11);
      return output[scores.indexOf(Math.max(...scores))];
    }).join("");
  });
  await session.release();
  return { answers, attention: attention?.data as Float32Array };
}

const TEXTS = ["3 May 1979", "10.09.70", "tuesday july 8 2008", "9", "the 29th of August 1958", "KÄSE (x)", "4/28/90"];

async function checkAgainstPlain(folder: Folder): Promise<void> {
  const model = await openModel(folder, nodeBackend);
  const { answers, attention } = await readPlainly(folder, TEXTS);
  const found: Prediction[] = [];
  for await (const answer of model.predict(TEXTS)) found.push(answer as Prediction);
  expect(found.map(({ text, output }) => [text, output])).toEqual(TEXTS.map((text, i) => [text, answers[i]]));
  for (const [row, text] of TEXTS.entries()) {
    const { prediction, map } = await model.explain(text);
    expect(prediction.output).toBe(answers[row]);
    expect([map.rows.join(""), map.columns.join("")]).toEqual([answers[row], text]);
    const wanted = Array.from({ length: 10 }, (_, step) => {
      const at = (row * 10 + step) * 30;
      return [...attention.subarray(at, at + text.length)];
    }).flat();
    for (const [i, weight] of wanted.entries()) expect(map.weights[i]).toBeCloseTo(weight, 5);
  }
  await model.close();
}

describe("the model, opened", () => {
  it("writes the very strings, and shows the very weights, of ONNX Runtime alone", () => checkAgainstPlain(disk));

  it("measures what training has measured", async () => {
    const model = await openModel(memory, nodeBackend);
    const measured: TaskEvent[] = [];
    for await (const event of model.evaluate()) measured.push(event);
    expect(measured).toEqual(only("test"));
    const [{ metrics }] = measured as [TestEvent];
    expect(Object.keys(metrics).sort()).toEqual(Object.keys(model.measures?.own ?? {}).sort());
    await model.close();
  });
});

it("the article's alphabet and attention to padding work, with 52,960 parameters", async () => {
  const folder = memoryFolder();
  const settings = { alphabet: "article", "model.maskPadding": "false", validationCount: "20", testCount: "30" };
  const [start] = await train(folder, { steps: 2, batch: 5, settings });
  expect(start).toMatchObject({ type: "start", parameters: 52_960 });
  expect((await readJson<{ input: string[] }>(folder, "vocab.json")).input).toHaveLength(37);
  expect(TINY.alphabet).toBeUndefined();
  await checkAgainstPlain(folder);
  const { attention } = await readPlainly(folder, ["9"]);
  expect(attention.subarray(0, 30).every((weight) => weight > 0)).toBe(true);
  const masked = await readPlainly(memory, ["9"]);
  expect([...masked.attention.subarray(0, 30)]).toEqual([1, ...new Array(29).fill(0)]);
});
