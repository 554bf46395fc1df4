import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeText, type Folder, memoryFolder } from "../../data/folder.ts";
import { decode, encode } from "../../onnx/messages.ts";
import { writeModel } from "../../onnx/write.ts";
import { nodeBackend } from "../../runtime/node.ts";
import { DataError, ModelError } from "../../tensor/errors.ts";
import { array } from "../../tensor/nd-array.ts";
import { scanNode } from "../../tensor/scan.ts";
import { constant, input } from "../../tensor/tensor.ts";
import type { LabelledText, Prediction, RejectedText, TestEvent } from "../events.ts";
import { openModel } from "../open-model.ts";
import type { OpenModel } from "../recipe.ts";
import { collect, readJson } from "../text/training.fixture.ts";
import { TRANSLATE } from "../translate/index.ts";
import { folderOf, KINDS, TEXTS, untrained } from "./models.fixture.ts";

const [BAHDANAU, , LUONG] = KINDS as [(typeof KINDS)[number], (typeof KINDS)[number], (typeof KINDS)[number]];

const ENCODER = "onnx/encoder_model.onnx";
const DECODER = "onnx/decoder_with_past_model.onnx";

let whole: Folder;
beforeAll(async () => {
  ({ folder: whole } = await folderOf(untrained()));
});

/** A copy of the model with some files changed; an undefined one is gone. */
async function changed(files: Readonly<Record<string, Uint8Array | string | undefined>>): Promise<Folder> {
  const folder = memoryFolder("model");
  for (const name of await whole.list()) await folder.write(name, (await whole.read(name)) as Uint8Array);
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) await folder.remove(name);
    else await folder.write(name, typeof content === "string" ? encodeText(content) : content);
  }
  return folder;
}

async function config(change: (config: Record<string, Record<string, unknown>>) => void): Promise<string> {
  const found = await readJson<Record<string, Record<string, unknown>>>(whole, "config.json");
  change(found);
  return JSON.stringify(found);
}

async function* pairs(...list: readonly LabelledText[]): AsyncGenerator<LabelledText, void> {
  yield* list;
}

describe("predict", () => {
  const parts = untrained({ beam: 3, lengthPenalty: 0.5 });
  let model: OpenModel;
  beforeAll(async () => {
    model = await openModel((await folderOf(parts)).folder, nodeBackend);
  });
  afterAll(() => model.close());

  test("keeps the order of more texts than are read at a time, and the place of what cannot be read", async () => {
    const broken: RejectedText = { text: "\ufffd", error: "lines: expected UTF-8 but found other bytes" };
    const texts = [...TEXTS, "", ...TEXTS, broken, ...TEXTS, "b".repeat(12), ...TEXTS];
    const answers = await collect(model.predict(texts));
    expect(answers.map(({ text }) => text)).toEqual(texts.map((text) => (typeof text === "string" ? text : text.text)));
    expect(answers[TEXTS.length]).toEqual({ text: "", error: "transduce: expected a text but found none" });
    expect(answers[2 * TEXTS.length + 1]).toBe(broken);
    expect(answers[3 * TEXTS.length + 2]).toEqual({
      text: "b".repeat(12),
      error: "transduce: expected at most 11 tokens (characters) but found 12",
    });
    const outputs = answers.flatMap((answer) => ("output" in answer ? [answer.output] : []));
    const count = TEXTS.length;
    for (const start of [count, 2 * count, 3 * count]) {
      expect(outputs.slice(start, start + count)).toEqual(outputs.slice(0, count));
    }
  });

  test("gives the text as it was, whatever it is read as", async () => {
    const [plain, spaced] = (await collect(model.predict(["abc", " abc\u00a0"]))) as [Prediction, Prediction];
    expect(spaced).toEqual({ ...plain, text: " abc\u00a0" });
  });

  test("reads letters that it has never seen", async () => {
    const [answer] = (await collect(model.predict(["x😀"]))) as [Prediction];
    expect(answer.output).toMatch(/^[A-E]*$/);
    const { map } = await model.explain("x😀");
    expect(map.columns).toHaveLength(3);
  });

  test("explains the very answer of its beam", async () => {
    for (const text of TEXTS.slice(0, 5)) {
      const [answer] = await collect(model.predict([text]));
      expect((await model.explain(text)).prediction).toMatchObject({ output: (answer as Prediction).output });
    }
  });
});

describe("evaluate", () => {
  let model: OpenModel;
  let answers: string[];
  beforeAll(async () => {
    model = await openModel(whole, nodeBackend);
    answers = ((await collect(model.predict(TEXTS))) as Prediction[]).map(({ output }) => output);
  });
  afterAll(() => model.close());

  test("counts right answers, and texts that it cannot take as wrong", async () => {
    const right = TEXTS.map((text, i) => ({ text, expected: answers[i] as string }));
    const wrong = [
      { text: TEXTS[0] as string, expected: "no" },
      { text: "a".repeat(40), expected: "A" },
      { text: "", expected: "A" },
    ];
    const [event] = (await collect(model.evaluate({ pairs: pairs(...right, ...wrong) }))) as [TestEvent];
    expect(event.overall).toMatchObject({ name: "all", count: TEXTS.length + 3, right: TEXTS.length });
    expect(event.rejected).toBe(2);
    expect(event.groups.reduce((sum, { count }) => sum + count, 0)).toBe(TEXTS.length + 1);
    expect(event.groups.reduce((sum, group) => sum + group.right, 0)).toBe(TEXTS.length);
    expect(event.metrics.exactMatch).toBeCloseTo(TEXTS.length / (TEXTS.length + 3), 12);
  });

  test("of texts none of which it can take, all are wrong", async () => {
    const [event] = (await collect(model.evaluate({ pairs: pairs({ text: "", expected: "A" }) }))) as [TestEvent];
    expect(event).toMatchObject({ overall: { count: 1, right: 0 }, rejected: 1, groups: [] });
    for (const value of Object.values(event.metrics)) expect(Number.isFinite(value)).toBe(true);
  });

  test.each([
    [undefined, "evaluate: expected pairs to measure a transduce model on but found none; give a file with --data"],
    [pairs(), "evaluate: expected pairs of text and answer but found none"],
  ])("asks for pairs: %#", async (given, message) => {
    await expect(collect(model.evaluate(given ? { pairs: given } : {}))).rejects.toThrow(new DataError(message));
  });
});

describe("a folder is refused", () => {
  const mend = "restore it, or make the model again";
  const refused = async (folder: Folder, message: string) =>
    expect(openModel(folder, nodeBackend)).rejects.toThrow(new ModelError(message));

  test.each(["tokenizer.json", "target/tokenizer.json", ENCODER, DECODER])("without %s", async (name) => {
    await refused(
      await changed({ [name]: undefined }),
      `model: expected ${name} in model but found none; is it a folder of fovea train?`,
    );
  });

  test.each([
    [ENCODER, "damaged"],
    [DECODER, "damaged"],
  ])("with half of %s", async (name) => {
    const bytes = (await whole.read(name)) as Uint8Array;
    for (const cut of [bytes.slice(0, bytes.length / 2), bytes.slice(0, 5), new Uint8Array([255, 255, 255, 255])]) {
      const opened = openModel(await changed({ [name]: cut }), nodeBackend);
      await expect(opened).rejects.toThrow(ModelError);
      await expect(opened).rejects.toThrow(`model: expected model/${name} to load but found: `);
    }
  });

  test("with an empty network", async () => {
    await refused(
      await changed({ [ENCODER]: new Uint8Array() }),
      `model: expected model/${ENCODER} to load but found: onnx: expected a model with a graph but found none`,
    );
  });

  test.each(["tokenizer.json", "target/tokenizer.json"])("with a damaged %s", async (name) => {
    for (const content of ["", "{", "[]", "{}", '{"model":{"type":"WordPiece","vocab":3}}']) {
      const opened = openModel(await changed({ [name]: content }), nodeBackend);
      await expect(opened).rejects.toThrow(ModelError);
      await expect(opened).rejects.toThrow(`model/${name}`);
    }
  });

  test("whose tokenizers are of another model", async () => {
    const other = await folderOf(untrained({ vocabulary: 5 }));
    expect(await other.folder.list()).toContain("tokenizer.json");
    const tokenizer = await readJson<{ model: { vocab: Record<string, number> } }>(whole, "tokenizer.json");
    tokenizer.model.vocab.z = Object.keys(tokenizer.model.vocab).length;
    await refused(
      await changed({ "tokenizer.json": JSON.stringify(tokenizer) }),
      "model: expected model/tokenizer.json to hold 9 tokens but found 10; is it of this model?",
    );
  });

  test("whose networks are of another model", async () => {
    const { folder: other } = await folderOf(untrained({ model: LUONG.model }));
    const wider = await folderOf(untrained({ model: { ...BAHDANAU.model, decoderDim: 13 } }));
    await refused(
      await changed({ [ENCODER]: await other.read(ENCODER) }),
      `model: expected model/${ENCODER} to load but found: network: expected outputs present.0.encoder.key, last_hidden_state, present.0.decoder.hidden but found last_hidden_state, present.0.decoder.hidden, present.0.decoder.cell`,
    );
    await refused(
      await changed({ [DECODER]: await other.read(DECODER) }),
      `model: expected model/${DECODER} to load but found: network: expected inputs input_ids, encoder_attention_mask, past_key_values.0.encoder.key, encoder_hidden_states, past_key_values.0.decoder.hidden but found input_ids, encoder_attention_mask, encoder_hidden_states, past_key_values.0.decoder.hidden, past_key_values.0.decoder.cell`,
    );
    await refused(
      await changed({ [DECODER]: await wider.folder.read(DECODER) }),
      `model: expected model/${DECODER} to load but found: network: expected input past_key_values.0.decoder.hidden to be float32 [batch,11] but found float32 [batch,13]`,
    );
  });

  test.each<[string, (config: Record<string, Record<string, unknown>>) => void, string]>([
    [
      "another version",
      (found) => Object.assign(found, { fovea: 99 }),
      "model: expected model/config.json to be of layout version 1 but found version 99, of another Fovea; open it with the Fovea that wrote it",
    ],
    [
      "another start",
      (found) => Object.assign(found, { bos_token_id: 0 }),
      `model: expected model/config.json to be of a transduce model but found 0 as bos_token_id, not 1; ${mend}`,
    ],
    [
      "a beam of all",
      (found) => Object.assign(found.decoding as object, { beam: 1e9 }),
      `model: expected model/config.json to be of a transduce model but found 1000000000 as decoding.beam, not a number up to 100; ${mend}`,
    ],
    [
      "no limits",
      (found) => Object.assign(found.limits as object, { targetLen: 1e9 }),
      `model: expected model/config.json to be of a transduce model but found 1000000000 as limits.targetLen, not a number up to 10000; ${mend}`,
    ],
  ])("whose config.json has %s", async (_, change, message) => {
    await refused(await changed({ "config.json": await config(change) }), message);
  });
});

describe("a hostile folder", () => {
  test.each([
    ["encoderDim", 1_000_000],
    ["decoderDim", 999_983],
    ["attentionDim", 1_000_000],
    ["encoderDim", 4097],
  ])("of sizes that nothing holds ends soon: %s %i", async (name, size) => {
    const folder = await changed({
      "config.json": await config(({ model }) => Object.assign(model as object, { [name]: size })),
    });
    const before = performance.now();
    await expect(openModel(folder, nodeBackend)).rejects.toThrow(ModelError);
    expect(performance.now() - before).toBeLessThan(2000);
  });

  /** The decoder's own inputs, and whatever is made of them. */
  function decoderInputs(hidden = 11) {
    return {
      ids: input("input_ids", ["batch", 1], "int64"),
      mask: input("encoder_attention_mask", ["batch", "encoder_sequence"], "int64"),
      key: input("past_key_values.0.encoder.key", ["batch", "encoder_sequence", 3]),
      value: input("encoder_hidden_states", ["batch", "encoder_sequence", 14]),
      hidden: input("past_key_values.0.decoder.hidden", ["batch", hidden]),
    };
  }

  test("with a loop in a network is refused", async () => {
    const { ids, mask, key, value, hidden } = decoderInputs();
    const { last } = scanNode({
      initial: { hidden },
      inputs: { step: key.sum({ axes: 2 }).transpose([1, 0]) },
      step: (state, { step }) => ({ state: { hidden: state.hidden.add(step.unsqueeze(1)) }, output: {} }),
    });
    const bytes = writeModel(
      {
        logits: ids
          .cast("float32")
          .unsqueeze(2)
          .add(constant(array(new Float32Array(9), [1, 1, 9]))),
        "present.0.decoder.hidden": last.hidden,
        "cross_attentions.0": mask
          .cast("float32")
          .add(value.sum({ axes: 2 }))
          .unsqueeze([1, 2]),
      },
      { inputs: [ids, mask, key, value, hidden] },
    );
    await expect(openModel(await changed({ [DECODER]: bytes }), nodeBackend)).rejects.toThrow(
      new ModelError(
        `model: expected model/${DECODER} to load but found: network: expected operators without a graph inside but found Scan`,
      ),
    );
  });

  test("whose network reads another file is refused", async () => {
    const model = decode("Model", (await whole.read(ENCODER)) as Uint8Array);
    const [first] = model.graph?.initializer ?? [];
    expect(first).toBeDefined();
    Object.assign(first as object, {
      dataLocation: 1,
      externalData: [{ key: "location", value: "/etc/passwd" }],
    });
    const opened = openModel(await changed({ [ENCODER]: encode("Model", model) }), nodeBackend);
    await expect(opened).rejects.toThrow(ModelError);
  });

  test("whose decoder gives other numbers than it says is told when it writes", async () => {
    const { ids, mask, key, value, hidden } = decoderInputs();
    const tokens = constant(array(new Float32Array(9), [1, 1, 9]));
    const zero = ids.cast("float32").mul(0).unsqueeze(2);
    const bytes = writeModel(
      {
        logits: zero.add(tokens).mul(Number.NaN),
        "present.0.decoder.hidden": hidden.add(key.sum({ axes: [1, 2] }).unsqueeze(1)),
        "cross_attentions.0": mask
          .cast("float32")
          .add(value.sum({ axes: 2 }))
          .unsqueeze([1, 2]),
      },
      { inputs: [ids, mask, key, value, hidden] },
    );
    const model = await openModel(await changed({ [DECODER]: bytes }), nodeBackend);
    await expect(collect(model.predict(["abc"]))).rejects.toThrow(ModelError);
    await model.close();
  });
});

test("a translation model reads another task's folder as none of its own", async () => {
  const { folder } = await folderOf(untrained(), { task: TRANSLATE });
  const { task } = await readJson<{ task: string }>(folder, "config.json");
  expect(task).toBe("translate");
  const model = await openModel(folder, nodeBackend);
  expect(model.task).toBe("translate");
  const [answer] = (await collect(model.predict(["abc"]))) as [Prediction];
  expect(answer).not.toHaveProperty("certain");
  await model.close();
});
