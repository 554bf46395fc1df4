import ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeText, type Folder, memoryFolder } from "../../data/folder.ts";
import { decode, encode } from "../../onnx/messages.ts";
import { writeModel } from "../../onnx/write.ts";
import { nodeBackend } from "../../runtime/node.ts";
import { DataError, ModelError } from "../../tensor/errors.ts";
import { array } from "../../tensor/nd-array.ts";
import { constant, input } from "../../tensor/tensor.ts";
import type { Change, LabelledText, Prediction, RejectedText, TestEvent } from "../events.ts";
import { openModel } from "../open-model.ts";
import type { OpenModel } from "../recipe.ts";
import { collect, readJson } from "../text/training.fixture.ts";
import { LABELS, TEXTS, untrainedFolder } from "./models.fixture.ts";

const NETWORK = "onnx/model.onnx";
const TEXT = TEXTS[1] as string;

async function* pairs(...list: readonly LabelledText[]): AsyncGenerator<LabelledText, void> {
  yield* list;
}

async function answersOf(model: OpenModel, texts: readonly (string | RejectedText)[]): Promise<Prediction[]> {
  return (await collect(model.predict(texts))) as Prediction[];
}

describe.each([{ pooling: "attention" }, { pooling: "mean" }] as const)("a classifier by $pooling", ({ pooling }) => {
  let model: OpenModel;
  let folder: Folder;
  beforeAll(async () => {
    ({ folder } = await untrainedFolder({ pooling }));
    model = await openModel(folder, nodeBackend);
  });
  afterAll(() => model.close());

  test("answers with one of its labels, whatever stands beside a text", async () => {
    const answers = await answersOf(model, TEXTS);
    expect(answers.map(({ text }) => text)).toEqual(TEXTS);
    expect(new Set(answers.map(({ output }) => output)).size).toBeGreaterThan(1);
    const turned = await answersOf(model, [...TEXTS].reverse());
    for (const [i, { output, confidence }] of answers.entries()) {
      expect(LABELS).toContain(output);
      expect(confidence).toBeGreaterThan(1 / 3 - 1e-6);
      const [alone] = await answersOf(model, [TEXTS[i] as string]);
      for (const other of [alone, turned.at(-1 - i)]) {
        expect(other).toEqual({ text: TEXTS[i], output, confidence: expect.closeTo(confidence, 5) });
      }
    }
  });

  test("keeps the place of what it cannot take", async () => {
    const broken: RejectedText = { text: "\ufffd", error: "lines: expected UTF-8 but found other bytes" };
    const found = await collect(model.predict([TEXT, "", broken, " \t", TEXT]));
    const message = "classify: expected a text but found none";
    expect(found.slice(1, 4)).toEqual([{ text: "", error: message }, broken, { text: " \t", error: message }]);
    expect(found[4]).toMatchObject({ ...(found[0] as Prediction), confidence: expect.anything() });
    await expect(model.explain(" ")).rejects.toThrow(new DataError(message));
  });

  test("reads the first words of a long text, and words that it has never seen", async () => {
    const long = `${"good ".repeat(8)}film and slow and dull`;
    const [cut, whole] = await answersOf(model, ["good ".repeat(8), long]);
    expect(whole).toEqual({ ...cut, text: long, confidence: expect.closeTo(cut?.confidence as number, 6) });
    expect((await model.explain(long)).map.columns).toHaveLength(9);
    expect((await answersOf(model, ["Ωmega 年 😀"]))[0]?.output).toBeDefined();
  });

  test("explains its label by the words, with the numbers of plain ONNX Runtime", async () => {
    const { prediction, map, candidates } = await model.explain(TEXT);
    const [answer] = await answersOf(model, [TEXT]);
    expect(prediction).toEqual({ ...answer, confidence: expect.closeTo(answer?.confidence as number, 6) });
    expect(map.rows).toEqual([prediction.output]);
    expect(map.columns).toHaveLength(4);
    const weights = Array.from(map.weights);
    expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 5);
    const [all] = candidates;
    expect(all?.map(({ token }) => token).sort()).toEqual([...LABELS]);
    expect(all?.[0]).toEqual({ token: prediction.output, probability: prediction.confidence });
    expect(all?.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    const session = await ort.InferenceSession.create((await folder.read(NETWORK)) as Uint8Array);
    const tokenizer = await readJson<{ model: { vocab: Record<string, number> } }>(folder, "tokenizer.json");
    const ids = map.columns.map((token) => tokenizer.model.vocab[token] ?? tokenizer.model.vocab[`▁${token}`]);
    const whole = (values: readonly number[]) => new ort.Tensor("int64", BigInt64Array.from(values, BigInt), [1, 4]);
    const found = await session.run({ input_ids: whole(ids as number[]), attention_mask: whole([1, 1, 1, 1]) });
    if (pooling === "mean") expect(weights).toEqual([0.25, 0.25, 0.25, 0.25]);
    else {
      const plain = [...((found["attentions.0"] as ort.Tensor).data as Float32Array)];
      for (const [i, weight] of plain.entries()) expect(weights[i]).toBeCloseTo(weight, 6);
    }
    const logits = [...((found.logits as ort.Tensor).data as Float32Array)];
    expect(LABELS[logits.indexOf(Math.max(...logits))]).toBe(prediction.output);
    await session.release();
  });

  test("can be made to say another label, with the probability that it has", async () => {
    const own = await model.explain(TEXT);
    const other = own.candidates[0]?.[2] as { token: string; probability: number };
    const { prediction, map } = await model.explain(TEXT, { written: [{ step: 0, token: other.token }] });
    expect(prediction).toEqual({ text: TEXT, output: other.token, confidence: other.probability });
    expect(map).toEqual({ ...own.map, title: `${TEXT} → ${other.token}`, rows: [other.token] });
  });

  test("counts right labels, labels that it does not know, and texts that it cannot take", async () => {
    const right = (await answersOf(model, TEXTS)).map(({ text, output }) => ({ text, expected: output }));
    const wrong = [
      { text: TEXT, expected: "never heard of" },
      { text: "", expected: "good" },
    ];
    const [event] = (await collect(model.evaluate({ pairs: pairs(...right, ...wrong) }))) as [TestEvent];
    expect(event.overall).toMatchObject({ count: TEXTS.length + 2, right: TEXTS.length });
    expect(event.metrics.accuracy).toBeCloseTo(TEXTS.length / (TEXTS.length + 2), 12);
    expect(event.rejected).toBe(1);
    expect(event.groups.find(({ name }) => name === "never heard of")).toMatchObject({ count: 1, right: 0 });
    expect(event.groups.map(({ name }) => name)).toEqual(event.groups.map(({ name }) => name).toSorted());
    for (const value of Object.values(event.metrics)) expect(Number.isFinite(value)).toBe(true);
  });

  test("of nothing but labels that it does not know, none is right", async () => {
    const [event] = (await collect(model.evaluate({ pairs: pairs({ text: TEXT, expected: "?" }) }))) as [TestEvent];
    expect(event.overall).toMatchObject({ count: 1, right: 0 });
    for (const value of Object.values(event.metrics)) expect(Number.isFinite(value)).toBe(true);
  });

  test.each([
    [
      undefined,
      "evaluate: expected texts with their labels to measure a classify model on but found none; give a file with --data",
    ],
    [pairs(), "evaluate: expected texts with their labels but found none"],
  ])("asks for labelled texts: %#", async (given, message) => {
    await expect(collect(model.evaluate(given ? { pairs: given } : {}))).rejects.toThrow(new DataError(message));
  });

  test.each<[Change, string]>([
    [{ masked: [4] }, "explain: expected masked places from 0 to 3 but found 4"],
    [{ forced: [{ step: 1, weights: [1, 0, 0, 0] }] }, "explain: expected forced steps from 0 to 0 but found 1"],
    [{ forced: [{ step: 0, weights: [1] }] }, "explain: expected 4 weights for step 0, one a token, but found 1"],
    [{ forced: [{ step: 0, weights: [0, 0, 0, 0] }] }, "explain: expected a weight above 0 for step 0 but found none"],
    [
      { forced: [0, 0].map((step) => ({ step, weights: [1, 0, 0, 0] })) },
      "explain: expected each step to be forced once but found step 0 twice",
    ],
    [{ written: [{ step: 1, token: "good" }] }, "explain: expected written steps from 0 to 0 but found 1"],
    [
      { written: [0, 0].map((step) => ({ step, token: "good" })) },
      "explain: expected each step to be written once but found step 0 twice",
    ],
  ])("refuses the change %j", async (change, message) => {
    await expect(model.explain(TEXT, change)).rejects.toThrow(new RangeError(message));
  });

  test("refuses a label that it does not know", async () => {
    await expect(model.explain(TEXT, { written: [{ step: 0, token: "great" }] })).rejects.toThrow(
      /^explain: expected one of (bad|fair|good), (bad|fair|good), (bad|fair|good) to be written but found "great"$/,
    );
  });
});

describe("what a classifier by attention reads can be changed", () => {
  let model: OpenModel;
  beforeAll(async () => {
    model = await openModel((await untrainedFolder()).folder, nodeBackend);
  });
  afterAll(() => model.close());

  test("words that are masked weigh nothing, the others in proportion", async () => {
    const own = Array.from((await model.explain(TEXT)).map.weights) as number[];
    const { map, prediction } = await model.explain(TEXT, { masked: [1] });
    const weights = Array.from(map.weights);
    expect(weights[1]).toBe(0);
    const left = 1 - (own[1] as number);
    for (const place of [0, 2, 3]) expect(weights[place]).toBeCloseTo((own[place] as number) / left, 5);
    expect(prediction.confidence).not.toBe((await model.explain(TEXT)).prediction.confidence);
  });

  test("forced weights are used over their sum; its own change nothing", async () => {
    const own = await model.explain(TEXT);
    const { map } = await model.explain(TEXT, { forced: [{ step: 0, weights: [0, 2, 0, 6] }] });
    expect(Array.from(map.weights)).toEqual([0, 0.25, 0, 0.75]);
    const same = await model.explain(TEXT, { forced: [{ step: 0, weights: Array.from(own.map.weights) }] });
    expect(same.prediction.confidence).toBeCloseTo(own.prediction.confidence, 5);
  });
});

test("a classifier by the mean has no attention to change", async () => {
  const model = await openModel((await untrainedFolder({ pooling: "mean" })).folder, nodeBackend);
  const message = "explain: expected a model with attention, to change where it looks, but found one without";
  await expect(model.explain(TEXT, { masked: [0] })).rejects.toThrow(new ModelError(message));
  await model.close();
});

describe("a folder is refused", () => {
  let whole: Folder;
  beforeAll(async () => {
    ({ folder: whole } = await untrainedFolder());
  });
  const changed = async (files: Readonly<Record<string, Uint8Array | string | undefined>>): Promise<Folder> => {
    const folder = memoryFolder("model");
    for (const name of await whole.list()) await folder.write(name, (await whole.read(name)) as Uint8Array);
    for (const [name, content] of Object.entries(files)) {
      if (content === undefined) await folder.remove(name);
      else await folder.write(name, typeof content === "string" ? encodeText(content) : content);
    }
    return folder;
  };
  const config = async (change: (config: Record<string, unknown>) => void): Promise<string> => {
    const found = await readJson<Record<string, unknown>>(whole, "config.json");
    change(found);
    return JSON.stringify(found);
  };
  const mend = "restore it, or make the model again";

  test.each(["tokenizer.json", NETWORK])("without %s", async (name) => {
    await expect(openModel(await changed({ [name]: undefined }), nodeBackend)).rejects.toThrow(
      new ModelError(`model: expected ${name} in model but found none; is it a folder of fovea train?`),
    );
  });

  test.each<[string, unknown, string]>([
    ["no labels", {}, `to hold two or more labels, numbered from 0 on, but found {}; ${mend}`],
    ["one label", { 0: "a" }, `to hold two or more labels, numbered from 0 on, but found {"0":"a"}; ${mend}`],
    [
      "a gap",
      { 0: "a", 2: "b" },
      `to hold two or more labels, numbered from 0 on, but found {"0":"a","2":"b"}; ${mend}`,
    ],
    [
      "other keys",
      { a: "0", b: "1" },
      `to hold two or more labels, numbered from 0 on, but found {"a":"0","b":"1"}; ${mend}`,
    ],
    ["numbers", { 0: 1, 1: 2 }, `to be of a classify model but found 1 as id2label.0, not a string; ${mend}`],
    ["a list of numbers", [1, 2], `to be of a classify model but found a list as id2label, not an object; ${mend}`],
  ])("with %s", async (_, id2label, message) => {
    const folder = await changed({ "config.json": await config((found) => Object.assign(found, { id2label })) });
    await expect(openModel(folder, nodeBackend)).rejects.toThrow(
      new ModelError(`model: expected model/config.json ${message}`),
    );
  });

  test("with labels without end, in a message that ends", async () => {
    const id2label = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [String(i + 1), `label ${i}`]));
    const folder = await changed({ "config.json": await config((found) => Object.assign(found, { id2label })) });
    const error = (await openModel(folder, nodeBackend).catch((reason: unknown) => reason)) as Error;
    expect(error).toBeInstanceOf(ModelError);
    expect(error.message.length).toBeLessThan(300);
  });

  test.each([0, -1, "hot", null])("with a temperature of %j", async (temperature) => {
    const folder = await changed({
      "config.json": await config((found) => Object.assign(found, { calibration: { temperature } })),
    });
    await expect(openModel(folder, nodeBackend)).rejects.toThrow(
      /^model: expected model\/config\.json to be of a classify model but found .* as calibration\.temperature, /,
    );
  });

  test("with more labels than its network", async () => {
    const id2label = { 0: "a", 1: "b", 2: "c", 3: "d" };
    const folder = await changed({ "config.json": await config((found) => Object.assign(found, { id2label })) });
    await expect(openModel(folder, nodeBackend)).rejects.toThrow(
      new ModelError(
        `model: expected model/${NETWORK} to load but found: network: expected output logits to be float32 [batch,4] but found float32 [batch,3]`,
      ),
    );
  });

  test("whose network has none of its attention", async () => {
    const { folder: mean } = await untrainedFolder({ pooling: "mean" });
    await expect(openModel(await changed({ [NETWORK]: await mean.read(NETWORK) }), nodeBackend)).rejects.toThrow(
      new ModelError(
        `model: expected model/${NETWORK} to load but found: network: expected outputs logits, attentions.0 but found logits`,
      ),
    );
  });

  test.each(["embeddingDim", "encoderDim", "attentionDim", "vocabulary"])(
    "soon, of a size that nothing holds: %s",
    async (name) => {
      const before = performance.now();
      const folder = await changed({
        "config.json": await config(({ model }) => Object.assign(model as object, { [name]: 1_000_000 })),
      });
      const opened = await openModel(folder, nodeBackend).catch((error: unknown) => error);
      if (name === "vocabulary") expect(opened).toBeInstanceOf(ModelError);
      else if (!(opened instanceof ModelError)) await (opened as OpenModel).close();
      expect(performance.now() - before).toBeLessThan(2000);
    },
  );

  test("whose network reads another file", async () => {
    const model = decode("Model", (await whole.read(NETWORK)) as Uint8Array);
    Object.assign(model.graph?.initializer?.[0] as object, {
      dataLocation: 1,
      externalData: [{ key: "location", value: "/etc/passwd" }],
    });
    await expect(openModel(await changed({ [NETWORK]: encode("Model", model) }), nodeBackend)).rejects.toThrow(
      ModelError,
    );
  });

  test.each([
    ["no numbers", Number.NaN, "model: expected the network to give finite logits but found NaN"],
    ["endless ones", Number.POSITIVE_INFINITY, "model: expected the network to give finite logits but found Infinity"],
  ])("by whoever asks, where its network gives %s", async (_, value, message) => {
    const ids = input("input_ids", ["batch", "sequence"], "int64");
    const mask = input("attention_mask", ["batch", "sequence"], "int64");
    const rows = ids.cast("float32").sum({ axes: 1, keepDims: true }).mul(0);
    const bytes = writeModel(
      {
        logits: rows.add(constant(array(new Float32Array(3).fill(value), [1, 3]))),
        "attentions.0": mask.cast("float32").unsqueeze([1, 2]),
      },
      { inputs: [ids, mask] },
    );
    const model = await openModel(await changed({ [NETWORK]: bytes }), nodeBackend);
    await expect(collect(model.predict([TEXT]))).rejects.toThrow(new ModelError(message));
    await model.close();
  });
});
