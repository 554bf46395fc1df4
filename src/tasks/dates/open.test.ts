import { describe, expect, it } from "vitest";
import { ALPHABET, MAX_INPUT, OUTPUT_LENGTH, OUTPUT_SYMBOLS } from "../../data/dates/index.ts";
import { encodeText, memoryFolder } from "../../data/folder.ts";
import { decode, encode } from "../../onnx/messages.ts";
import { writeModel } from "../../onnx/write.ts";
import type { Backend } from "../../runtime/backend.ts";
import { nodeBackend } from "../../runtime/node.ts";
import type { Shape } from "../../tensor/dim.ts";
import { DataError, ModelError } from "../../tensor/errors.ts";
import { array, type DType, type NdArray } from "../../tensor/nd-array.ts";
import { scanNode } from "../../tensor/scan.ts";
import { constant, input } from "../../tensor/tensor.ts";
import type { LabelledText, Prediction, RejectedText, TestEvent } from "../events.ts";
import { FORMAT_VERSION } from "../model-json.ts";
import type { OpenModel } from "../recipe.ts";
import { loadNetwork } from "./network.ts";
import { openDates } from "./open.ts";
import { DATE_DEFAULTS } from "./settings.ts";

const CONFIG = {
  fovea: FORMAT_VERSION,
  task: "dates",
  model: { type: "date-normalizer", vocabulary: 39, outputVocabulary: 11, outputLen: 10, ...DATE_DEFAULTS.model },
  calibration: { temperature: 1, threshold: 0.5 },
  training: DATE_DEFAULTS,
};

/** Reads ten figures as a date by position, `20010203` as `2001-02-03`, sure of it unless there is a question mark. */
function readRow(ids: readonly number[]): { logits: number[]; attention: number[] } {
  const text = ids.map((id) => ALPHABET.symbols[id]);
  const figures = text.filter((symbol) => /^\d$/.test(symbol as string)).join("");
  const iso = `${figures.slice(0, 4)}-${figures.slice(4, 6)}-${figures.slice(6, 8)}`.padEnd(OUTPUT_LENGTH, "0");
  const sure = text.includes("<unk>") ? 0.1 : 20;
  const logits = [...iso].flatMap((chosen) => OUTPUT_SYMBOLS.map((symbol) => (symbol === chosen ? sure : 0)));
  const attention = [...iso].flatMap((_, step) => Array.from({ length: MAX_INPUT }, (__, i) => (i === step ? 1 : 0)));
  return { logits, attention };
}

/** A graph with the inputs and outputs of a date model. */
function network(change: { text?: Shape; lengths?: DType; symbols?: number; as?: string } = {}): Uint8Array {
  const { text: shape = ["batch", MAX_INPUT], lengths: dtype = "int32", symbols = 11, as = "logits" } = change;
  const lengths = input("lengths", ["batch"], dtype);
  const text = input("text", shape, "int32");
  const start = lengths.cast("float32").unsqueeze(1).unsqueeze(2);
  const row = (width: number) => start.add(constant(array(new Float32Array(10 * width), [1, 10, width])));
  const attention = row(MAX_INPUT).add(text.cast("float32").unsqueeze(1));
  return writeModel({ [as]: row(symbols), attention }, { inputs: [text, lengths] });
}

/** A model whose network is `readRow`, with the number of texts of each run. */
async function open(
  change: (results: Record<string, NdArray>) => Record<string, NdArray> = (results) => results,
): Promise<{ model: OpenModel; runs: number[] }> {
  const runs: number[] = [];
  const run = async ({ text }: Readonly<Record<string, NdArray>>) => {
    const { data, shape } = text as NdArray;
    const rows = shape[0] as number;
    runs.push(rows);
    const read = Array.from({ length: rows }, (_, row) =>
      readRow([...(data as Int32Array).subarray(row * MAX_INPUT, (row + 1) * MAX_INPUT)]),
    );
    return change({
      logits: array(
        read.flatMap(({ logits }) => logits),
        [rows, OUTPUT_LENGTH, OUTPUT_SYMBOLS.length],
      ),
      attention: array(
        read.flatMap(({ attention }) => attention),
        [rows, OUTPUT_LENGTH, MAX_INPUT],
      ),
    });
  };
  const session = { bytes: 0, run, release: async () => undefined };
  const backend = { name: "fake", prepare: async () => session } as unknown as Backend;
  const folder = memoryFolder("here");
  await folder.write("vocab.json", encodeText(JSON.stringify({ input: ALPHABET.symbols, output: OUTPUT_SYMBOLS })));
  await folder.write("onnx/model.onnx", network());
  return { model: await openDates(folder, encodeText(JSON.stringify(CONFIG)), backend), runs };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const figures = (i: number) => String(20_010_000 + 100 * (1 + (i % 12)) + 1 + (i % 28)) + " ".repeat(i % 5);
const isoOf = (text: string) => `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;

describe("predict", () => {
  it("keeps the order of more than a thousand texts, some at a time", async () => {
    const { model, runs } = await open();
    const texts = Array.from({ length: 1203 }, (_, i) => figures(i));
    const answers = (await collect(model.predict(texts))) as Prediction[];
    expect(answers.map(({ text }) => text)).toEqual(texts);
    expect(answers.map(({ output }) => output)).toEqual(texts.map(isoOf));
    expect(answers.every(({ certain, valid }) => certain && valid)).toBe(true);
    expect(runs).toEqual([250, 250, 250, 250, 203]);
  });

  it("tells what it doubts, and what is no date", async () => {
    const { model } = await open();
    const [doubtful, impossible] = (await collect(model.predict(["20010203?", "20010230"]))) as [
      Prediction,
      Prediction,
    ];
    expect(doubtful).toMatchObject({ output: "2001-02-03", certain: false, valid: true });
    const share = Math.exp(0.1) / (Math.exp(0.1) + 10);
    expect(doubtful.confidence / share ** 10).toBeCloseTo(1, 4);
    expect(impossible).toMatchObject({ output: "2001-02-30", certain: true, valid: false });
  });

  it("puts a rejection in the place of a text that it cannot take, and lets rejections through", async () => {
    const { model, runs } = await open();
    const broken: RejectedText = { text: "\ufffd", error: "lines: expected UTF-8 but found other bytes" };
    const long = "1".repeat(31);
    const texts = ["20010203", "", broken, "   ", long, "20020304"];
    const blank = "write one, such as 9 may 1998";
    expect(await collect(model.predict(texts))).toEqual([
      expect.objectContaining({ text: "20010203", output: "2001-02-03" }),
      { text: "", error: `text: expected a date but found nothing; ${blank}` },
      broken,
      { text: "   ", error: `text: expected a date but found only spaces; ${blank}` },
      {
        text: long,
        error: "text: expected at most 30 characters but found 31; leave out all but the date, such as the time",
      },
      expect.objectContaining({ text: "20020304", output: "2002-03-04" }),
    ]);
    expect(runs).toEqual([2]);
    expect(await collect(model.predict([""]))).toHaveLength(1);
    expect(await collect(model.predict([]))).toEqual([]);
    expect(runs).toEqual([2]);
  });

  it("answers a slow writer before the next text comes", async () => {
    const { model, runs } = await open();
    const answered: string[] = [];
    /** Gives two texts at a time, the next two only once these are answered. */
    async function* source(): AsyncGenerator<string, void> {
      for (let i = 0; i < 6; i += 2) {
        yield figures(i);
        yield figures(i + 1);
        const start = performance.now();
        while (answered.length < i + 2) {
          if (performance.now() - start > 5000) throw new RangeError(`no answer to text ${i}`);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
    }
    for await (const answer of model.predict(source())) answered.push(answer.text);
    expect(answered).toEqual([0, 1, 2, 3, 4, 5].map(figures));
    expect(runs).toEqual([2, 2, 2]);
  });

  it("lets go of its source when nobody wants more, and passes on its errors", async () => {
    const { model } = await open();
    let isOpen = true;
    async function* source(): AsyncGenerator<string, void> {
      try {
        for (let i = 0; ; i++) yield figures(i);
      } finally {
        isOpen = false;
      }
    }
    for await (const { text } of model.predict(source())) if (text === figures(7)) break;
    await new Promise((resolve) => setTimeout(resolve));
    expect(isOpen).toBe(false);
    async function* failing(): AsyncGenerator<string, void> {
      yield figures(0);
      throw new DataError("lines: expected a file but found none");
    }
    await expect(collect(model.predict(failing()))).rejects.toThrow(
      new DataError("lines: expected a file but found none"),
    );
  });
});

describe("explain", () => {
  it("gives the answer and the weights of its own characters", async () => {
    const { model } = await open();
    const { prediction, map } = await model.explain("2001/02/03");
    expect(prediction).toEqual((await collect(model.predict(["2001/02/03"])))[0]);
    expect(map).toMatchObject({
      title: "2001/02/03 → 2001-02-03",
      rows: [..."2001-02-03"],
      columns: [..."2001/02/03"],
    });
    expect(map.weights).toEqual(Array.from({ length: 100 }, (_, i) => (i % 11 === 0 ? 1 : 0)));
  });

  it("refuses a text that the model cannot take", async () => {
    const { model } = await open();
    const message = "text: expected a date but found nothing; write one, such as 9 may 1998";
    await expect(model.explain("")).rejects.toThrow(new DataError(message));
  });
});

describe("evaluate on pairs", () => {
  async function* pairs(...list: LabelledText[]): AsyncGenerator<LabelledText, void> {
    yield* list;
  }
  const place = { file: "pairs.tsv", line: 2, column: 10 };

  it("counts right and certain answers; a text that cannot be taken is answered wrongly", async () => {
    const { model } = await open();
    const list = [
      { text: "20010203", expected: "2001-02-03" },
      { text: "", expected: "2001-02-03" },
      { text: "20010203", expected: "2001-02-04" },
      { text: "20010205?", expected: "2001-02-05" },
    ];
    const [event] = (await collect(model.evaluate({ pairs: pairs(...list) }))) as [TestEvent];
    expect(event).toMatchObject({
      type: "test",
      overall: { name: "all", count: 4, right: 2, share: 0.5 },
      groups: [],
      metrics: { certainShare: 0.5, certainRight: 0.5 },
      rejected: 1,
    });
    expect(Object.keys(event.metrics)).toEqual(Object.keys(model.measures?.pairs ?? {}));
  });

  it.each([
    [[], "evaluate: expected pairs of text and date but found none"],
    [
      [
        { text: "20010203", expected: "2001-02-03" },
        { text: "x", expected: "3 Feb", place },
      ],
      'evaluate: expected yyyy-mm-dd at pairs.tsv:2:10 but found "3 Feb"',
    ],
    [[{ text: "x", expected: "2001-2-3" }], 'evaluate: expected yyyy-mm-dd but found "2001-2-3"'],
  ])("refuses pairs without dates (%#)", async (list: LabelledText[], message) => {
    const { model } = await open();
    const error: unknown = await collect(model.evaluate({ pairs: pairs(...list) })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ message, ...(list.length === 2 ? place : {}) });
  });
});

it.each([
  ["logits", [1, 10, 11], Number.NaN, "finite logits but found NaN"],
  ["logits", [1, 10, 11], Number.POSITIVE_INFINITY, "finite logits but found Infinity"],
  ["attention", [1, 10, 30], Number.NaN, "weights from 0 to 1 but found NaN"],
  ["attention", [1, 10, 30], 1.5, "weights from 0 to 1 but found 1.5"],
  ["attention", [1, 10, 30], -0.25, "weights from 0 to 1 but found -0.25"],
])("a network that gives %s %j with %d in it is refused", async (name, shape, value, found) => {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const { model } = await open((results) => ({
    ...results,
    [name]: array(new Float32Array(size).fill(value, size - 1), shape),
  }));
  const message = `model: expected the network to give ${found}`;
  await expect(collect(model.predict(["1 may 1998"]))).rejects.toThrow(new ModelError(message));
});

describe("a network", () => {
  const load = (bytes: Uint8Array) => loadNetwork(bytes, { file: "a/model.onnx", symbols: 11, backend: nodeBackend });
  const refused = (found: string) => new ModelError(`model: expected a/model.onnx to load but found: ${found}`);

  const looped = scanNode({
    initial: {},
    inputs: { x: input("x", ["batch", 2]) },
    step: (_, { x }) => ({ state: {}, output: { y: x.exp() } }),
  }).output.y;

  it("of the right inputs and outputs loads", async () => {
    const { session } = await load(network());
    const feeds = { text: array(new Int32Array(30), [1, 30], "int32"), lengths: array(Int32Array.of(3), [1], "int32") };
    const { logits, attention } = await session.run(feeds);
    expect([logits?.shape, attention?.shape]).toEqual([
      [1, 10, 11],
      [1, 10, 30],
    ]);
    await session.release();
  });

  it.each([
    [
      "logits of another width",
      network({ symbols: 12 }),
      "output logits to be float32 [batch,10,11] but found float32 [batch,10,12]",
    ],
    ["other lengths", network({ lengths: "int64" }), "input lengths to be int32 [batch] but found int64 [batch]"],
    ["another text", network({ text: ["batch", 1] }), "input text to be int32 [batch,30] but found int32 [batch,1]"],
    ["no logits", network({ as: "scores" }), "outputs logits, attention but found scores, attention"],
    ["a loop", writeModel({ y: looped }), "operators without a graph inside but found Scan"],
    ["other inputs", writeModel({ y: input("x", ["batch"]).exp() }), "inputs text, lengths but found x"],
  ])("with %s is refused", async (_, bytes, found) => {
    await expect(load(bytes)).rejects.toThrow(refused(`network: expected ${found}`));
  });

  it("is never read in two ways: of two graphs in a file the one that was judged runs", async () => {
    const foreign = writeModel({ y: input("x", ["batch"]).exp() });
    const both = new Uint8Array([...foreign, ...network()]);
    const { session } = await load(both);
    expect(session.bytes).toBeLessThan(both.length);
    await session.release();
  });

  it.each([
    ["Loop", "ai.onnx", "onnx: expected an operator of the table (fovea list operators) but found node 0 (Loop)"],
    [
      "Gelu",
      "other",
      "onnx: expected an operator of the table (fovea list operators) but found node 0 (Gelu) of other",
    ],
  ])("with the operator %s of %s is refused", async (opType, domain, found) => {
    const model = decode("Model", network());
    model.graph?.node?.unshift({ opType, domain, input: ["lengths"], output: ["z"] });
    await expect(load(encode("Model", model))).rejects.toThrow(refused(found));
  });

  it("whose data lies in another file is refused", async () => {
    const model = decode("Model", network());
    const [first] = model.graph?.initializer ?? [];
    Object.assign(first as object, {
      rawData: undefined,
      dataLocation: 1,
      externalData: [{ key: "location", value: "package.json" }],
    });
    await expect(load(encode("Model", model))).rejects.toThrow(
      refused("onnx: expected initialiser t1 inside the file but found external data; save the model as one file"),
    );
  });
});

it.each([
  ["logits", undefined, "none"],
  ["logits", array(new Float32Array(12), [1, 12]), "float32 [1,12]"],
  ["logits", array(new Int32Array(110), [1, 10, 11], "int32"), "int32 [1,10,11]"],
  ["attention", array(new Float32Array(290), [1, 10, 29]), "float32 [1,10,29]"],
])("a network that gives other %s is refused (%#)", async (name, value, found) => {
  const { model } = await open((results) => {
    const { [name]: _, ...others } = results;
    return value ? { ...results, [name]: value } : others;
  });
  const wanted = name === "logits" ? "[1,10,11]" : "[1,10,30]";
  const message = `model: expected the network to give ${name} as float32 ${wanted} but found ${found}`;
  await expect(collect(model.predict(["1 may 1998"]))).rejects.toThrow(new ModelError(message));
});
