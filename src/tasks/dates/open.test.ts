import { describe, expect, it } from "vitest";
import { ALPHABET, MAX_INPUT, OUTPUT_LENGTH, OUTPUT_SYMBOLS } from "../../data/dates/index.ts";
import { encodeText, memoryFolder } from "../../data/folder.ts";
import type { Backend } from "../../runtime/backend.ts";
import { DataError, ModelError } from "../../tensor/errors.ts";
import { array, type NdArray } from "../../tensor/nd-array.ts";
import type { LabelledText, Prediction, RejectedText, TestEvent } from "../events.ts";
import type { OpenModel } from "../recipe.ts";
import { FORMAT_VERSION } from "./config.ts";
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
  const backend = { name: "fake", load: async () => session } as unknown as Backend;
  const folder = memoryFolder("here");
  await folder.write("vocab.json", encodeText(JSON.stringify({ input: ALPHABET.symbols, output: OUTPUT_SYMBOLS })));
  await folder.write("onnx/model.onnx", new Uint8Array(1));
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
