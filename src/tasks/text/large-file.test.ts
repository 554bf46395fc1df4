import { expect, it } from "vitest";
import { type ByteSource, openExamples } from "../../data/text/index.ts";
import type { Batch } from "../../runtime/engine.ts";
import { TextBatches } from "./batches.ts";
import { readTextData } from "./data.ts";
import type { Encoding } from "./example-set.ts";

/** Bytes of a record, no divisor of those of a piece. */
const RECORD = 4099;
const RECORDS = 50_000;
const PIECE = 2 ** 18;
const NAME = "large.tsv";

const sourceText = (i: number) => `text ${i}`;
const answer = (i: number) => "x".repeat(1 + (i % 13));

/** A table of 205 MB that is nowhere: what is asked of it is made, streams in one and the same piece; and a count of what was asked. */
function largeTable() {
  const asked = { streamed: 0, reads: 0, largestRead: 0 };
  const encoder = new TextEncoder();
  const record = new Uint8Array(RECORD);
  const write = (out: Uint8Array, from: number) => {
    for (let at = 0; at < out.length; ) {
      const i = Math.floor((from + at) / RECORD);
      const inside = from + at - i * RECORD;
      record.fill(121);
      encoder.encodeInto(`${sourceText(i)}\t${answer(i)} `, record);
      record[RECORD - 1] = 10;
      const part = record.subarray(inside, inside + out.length - at);
      out.set(part, at);
      at += part.length;
    }
    return out;
  };
  const size = RECORD * RECORDS;
  const piece = new Uint8Array(PIECE);
  const source: ByteSource = {
    name: NAME,
    size,
    async read(start, end) {
      asked.reads++;
      asked.largestRead = Math.max(asked.largestRead, end - start);
      return write(new Uint8Array(end - start), start);
    },
    async *stream() {
      for (let start = 0; start < size; start += PIECE) {
        const length = Math.min(PIECE, size - start);
        asked.streamed += length;
        yield write(piece.subarray(0, length), start);
      }
    },
    close: async () => undefined,
  };
  return { source, asked, size };
}

const codePoints = (text: string) => Int32Array.from(text, (character) => character.codePointAt(0) as number);

it("a table larger than memory is trained on, read through twice and then one example at a time", async () => {
  const { source, asked, size } = largeTable();
  const roles = [
    { name: "source", headers: ["source"] },
    { name: "target", headers: ["target"] },
  ];
  let learnt = 0;
  const vocabulary = {
    add: () => void learnt++,
    finish: () => (fields: Readonly<Record<string, string>>) => {
      const [word] = (fields.target as string).split(" ", 1) as [string];
      return { source: codePoints(fields.source as string), target: codePoints(word) };
    },
  };
  const data = await readTextData({
    owner: "toy",
    files: { train: await openExamples([source], { owner: "toy", roles }) },
    vocabulary,
    splitBy: (fields) => fields.source as string,
    seed: 3,
    validationCount: 100,
    testCount: 50,
    inMemoryBytes: 2 ** 20,
  });
  // Only what is held out is in memory, and no more of it than is wanted.
  expect([data.validation.length, data.test.length, data.train.count]).toEqual([100, 50, learnt]);
  expect(learnt / RECORDS).toBeCloseTo(0.9, 2);
  // The first piece tells whether there is a header.
  expect(asked).toEqual({ streamed: 2 * size + PIECE, reads: 0, largestRead: 0 });

  const rows: Encoding[] = [];
  const encodeRows = (given: readonly Encoding[]): Batch => {
    rows.push(...given);
    return {};
  };
  const settings = { batch: 64, seed: 3, sourceLen: 20, targetLen: 20, truncate: false };
  const batches = new TextBatches(data.train, settings, encodeRows);
  for (let step = 0; step < batches.batchesPerEpoch; step++) await batches.batch(step);
  expect(asked).toEqual({ streamed: 2 * size + PIECE, reads: learnt, largestRead: RECORD - 1 });
  const numbers = rows.map((row) => Number(String.fromCodePoint(...row.source).slice("text ".length)));
  expect([numbers.length, new Set(numbers).size]).toEqual([learnt, learnt]);
  const wrong = rows.filter(({ target }, i) => String.fromCodePoint(...target) !== answer(numbers[i] as number));
  expect(wrong).toEqual([]);
});
