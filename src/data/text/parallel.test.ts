import { describe, expect, test } from "vitest";
import type { DataError } from "../../tensor/errors.ts";
import { type ByteSource, memorySource } from "./byte-source.ts";
import { type ParallelOptions, type ParallelRecord, parallelParser, readParallel } from "./parallel.ts";

const OPTIONS: ParallelOptions = {
  owner: "translate",
  roles: [
    { name: "source", headers: [] },
    { name: "target", headers: [] },
  ],
};

function sourceOf(name: string, content: string | Uint8Array): ByteSource {
  return memorySource(name, typeof content === "string" ? new TextEncoder().encode(content) : content);
}

const sourcesOf = (de: string | Uint8Array, en: string) => [sourceOf("train.de", de), sourceOf("train.en", en)];

async function recordsOf(sources: readonly ByteSource[], options: Partial<ParallelOptions> = {}) {
  const records: ParallelRecord[] = [];
  for await (const record of readParallel(sources, { ...OPTIONS, ...options })) records.push(record);
  return records;
}

const shortly = ({ fields }: ParallelRecord) => `${fields.source}→${fields.target}`;

test.each([
  ["a\nb", "c\nd\n", ["a→c", "b→d"]],
  ["\ufeff a \r\n\r\nb\r\n", "c\n \nd", ["a→c", "b→d"]],
  ["a\nb\n\n \n", "c\nd\n", ["a→c", "b→d"]],
  ['e\u0301\t"x\n', "c,d", ['\u00e9\t"x→c,d']],
])("%j and %j are %j", async (de, en, expected) => {
  expect((await recordsOf(sourcesOf(de, en))).map(shortly)).toEqual(expected);
});

test("a record tells where it stands, and is read again from there", async () => {
  const sources = sourcesOf("ä\n\nb\n", "c\n\nd\n");
  const records = await recordsOf(sources);
  expect(records[1]).toEqual({
    fields: { source: "b", target: "d" },
    place: { file: "train.de", line: 3, column: 1 },
    places: {
      source: { file: "train.de", line: 3, column: 1 },
      target: { file: "train.en", line: 3, column: 1 },
    },
    spans: [
      { start: 4, end: 5 },
      { start: 3, end: 4 },
    ],
  });
  const parse = parallelParser(sources, OPTIONS);
  for (const { spans, fields } of records) {
    const parts = await Promise.all(spans.map(({ start, end }, i) => (sources[i] as ByteSource).read(start, end)));
    expect(parse(parts)).toEqual(fields);
  }
});

test.each([[["a"]], [["a", ""]], [["a", "b\nc"]], [["a", "b", "c"]]])("%j is no record", (texts) => {
  const parse = parallelParser(sourcesOf("a", "b"), OPTIONS);
  expect(() => parse(texts.map((text) => new TextEncoder().encode(text)))).toThrow(
    expect.objectContaining({
      message: "translate: expected train.de and train.en as they were but found them changed; start again",
    }),
  );
});

test.each<[string | Uint8Array, string, string]>([
  ["a\n\n", "b\nc\n", "a text for source at train.de:2:1 but found an empty line"],
  ["a\nb\n", "b\n \n", "a text for target at train.en:2:1 but found an empty line"],
  [Uint8Array.of(0x61, 0xff), "b", "UTF-8 at train.de:1:2 but found other bytes; save the text as UTF-8"],
  ["a", "123456789", "at most 8 bytes in a line at train.en:1:1 but found 9; break it up"],
])("%j and %j are refused with the place", async (de, en, message) => {
  const [, file, line, column] = /at (train\S+):(\d+):(\d+) but/.exec(message) ?? [];
  await expect(recordsOf(sourcesOf(de, en), { maxBytes: 8 })).rejects.toMatchObject({
    name: "DataError",
    message: `translate: expected ${message}`,
    file,
    line: Number(line),
    column: Number(column),
  });
});

test("bad records are left out, and told", async () => {
  const bad: string[] = [];
  const onBad = ({ file, line }: DataError) => bad.push(`${file}:${line}`);
  const records = await recordsOf(sourcesOf("a\n\nb\nc\n", "x\ny\n\nz\n"), { onBad });
  expect(records.map(shortly)).toEqual(["a→x", "c→z"]);
  expect(bad).toEqual(["train.de:2", "train.en:3"]);
});

describe("files that do not fit", () => {
  test.each([
    ["a\nb\nc\n", "a\nb\nc\nd\n\ne\n\n", "expected as many lines in train.de as in train.en but found 3 and 6"],
    ["a\nb", "a", "expected as many lines in train.de as in train.en but found 2 and 1"],
    ["", "a", "expected as many lines in train.de as in train.en but found 0 and 1"],
    ["\n\n", "\n", "expected records in train.de and train.en but found none"],
  ])("%j and %j", async (de, en, message) => {
    await expect(recordsOf(sourcesOf(de, en), { onBad: () => {} })).rejects.toMatchObject({
      name: "DataError",
      message: `translate: ${message}`,
      file: "train.de",
    });
  });

  test("a number of files that is not that of the roles", async () => {
    const message = "translate: expected a file for each of source, target but found 1";
    await expect(recordsOf([sourceOf("a", "b")])).rejects.toThrow(new RangeError(message));
    expect(() => parallelParser([sourceOf("a", "b")], OPTIONS)).toThrow(new RangeError(message));
  });
});

test("the longer file is read no further ahead than a piece, and both are let go", async () => {
  const asked = [0, 0];
  const open = [true, true];
  const sources = [1, 1000].map((lines, i): ByteSource => {
    const piece = new TextEncoder().encode("a\n".repeat(lines));
    return {
      ...sourceOf(`file ${i}`, ""),
      async *stream() {
        try {
          for (;;) {
            asked[i] = (asked[i] as number) + 1;
            yield piece;
          }
        } finally {
          open[i] = false;
        }
      },
    };
  });
  let count = 0;
  for await (const { fields } of readParallel(sources, OPTIONS)) {
    if (++count === 2500 && fields.source === "a") break;
  }
  expect(asked).toEqual([2500, 3]);
  expect(open).toEqual([false, false]);
});
