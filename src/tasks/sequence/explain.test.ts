import ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Folder } from "../../data/folder.ts";
import { SPECIAL_TOKENS } from "../../data/text/index.ts";
import { nodeBackend } from "../../runtime/node.ts";
import { DataError, ModelError } from "../../tensor/errors.ts";
import type { Change, Explanation } from "../events.ts";
import { openModel } from "../open-model.ts";
import type { OpenModel } from "../recipe.ts";
import { collect } from "../text/training.fixture.ts";
import { folderOf, KINDS, TEXTS, untrained } from "./models.fixture.ts";

const TEXT = TEXTS.find(({ length }) => length === 5) as string;

function rowsOf({ map }: Explanation): number[][] {
  const width = map.columns.length;
  return map.rows.map((_, row) => Array.from(map.weights).slice(row * width, (row + 1) * width));
}

/** The weights of each step, where plain ONNX Runtime is fed the tokens that were written. */
async function plainWeights(
  folder: Folder,
  source: readonly number[],
  written: readonly number[],
): Promise<number[][]> {
  const load = async (name: string) => ort.InferenceSession.create((await folder.read(name)) as Uint8Array);
  const int64 = (values: readonly number[]) =>
    new ort.Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
  const mask = int64(source.map(() => 1));
  const [encoder, decoder] = [await load("onnx/encoder_model.onnx"), await load("onnx/decoder_with_past_model.onnx")];
  let found: Record<string, ort.Tensor> = await encoder.run({ input_ids: int64(source), attention_mask: mask });
  const memory: Record<string, ort.Tensor> = { encoder_attention_mask: mask };
  const rows: number[][] = [];
  for (const token of [1, ...written.slice(0, -1)]) {
    const past: Record<string, ort.Tensor> = {};
    for (const [name, value] of Object.entries(found)) {
      if (name.includes(".decoder.")) past[name.replace("present", "past_key_values")] = value;
      else if (name === "last_hidden_state") memory.encoder_hidden_states = value;
      else if (name.startsWith("present.")) memory[name.replace("present", "past_key_values")] = value;
    }
    found = await decoder.run({ ...memory, ...past, input_ids: int64([token]) });
    rows.push([...((found["cross_attentions.0"] as ort.Tensor).data as Float32Array)]);
  }
  await encoder.release();
  await decoder.release();
  return rows;
}

describe.each(KINDS.filter(({ model }) => model.attention))("an answer of $name", ({ model: sizes }) => {
  const parts = untrained({ model: sizes });
  let model: OpenModel;
  let folder: Folder;
  beforeAll(async () => {
    ({ folder } = await folderOf(parts));
    model = await openModel(folder, nodeBackend);
  });
  afterAll(() => model.close());

  const explain = (change?: Change) => model.explain(TEXT, change);
  const idsOf = ({ map }: Explanation) => map.rows.map((token) => parts.target.id(token) as number);

  test("is what predict gives, with the very weights that plain ONNX Runtime computes", async () => {
    const explanation = await explain();
    const [prediction] = await collect(model.predict([TEXT]));
    expect(prediction).toEqual({
      ...explanation.prediction,
      confidence: expect.closeTo(explanation.prediction.confidence, 6),
    });
    expect(explanation.map.columns).toEqual([...TEXT, "</s>"]);
    const rows = rowsOf(explanation);
    for (const row of rows) expect(row.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 5);
    const plain = await plainWeights(folder, [...parts.source.encode(TEXT)], idsOf(explanation));
    for (const [step, row] of plain.entries()) {
      for (const [place, weight] of row.entries()) expect(rows[step]?.[place]).toBeCloseTo(weight, 6);
    }
    expect(plain).toHaveLength(rows.length);
  });

  test("tells the likeliest tokens that it could have written at each place, best first", async () => {
    const { map, candidates } = await explain();
    expect(candidates).toHaveLength(map.rows.length);
    for (const [step, all] of candidates.entries()) {
      expect(all[0]?.token).toBe(map.rows[step]);
      expect(
        all.map(({ token }) => token).filter((token) => SPECIAL_TOKENS.includes(token) && token !== "</s>"),
      ).toEqual([]);
      const shares = all.map(({ probability }) => probability);
      expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    }
  });

  test("without some places of the text reads none of them, and the others in proportion at the first step", async () => {
    const [own, changed] = [rowsOf(await explain()), rowsOf(await explain({ masked: [1, 3] }))];
    for (const row of changed) {
      expect([row[1], row[3]]).toEqual([0, 0]);
      expect(row.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 5);
    }
    const first = own[0] as number[];
    const left = 1 - (first[1] as number) - (first[3] as number);
    for (const place of [0, 2, 4, 5]) expect(changed[0]?.[place]).toBeCloseTo((first[place] as number) / left, 5);
  });

  test("without all of them reads nothing", async () => {
    const rows = rowsOf(await explain({ masked: [0, 1, 2, 3, 4, 5] }));
    expect(rows.flat().every((weight) => weight === 0)).toBe(true);
  });

  test("with forced weights uses them at that step, over their sum, and goes on from what came of it", async () => {
    const own = await explain();
    const changed = await explain({ forced: [{ step: 1, weights: [0, 0, 0, 0, 0, 3] }] });
    const [before, after] = [rowsOf(own), rowsOf(changed)];
    expect(after[1]).toEqual([0, 0, 0, 0, 0, 1]);
    for (const [place, weight] of (before[0] as number[]).entries()) expect(after[0]?.[place]).toBeCloseTo(weight, 6);
    expect(changed.candidates[0]?.map(({ token }) => token)).toEqual(own.candidates[0]?.map(({ token }) => token));
    expect(changed.candidates[1]?.[0]?.probability).not.toBeCloseTo(own.candidates[1]?.[0]?.probability as number, 3);
    const same = await explain({ forced: [{ step: 1, weights: before[1] as number[] }] });
    expect(same.prediction.output).toBe(own.prediction.output);
    expect(same.prediction.confidence / own.prediction.confidence).toBeCloseTo(1, 4);
  });

  test("with a written token goes on from it as if it were its own", async () => {
    const own = await explain();
    const other = own.candidates[1]?.find(({ token }) => token !== own.map.rows[1] && token !== "</s>") as {
      token: string;
    };
    const changed = await explain({ written: [{ step: 1, token: other.token }] });
    expect(changed.map.rows.slice(0, 2)).toEqual([own.map.rows[0], other.token]);
    expect(rowsOf(changed).slice(0, 2)).toEqual(rowsOf(own).slice(0, 2));
    const plain = await plainWeights(folder, [...parts.source.encode(TEXT)], idsOf(changed));
    for (const [step, row] of plain.entries()) {
      for (const [place, weight] of row.entries()) expect(rowsOf(changed)[step]?.[place]).toBeCloseTo(weight, 6);
    }
    // Its own numbers are told: the token that it was made to write is no likelier than it was.
    expect(changed.candidates[1]).toEqual(own.candidates[1]);
    const probabilities = changed.map.rows.map((token, step) => {
      return changed.candidates[step]?.find((candidate) => candidate.token === token)?.probability as number;
    });
    const product = probabilities.reduce((all, probability) => all * probability, 1);
    expect(changed.prediction.confidence / product).toBeCloseTo(1, 4);
    expect(changed.prediction.output).toBe(changed.map.rows.filter((token) => token !== "</s>").join(""));
  });

  test("ends where its end is written", async () => {
    const { prediction, map } = await explain({ written: [{ step: 2, token: "</s>" }] });
    expect(map.rows).toHaveLength(3);
    expect(prediction.output).toBe(map.rows.slice(0, 2).join(""));
  });

  test.each<[Change, string]>([
    [{ masked: [6] }, "explain: expected masked places from 0 to 5 but found 6"],
    [{ masked: [0.5] }, "explain: expected masked places from 0 to 5 but found 0.5"],
    [{ forced: [{ step: 9, weights: [1, 0, 0, 0, 0, 0] }] }, "explain: expected forced steps from 0 to 8 but found 9"],
    [{ forced: [{ step: 0, weights: [1, 0] }] }, "explain: expected 6 weights for step 0, one a token, but found 2"],
    [
      { forced: [{ step: 2, weights: [0, 0, 0, 0, 0, 0] }] },
      "explain: expected a weight above 0 for step 2 but found none",
    ],
    [
      { forced: [{ step: 2, weights: [1, -1, 0, 0, 0, 0] }] },
      "explain: expected weights of 0 or more for step 2 but found -1",
    ],
    [
      { forced: [0, 0].map((step) => ({ step, weights: [1, 0, 0, 0, 0, 0] })) },
      "explain: expected each step to be forced once but found step 0 twice",
    ],
    [{ written: [{ step: -1, token: "A" }] }, "explain: expected written steps from 0 to 8 but found -1"],
    [
      { written: [{ step: 3, token: "q" }] },
      'explain: expected a token of the vocabulary to be written at step 3 but found "q"',
    ],
    [
      { written: [{ step: 3, token: "<unk>" }] },
      'explain: expected a token of the vocabulary to be written at step 3 but found "<unk>"',
    ],
    [
      { written: [3, 3].map((step) => ({ step, token: "A" })) },
      "explain: expected each step to be written once but found step 3 twice",
    ],
  ])("refuses the change %j", async (change, message) => {
    await expect(explain(change)).rejects.toThrow(new RangeError(message));
  });

  test.each([
    ["", "transduce: expected a text but found none"],
    [" \n ", "transduce: expected a text but found none"],
    ["a".repeat(12), "transduce: expected at most 11 tokens (characters) but found 12"],
  ])("refuses the text %j", async (text, message) => {
    await expect(model.explain(text)).rejects.toThrow(new DataError(message));
  });
});

describe("a model without attention", () => {
  const [{ model: sizes }] = KINDS.filter(({ model }) => !model.attention) as [(typeof KINDS)[number]];
  let model: OpenModel;
  beforeAll(async () => {
    model = await openModel((await folderOf(untrained({ model: sizes }))).folder, nodeBackend);
  });
  afterAll(() => model.close());

  test("has a map of nothing, and can be made to write tokens", async () => {
    const { map } = await model.explain(TEXT);
    expect(Array.from(map.weights).every((weight) => weight === 0)).toBe(true);
    const { map: changed } = await model.explain(TEXT, { written: [{ step: 0, token: "A" }] });
    expect(changed.rows[0]).toBe("A");
  });

  test.each<Change>([{ masked: [0] }, { forced: [{ step: 0, weights: [1, 0, 0, 0, 0, 0] }] }])(
    "cannot be made to look elsewhere: %j",
    async (change) => {
      const message = "explain: expected a model with attention, to change where it looks, but found one without";
      await expect(model.explain(TEXT, change)).rejects.toThrow(new ModelError(message));
    },
  );
});
