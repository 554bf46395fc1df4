import { describe, expect, it } from "vitest";
import { type ByteSource, type ExampleFiles, memorySource } from "../../data/text/index.ts";
import { DataError } from "../../tensor/errors.ts";
import { openFiles, readKnownFiles } from "./files.ts";

const ROLES = [
  { name: "source", headers: ["source"] },
  { name: "target", headers: ["target"] },
  { name: "group", headers: ["group"], optional: true },
];

/** Files in memory that tell which are open. */
function folder(texts: Readonly<Record<string, string>>) {
  const opened: string[] = [];
  const closed: string[] = [];
  const openSource = async (name: string): Promise<ByteSource> => {
    const text = texts[name];
    if (text === undefined) throw new DataError(`toy: expected data in ${name} but found no such file`, { file: name });
    opened.push(name);
    return { ...memorySource(name, new TextEncoder().encode(text)), close: async () => void closed.push(name) };
  };
  return { openSource, opened, closed };
}

async function sources(files: ExampleFiles | undefined): Promise<string[]> {
  const found: string[] = [];
  if (files) for await (const { fields } of files.examples()) found.push(fields.source as string);
  return found;
}

describe("the files of a training", () => {
  it("are opened, and closed together", async () => {
    const { openSource, opened, closed } = folder({
      "a.tsv": "a\tb\n",
      "v.de": "c\n",
      "v.en": "d\n",
      "t.jsonl": '{"source":"e","target":"f"}',
    });
    const given = { train: ["a.tsv"], validation: ["v.de", "v.en"], test: ["t.jsonl"] };
    const files = await openFiles("toy", ROLES, { files: given, openSource });
    expect(await Promise.all([files.train, files.validation, files.test].map(sources))).toEqual([["a"], ["c"], ["e"]]);
    expect([files.bad.size, closed]).toEqual([0, []]);
    await files.close();
    expect([opened, closed.toSorted()]).toEqual([
      ["a.tsv", "v.de", "v.en", "t.jsonl"],
      ["a.tsv", "t.jsonl", "v.de", "v.en"],
    ]);
  });

  it("but those for training need not be", async () => {
    const { openSource } = folder({ "a.tsv": "a\tb\n" });
    const { validation, test } = await openFiles("toy", ROLES, { files: { train: ["a.tsv"] }, openSource });
    expect([validation, test]).toEqual([undefined, undefined]);
  });

  it("may have other columns", async () => {
    const { openSource } = folder({ "a.csv": "note,English,German\nn,b,a\n" });
    const columns = { source: "german", target: "english" };
    const files = await openFiles("toy", ROLES, { files: { train: ["a.csv"], columns }, openSource });
    expect(await sources(files.train)).toEqual(["a"]);
  });

  it.each([undefined, { train: [] }])("are needed: %j", async (files) => {
    const { openSource } = folder({});
    await expect(openFiles("toy", ROLES, { files, openSource })).rejects.toThrow(
      new DataError("toy: expected a file of source and target but found none; give one with --data, as toy.tsv"),
    );
  });

  it("are needed with a way to open them", async () => {
    await expect(openFiles("toy", ROLES, { files: { train: ["a.tsv"] } })).rejects.toThrow(
      new DataError("toy: expected a file of source and target but found none; give one with --data, as toy.tsv"),
    );
  });
});

describe("when one cannot be used", () => {
  it.each<[string, { train: string[]; validation?: string[]; test?: string[] }, string, string[], string]>([
    [
      "that is not there",
      { train: ["a.tsv"], validation: ["none.tsv"] },
      "toy: expected data in none.tsv but found no such file",
      ["a.tsv"],
      "none.tsv",
    ],
    [
      "beside another",
      { train: ["a.de", "none.en"] },
      "toy: expected data in none.en but found no such file",
      ["a.de"],
      "none.en",
    ],
    [
      "without records",
      { train: ["a.tsv"], validation: ["empty.tsv"] },
      "toy: expected records in empty.tsv but found none",
      ["a.tsv", "empty.tsv"],
      "empty.tsv",
    ],
    [
      "in no known format",
      { train: ["a.tsv"], test: ["a.de"] },
      'toy: expected a file that ends in .tsv, .csv or .jsonl but found "a.de"; name its format',
      ["a.de", "a.tsv"],
      "a.de",
    ],
  ])("one %s, all that are open are closed", async (_, files, message, names, file) => {
    const { openSource, opened, closed } = folder({ "a.tsv": "a\tb\n", "a.de": "a\n", "empty.tsv": "\n" });
    await expect(openFiles("toy", ROLES, { files, openSource })).rejects.toThrow(new DataError(message, { file }));
    expect([opened.toSorted(), closed.toSorted()]).toEqual([names, names]);
  });
});

describe("bad records", () => {
  const BAD = "a\tb\nc\n\td\ne\tf\tg\th\ni\nj\tk\n";
  const MESSAGES = [
    "toy: expected 2 columns (source, target) at a.tsv:2:2 but found 1; part columns by a tab",
    "toy: expected a text for source at a.tsv:3:1 but found an empty field",
    "toy: expected 2 columns (source, target) at a.tsv:4:4 but found 4",
  ];

  it("end the reading", async () => {
    const { openSource } = folder({ "a.tsv": BAD });
    const files = await openFiles("toy", ROLES, { files: { train: ["a.tsv"] }, openSource });
    await expect(sources(files.train)).rejects.toThrow(
      new DataError(MESSAGES[0] as string, { file: "a.tsv", line: 2, column: 2 }),
    );
  });

  it("are counted once each, by file, however often it is read", async () => {
    const { openSource } = folder({ "a.tsv": BAD, "v.tsv": "a\tb\nc\n" });
    const given = { train: ["a.tsv"], validation: ["v.tsv"], skipBad: true };
    const files = await openFiles("toy", ROLES, { files: given, openSource });
    for (let time = 0; time < 3; time++) {
      expect([await sources(files.train), await sources(files.validation)]).toEqual([["a", "j"], ["a"]]);
    }
    expect(Array.from(files.bad, ([file, { places }]) => [file, places.size])).toEqual([
      ["a.tsv", 4],
      ["v.tsv", 1],
    ]);
    // The first few only.
    expect(files.bad.get("a.tsv")?.first).toEqual(MESSAGES);
  });

  it("of files side by side are those of the file that they stand in", async () => {
    const { openSource } = folder({ "t.de": "a\n\nc\n", "t.en": "b\nx\n\n" });
    const files = await openFiles("toy", ROLES, { files: { train: ["t.de", "t.en"], skipBad: true }, openSource });
    await sources(files.train);
    await sources(files.train);
    expect(Array.from(files.bad, ([file, { first, places }]) => [file, places.size, first])).toEqual([
      ["t.de", 1, ["toy: expected a text for source at t.de:2:1 but found an empty line"]],
      ["t.en", 1, ["toy: expected a text for target at t.en:3:1 but found an empty line"]],
    ]);
  });
});

describe("what a checkpoint tells of its files", () => {
  const KNOWN = { files: { train: ["a.tsv"], columns: { source: "de" }, skipBad: true }, fingerprint: "1:a" };

  it("is read as it was written", () => {
    expect(readKnownFiles(JSON.parse(JSON.stringify(KNOWN)))).toEqual(KNOWN);
    const least = { files: { train: ["a.de", "a.en"] }, fingerprint: "1:a" };
    expect(readKnownFiles(least)).toEqual(least);
  });

  it.each([
    undefined,
    null,
    {},
    { ...KNOWN, fingerprint: 1 },
    { ...KNOWN, files: { train: "a.tsv" } },
    { fingerprint: "1:a" },
  ])("is nothing where it is something else: %j", (data) => {
    expect(readKnownFiles(data)).toBeUndefined();
  });
});
