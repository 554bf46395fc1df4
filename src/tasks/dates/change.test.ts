import { beforeAll, describe, expect, it } from "vitest";
import { lengthMask } from "../../attention/masks.ts";
import { ALPHABET, isRealDate, OUTPUT_SYMBOLS } from "../../data/dates/index.ts";
import { type Folder, memoryFolder } from "../../data/folder.ts";
import { DateNormalizer } from "../../models/date-normalizer/date-normalizer.ts";
import { readModel } from "../../onnx/read.ts";
import { nodeBackend } from "../../runtime/node.ts";
import { evaluate } from "../../runtime/reference/index.ts";
import { singleEngine } from "../../runtime/single-engine.ts";
import { DataError } from "../../tensor/errors.ts";
import { substitute } from "../../tensor/graph.ts";
import { array, type NdArray, numbers } from "../../tensor/nd-array.ts";
import { concat, constant, input, stack, type Tensor } from "../../tensor/tensor.ts";
import { expectClose } from "../../tensor/tolerances.fixture.ts";
import type { Change, Explanation } from "../events.ts";
import { openModel } from "../index.ts";
import type { OpenModel } from "../recipe.ts";
import { load } from "../save.ts";
import { whatIfGraph } from "../what-if.ts";
import { encodeRows } from "./batches.ts";
import { dates } from "./index.ts";

const TEXT = "3 May 1979";
const SIZES = { encoderDim: 5, decoderDim: 7, energyDim: 3 };
const folder: Folder = memoryFolder("small");
const network = new DateNormalizer({ vocabulary: 39, ...SIZES });
let model: OpenModel;
let temperature: number;
let prepared = 0;

beforeAll(async () => {
  const settings = { validateEvery: "40", validationCount: "20", testCount: "20", learningRate: "0.05" };
  const sizes = Object.fromEntries(Object.entries(SIZES).map(([name, size]) => [`model.${name}`, String(size)]));
  const options = { folder, createEngine: singleEngine(nodeBackend), backend: nodeBackend, steps: 40, batch: 20 };
  for await (const event of dates.train({ ...options, settings: { ...settings, ...sizes } }))
    expect(event).toBeDefined();
  await load(network, folder);
  const config = JSON.parse(new TextDecoder().decode(await folder.read("config.json")));
  temperature = config.calibration.temperature;
  const counting = {
    ...nodeBackend,
    load: (...args: Parameters<typeof nodeBackend.load>) => {
      prepared++;
      return nodeBackend.load(...args);
    },
  };
  model = await openModel(folder, counting);
});

/** The module's own layers, one after the other, in float64, with the weights of some steps given and some keys masked. */
function plainly({ masked = [], forced = [] }: Change): { logits: NdArray; attention: NdArray } {
  const rows = encodeRows([{ text: TEXT }], ALPHABET) as Record<"text" | "lengths", NdArray>;
  const text = input("text", [1, 30], "int32");
  const lengths = input("lengths", [1], "int32");
  const states = network.encoder.forward(text, { lengths }).output;
  const kept = constant(
    array(
      Array.from({ length: 30 }, (_, i) => (masked.includes(i) ? 0 : 1)),
      [1, 1, 30],
      "bool",
    ),
  );
  const mask = lengthMask(lengths, 30).and(kept);
  let state = network.decoder.initialState(1);
  const written: Tensor[] = [];
  const looked: Tensor[] = [];
  for (let step = 0; step < 10; step++) {
    const query = state.hidden.unsqueeze(1);
    const own = network.attention.forward({ query, key: states, value: states, mask }).weights;
    const given = forced.find((change) => change.step === step)?.weights;
    const padded = given && [...given, ...new Array(30 - given.length).fill(0)];
    const sum = given?.reduce((total, weight) => total + weight, 0) ?? 1;
    const weights = padded
      ? constant(
          array(
            padded.map((weight) => weight / sum),
            [1, 1, 30],
          ),
        )
      : own;
    looked.push(weights);
    state = network.decoder.forward(weights.matmul(states).squeeze(1), state);
    written.push(state.hidden);
  }
  const outputs = { logits: network.classifier.forward(stack(written, 1)), attention: concat(looked, 1) };
  const leaves = new Map([...network.parameters()].map(([name, leaf]) => [leaf as Tensor, input(name, leaf.shape)]));
  const values = Object.fromEntries([...network.parameters()].map(([name, { value }]) => [name, value as NdArray]));
  const found = evaluate(substitute(outputs, leaves), { text: rows.text, lengths: rows.lengths, ...values });
  return found as { logits: NdArray; attention: NdArray };
}

const onehot = (place: number): number[] => Array.from({ length: TEXT.length }, (_, i) => (i === place ? 1 : 0));

/** The probabilities of all symbols at a step, by symbol. */
const sharesAt = ({ candidates }: Explanation, step: number) =>
  new Map(candidates[step]?.map(({ token, probability }) => [token, probability]));

function expectAsComputed(found: Explanation, change: Change): void {
  const { logits, attention } = plainly(change);
  const own = numbers(attention).filter((_, i) => i % 30 < TEXT.length);
  expectClose(array(found.map.weights, [100]), array(own, [100]), "float32");
  const all = numbers(logits);
  const output: string[] = [];
  for (let step = 0; step < 10; step++) {
    const row = all.slice(step * 11, (step + 1) * 11);
    const shares = row.map((logit) => Math.exp(logit / temperature));
    const sum = shares.reduce((total, share) => total + share);
    for (const [symbol, probability] of sharesAt(found, step)) {
      expect(probability).toBeCloseTo((shares[OUTPUT_SYMBOLS.indexOf(symbol)] as number) / sum, 5);
    }
    output.push(OUTPUT_SYMBOLS[row.indexOf(Math.max(...row))] as string);
  }
  expect(found.prediction.output).toBe(output.join(""));
  expect(found.map.rows).toEqual(output);
}

describe("a change of how a trained model reads", () => {
  const changes: [string, Change][] = [
    ["of nothing", {}],
    ["of one step", { forced: [{ step: 3, weights: onehot(0) }] }],
    ["of several steps", { forced: [0, 5, 9].map((step) => ({ step, weights: onehot(step) })) }],
    ["by weights of any sum", { forced: [{ step: 0, weights: onehot(2).map((w, i) => 4 * w + i) }] }],
    ["by masks", { masked: [0, 7, 8] }],
    ["by masks and weights", { masked: [9, 9], forced: [{ step: 1, weights: onehot(9) }] }],
  ];

  it.each(changes)("%s gives what the plain computation gives", async (_, change) => {
    expectAsComputed(await model.explain(TEXT, change), change);
  });

  it("of one step changes what is read and written after it, and nothing before", async () => {
    const plain = await model.explain(TEXT);
    const changed = await model.explain(TEXT, { forced: [{ step: 4, weights: onehot(0) }] });
    const row = ({ map }: Explanation, step: number) => Array.from(map.weights).slice(step * 10, (step + 1) * 10);
    for (let step = 0; step < 4; step++) {
      expect(row(changed, step)).toEqual(row(plain, step));
      expect(changed.candidates[step]).toEqual(plain.candidates[step]);
    }
    expect(row(changed, 4)).toEqual(onehot(0));
    for (const step of [5, 6, 9]) {
      expect(row(changed, step)).not.toEqual(row(plain, step));
      expect(changed.candidates[step]).not.toEqual(plain.candidates[step]);
    }
  });

  it("that is none is none to the bit, also where the changed network runs", async () => {
    const plain = await model.explain(TEXT);
    expect(await model.explain(TEXT, {})).toEqual(plain);
    expect(await model.explain(TEXT, { masked: [], forced: [], written: [] })).toEqual(plain);
    const graph = readModel((await folder.read("onnx/model.onnx")) as Uint8Array);
    const whatIf = whatIfGraph(graph, { name: "attention", axes: ["batch", "queryLen", "keyLen"] });
    const [own, changed] = [await nodeBackend.prepare(graph), await nodeBackend.prepare(whatIf)];
    const { text, lengths } = encodeRows([{ text: TEXT }, { text: "x" }], ALPHABET) as Record<string, NdArray>;
    const feeds = { text: text as NdArray, lengths: lengths as NdArray };
    expect(await changed.run({ ...feeds, ...whatIf.feeds({}, [2, 10, 30]) })).toEqual(await own.run(feeds));
    await Promise.all([own.release(), changed.release()]);
  });

  it("by masks of every place leaves no weight", async () => {
    const { map, prediction } = await model.explain(TEXT, { masked: onehot(0).map((_, place) => place) });
    expect(Array.from(map.weights)).toEqual(new Array(100).fill(0));
    expect(prediction.output).toHaveLength(10);
  });

  it("takes one network more, prepared when it is first needed", async () => {
    const before = prepared;
    const another = await openModel(folder, {
      ...nodeBackend,
      load: (...args) => {
        prepared++;
        return nodeBackend.load(...args);
      },
    });
    expect(prepared).toBe(before + 1);
    await another.explain(TEXT);
    await another.explain(TEXT, { written: [{ step: 0, token: "1" }] });
    expect(prepared).toBe(before + 1);
    await Promise.all([another.explain(TEXT, { masked: [1] }), another.explain(TEXT, { masked: [2] })]);
    expect(prepared).toBe(before + 2);
    await another.close();
  });
});

describe("characters that are written in place of the model's own", () => {
  it("are in the answer, whose confidence is that of what is written; nothing else changes", async () => {
    const plain = await model.explain(TEXT);
    const wanted = [..."1979-05-03"];
    const written = wanted.map((token, step) => ({ step, token }));
    const { prediction, map, candidates } = await model.explain(TEXT, { written });
    expect(prediction).toMatchObject({ text: TEXT, output: "1979-05-03", valid: true, certain: false });
    expect([map.rows, map.title, map.weights]).toEqual([wanted, `${TEXT} → 1979-05-03`, plain.map.weights]);
    expect(candidates).toEqual(plain.candidates);
    const { logits } = plainly({});
    const confidence = wanted.reduce((product, symbol, step) => {
      const shares = numbers(logits)
        .slice(step * 11, (step + 1) * 11)
        .map((logit) => Math.exp(logit / temperature));
      const sum = shares.reduce((total, share) => total + share);
      return product * ((shares[OUTPUT_SYMBOLS.indexOf(symbol)] as number) / sum);
    }, 1);
    expect(prediction.confidence / confidence).toBeCloseTo(1, 4);
  });

  it("may be what it would have written: then the answer is the same", async () => {
    const plain = await model.explain(TEXT);
    const written = [{ step: 2, token: plain.map.rows[2] as string }];
    expect(await model.explain(TEXT, { written })).toEqual(plain);
  });

  it("may be no date", async () => {
    const { prediction } = await model.explain(TEXT, { written: [{ step: 4, token: "7" }] });
    expect([prediction.output[4], prediction.valid, isRealDate(prediction.output)]).toEqual(["7", false, false]);
  });
});

describe("candidates", () => {
  it("are the likeliest symbols of each step, best first, five or all that are not next to impossible", async () => {
    const { candidates, prediction } = await model.explain(TEXT);
    expect(candidates).toHaveLength(10);
    const { logits } = plainly({});
    for (const [step, list] of candidates.entries()) {
      expect(list[0]?.token).toBe(prediction.output[step]);
      const all = numbers(logits).slice(step * 11, (step + 1) * 11);
      const sum = all.reduce((total, logit) => total + Math.exp(logit / temperature), 0);
      const ranked = all
        .map((logit, id) => ({ token: OUTPUT_SYMBOLS[id], probability: Math.exp(logit / temperature) / sum }))
        .sort((a, b) => b.probability - a.probability);
      const wanted = ranked.filter(({ probability }, i) => i < 5 || probability >= 0.0005);
      expect(list.map(({ token }) => token)).toEqual(wanted.map(({ token }) => token));
      for (const [i, { probability }] of list.entries())
        expect(probability).toBeCloseTo(wanted[i]?.probability as number, 5);
    }
    const product = candidates.reduce((total, [best]) => total * (best?.probability as number), 1);
    expect(prediction.confidence / product).toBeCloseTo(1, 6);
  });
});

describe("a change of what is not there is refused:", () => {
  const weights = onehot(0);
  it.each<[string, Change, string]>([
    ["a place behind the text", { masked: [0, 10] }, "masked places from 0 to 9 but found 10"],
    ["a place before it", { masked: [-1] }, "masked places from 0 to 9 but found -1"],
    ["half a place", { masked: [0.5] }, "masked places from 0 to 9 but found 0.5"],
    [
      "other weights",
      { forced: [{ step: 1, weights: [1, 2] }] },
      "10 weights for step 1, one a character, but found 2",
    ],
    [
      "weights below 0",
      { forced: [{ step: 1, weights: weights.with(4, -0.5) }] },
      "weights of 0 or more for step 1 but found -0.5",
    ],
    [
      "weights that are none",
      { forced: [{ step: 1, weights: weights.with(4, Number.POSITIVE_INFINITY) }] },
      "weights of 0 or more for step 1 but found Infinity",
    ],
    [
      "weights of 0",
      { forced: [{ step: 1, weights: weights.map(() => 0) }] },
      "a weight above 0 for step 1 but found none",
    ],
    [
      "a letter",
      { written: [{ step: 0, token: "x" }] },
      'one of 0 1 2 3 4 5 6 7 8 9 - to be written at step 0 but found "x"',
    ],
    ["a step behind the answer", { written: [{ step: 11, token: "1" }] }, "written steps from 0 to 9 but found 11"],
    [
      "two characters at a step",
      { written: ["1", "2"].map((token) => ({ step: 3, token })) },
      "each step to be written once but found step 3 twice",
    ],
  ])("%s", async (_, change, found) => {
    await expect(model.explain(TEXT, change)).rejects.toThrow(new RangeError(`explain: expected ${found}`));
  });

  it.each<[string, Change, string]>([
    ["a step too many", { forced: [{ step: 10, weights }] }, "forced steps from 0 to 9 but found 10"],
    ["no step", { forced: [{ step: Number.NaN, weights }] }, "forced steps from 0 to 9 but found NaN"],
    [
      "two changes of a step",
      { forced: [1, 2, 1].map((step) => ({ step, weights })) },
      "each step to be forced once but found step 1 twice",
    ],
  ])("%s", async (_, change, found) => {
    await expect(model.explain(TEXT, change)).rejects.toThrow(new RangeError(`what-if: expected ${found}`));
  });

  it("a change of a text that the model cannot take is told of the text", async () => {
    await expect(model.explain(" ", { masked: [0] })).rejects.toThrow(
      new DataError("text: expected a date but found only spaces; write one, such as 9 may 1998"),
    );
  });
});
