import { describe, expect, it } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { type ByteSource, memorySource } from "./byte-source.ts";
import { type ExampleFiles, openExamples, type RawExample } from "./example-files.ts";
import type { RecordOptions } from "./records.ts";

const OPTIONS: RecordOptions = {
  owner: "translate",
  roles: [
    { name: "source", headers: ["source", "de"] },
    { name: "target", headers: ["target", "en"] },
    { name: "group", headers: ["group"], optional: true },
  ],
};

type Texts = Readonly<Record<string, string>>;

const sources = (texts: Texts) =>
  Object.entries(texts).map(([name, text]) => memorySource(name, new TextEncoder().encode(text)));

async function all(files: ExampleFiles): Promise<RawExample[]> {
  const examples: RawExample[] = [];
  for await (const example of files.examples()) examples.push(example);
  return examples;
}

const TABLE = { "a.tsv": "\ufeffen\tde\tgroup\nb\tä\t1\n\nd\t👍\t\n  f \tcafe\u0301\t2\r\n" };
const CSV = { "a.csv": 'ä,"b\n""b"""\n👍,d\n"café",f\n' };
const LINES = { "a.jsonl": '{"de":"ä","en":"b"}\n\n{"en":"d","de":"👍","group":"x"}\n{"de":"café","en":"f"}' };
const PARALLEL = { "t.de": "ä\r\n\n👍\ncafe\u0301", "t.en": "b\n\n  d\nf\n" };

describe.each<[string, Texts, string, readonly Texts[]]>([
  [
    "a table",
    TABLE,
    "a.tsv",
    [
      { source: "ä", target: "b", group: "1" },
      { source: "👍", target: "d" },
      { source: "café", target: "f", group: "2" },
    ],
  ],
  [
    "a table without a header",
    CSV,
    "a.csv",
    [
      { source: "ä", target: 'b\n"b"' },
      { source: "👍", target: "d" },
      { source: "café", target: "f" },
    ],
  ],
  [
    "JSON lines",
    LINES,
    "a.jsonl",
    [
      { source: "ä", target: "b" },
      { source: "👍", target: "d", group: "x" },
      { source: "café", target: "f" },
    ],
  ],
  [
    "files side by side",
    PARALLEL,
    "t.de and t.en",
    [
      { source: "ä", target: "b" },
      { source: "👍", target: "d" },
      { source: "café", target: "f" },
    ],
  ],
])("the examples of %s", (_, texts, name, fields) => {
  it("are read in order, as often as one likes", async () => {
    const files = await openExamples(sources(texts), OPTIONS);
    const size = Object.values(texts).reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0);
    expect([files.name, files.size]).toEqual([name, size]);
    const first = await all(files);
    expect(first.map((example) => example.fields)).toEqual(fields);
    expect(first.every(({ spans }) => spans.length === Object.keys(texts).length)).toBe(true);
    expect(await all(files)).toEqual(first);
  });

  it("are the same read one by one, in any order", async () => {
    const files = await openExamples(sources(texts), OPTIONS);
    const examples = await all(files);
    for (const { spans, fields: first } of examples.toReversed()) expect(await files.read(spans)).toEqual(first);
    const together = await Promise.all(examples.map(({ spans }) => files.read(spans)));
    expect(together).toEqual(fields);
  });

  it("that are cut off, or gone, are told", async () => {
    const bytes = sources(texts);
    const changed: ByteSource[] = bytes.map((source) => ({
      ...source,
      read: async (start, end) => new Uint8Array(end - start).fill(10),
    }));
    const [{ spans }] = (await all(await openExamples(bytes, OPTIONS))) as [RawExample];
    const files = await openExamples(changed, OPTIONS);
    const words = changed.length === 1 ? "as it was but found it changed" : "as they were but found them changed";
    await expect(files.read(spans)).rejects.toThrow(
      new DataError(`translate: expected ${name} ${words}; start again`, { file: Object.keys(texts)[0] as string }),
    );
  });

  it("stand at their places", async () => {
    const examples = await all(await openExamples(sources(texts), OPTIONS));
    const file = Object.keys(texts)[0];
    expect(examples.map(({ place }) => place.file)).toEqual(fields.map(() => file));
    const starts = examples.map(({ spans }) => spans[0]?.start as number);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });

  it("leave the files closed", async () => {
    const closed: string[] = [];
    const given = sources(texts).map((source) => ({ ...source, close: async () => void closed.push(source.name) }));
    const files = await openExamples(given, OPTIONS);
    await files.close();
    expect(closed).toEqual(Object.keys(texts));
  });
});

it("a table without a record cannot be opened", async () => {
  await expect(openExamples(sources({ "a.tsv": "\n" }), OPTIONS)).rejects.toThrow(
    new DataError("translate: expected records in a.tsv but found none", { file: "a.tsv" }),
  );
});

it("more files than texts of an example cannot be opened", async () => {
  const roles = OPTIONS.roles.slice(0, 2);
  await expect(openExamples(sources({ a: "a", b: "b", c: "c" }), { ...OPTIONS, roles })).rejects.toThrow(
    new RangeError("translate: expected a file for each of source, target but found 3"),
  );
  await expect(openExamples([], OPTIONS)).rejects.toThrow(
    new RangeError("translate: expected a file for each of  but found none"),
  );
});

it("bad records are left out where someone takes them", async () => {
  const bad: string[] = [];
  const texts = { "a.tsv": "source\ttarget\na\tb\nc\nd\te\n" };
  const files = await openExamples(sources(texts), { ...OPTIONS, onBad: ({ message }) => bad.push(message) });
  expect((await all(files)).map(({ fields }) => fields.source)).toEqual(["a", "d"]);
  expect(bad).toEqual([
    "translate: expected 2 columns (source, target) at a.tsv:3:2 but found 1; part columns by a tab",
  ]);
});
