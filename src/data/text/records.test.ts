import { describe, expect, test } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { type ByteSource, memorySource } from "./byte-source.ts";
import { type RecordOptions, readRecords, recordFormat, recordParser, type TextRecord } from "./records.ts";
import type { Role } from "./records-roles.ts";

const ROLES: readonly Role[] = [
  { name: "source", headers: ["source", "de"] },
  { name: "target", headers: ["target", "en"] },
  { name: "group", headers: ["group", "dialogue"], optional: true },
];

const OPTIONS: RecordOptions = { owner: "translate", roles: ROLES };

function sourceOf(name: string, content: string | Uint8Array): ByteSource {
  return memorySource(name, typeof content === "string" ? new TextEncoder().encode(content) : content);
}

async function recordsOf(source: ByteSource, options: Partial<RecordOptions> = {}): Promise<TextRecord[]> {
  const records: TextRecord[] = [];
  for await (const record of readRecords(source, { ...OPTIONS, ...options })) records.push(record);
  return records;
}

/** Fields as `source→target (group)`. */
function shortly({ fields }: Pick<TextRecord, "fields">): string {
  return `${fields.source}→${fields.target}${fields.group === undefined ? "" : ` (${fields.group})`}`;
}

test.each([
  ["a.tsv", "tsv"],
  ["a.b.CSV.gz", "csv"],
  ["jsonl/a.jsonl", "jsonl"],
  ["a.json", undefined],
  ["tsv", undefined],
  ["a.gz", undefined],
])("%s is in the format %s", (name, format) => {
  expect(recordFormat(name)).toBe(format);
});

test.each<[string, string, string[], Partial<RecordOptions>?]>([
  ["a.tsv", "a\tb\nc\td", ["a→b", "c→d"]],
  ["three.tsv", "a\tb\tg\nc\td\t\n", ["a→b (g)", "c→d"]],
  ["header.tsv", "\ufeffEN\tnote\tDE\r\n\r\nb\tx\ta\r\n", ["a→b"]],
  ["first.tsv", "en\tsource\tde\tb\n1\t2\t3\t4\n", ["2→1"]],
  ["blank.tsv", " \t \na\tb\n\n \n", ["a→b"]],
  ["quotes.tsv", '"a\t"b" c\n', ['"a→"b" c']],
  ["spaces.tsv", "  a  b \t\u3000c\u00a0\n", ["a  b→c"]],
  ["accents.tsv", "e\u0301\t\u1100\u1161\n", ["\u00e9→\uac00"]],
  ["a.csv", 'a,b\n"c, ""d""",e\r\n', ["a→b", 'c, "d"→e']],
  ["break.csv", '"a\nb","c\r\nd"\r\n\r\n"e\n\nf",""""\n', ["a\nb→c\r\nd", 'e\n\nf→"']],
  ["header.csv", '"source","target"\na,b\n', ["a→b"]],
  ["numbers.csv", '"3","x","y"\n"4","z","w"', ["y→x", "w→z"], { columns: { source: "3", target: "2" } }],
  ["named.csv", "id,german,English\n1,a,b\n", ["a→b"], { columns: { source: "German", target: "english" } }],
  ["a.jsonl", '{"source":"a","target":"b"}\n\n{ "en": "d\\n", "x": [{}], "de": "\\u00e4" }', ["a→b", "ä→d"]],
  ["case.jsonl", '{"SOURCE":"a","En":"b","group":null}\n{"de":"a","en":"b","group":""}\n', ["a→b", "a→b"]],
  ["numbers.jsonl", '{"de":12345678901234567890,"en":1.50,"group":-0e7}\n', ["12345678901234567890→1.50 (-0e7)"]],
  ["named.jsonl", '{"source":"x","german":"a","en":"b"}\n', ["a→b"], { columns: { source: "german" } }],
  ["own.jsonl", '{"__proto__":"a","en":"b"}\n', ["a→b"], { columns: { source: "__proto__" } }],
  ["data.txt", "a,b\n", ["a→b"], { format: "csv" }],
])("%s with %j has the records %j", async (name, content, expected, options = {}) => {
  expect((await recordsOf(sourceOf(name, content), options)).map(shortly)).toEqual(expected);
});

test("a record tells where it and its fields stand", async () => {
  const content = 'en,x,de\n"🗓",1,"a\nb"\n\n"c\nd",2,e\n';
  const [first, second] = await recordsOf(sourceOf("a.csv", content));
  const file = "a.csv";
  expect(first).toEqual({
    fields: { source: "a\nb", target: "🗓" },
    place: { file, line: 2, column: 1 },
    places: { source: { file, line: 2, column: 7 }, target: { file, line: 2, column: 1 } },
    start: 8,
    end: 22,
  });
  expect(second).toMatchObject({
    place: { file, line: 5, column: 1 },
    places: { source: { file, line: 6, column: 6 }, target: { file, line: 5, column: 1 } },
  });
  const [json] = await recordsOf(sourceOf("a.jsonl", '\n{"de":"a","en":"b"}'));
  const place = { file: "a.jsonl", line: 2, column: 1 };
  expect(json).toMatchObject({ place, places: { source: place, target: place }, start: 1, end: 20 });
});

const COLUMNS = "2 columns (source, target)";
const BARE = `${COLUMNS}, or a header with these names,`;

describe("a bad record is told with its place", () => {
  test.each<[string, string | Uint8Array, string, Partial<RecordOptions>?]>([
    ["a.tsv", "a\tb\nno tab", `${COLUMNS} at a.tsv:2:7 but found 1; part columns by a tab`],
    ["a.tsv", "a;b", `${BARE} at a.tsv:1:4 but found 1; part columns by a tab`],
    ["a.tsv", "a\tb\tc\td\te", `${BARE} at a.tsv:1:4 but found 5`],
    ["a.tsv", "a\tb\n🗓\tb\tc", `${COLUMNS} at a.tsv:2:4 but found 3`],
    ["a.tsv", "de\tx\ten\na\tb", "3 columns (de, x, en) at a.tsv:2:4 but found 2"],
    ["a.tsv", "a\tb\n \td", "a text for source at a.tsv:2:1 but found an empty field"],
    ["a.tsv", "a\tb\nc\t\r\n", "a text for target at a.tsv:2:3 but found an empty field"],
    [
      "a.tsv",
      Uint8Array.of(0x61, 9, 0xc3, 0xa4, 0xff, 10),
      "UTF-8 at a.tsv:1:4 but found other bytes; save the text as UTF-8",
    ],
    [
      "a.tsv",
      `a\tb\n${"x".repeat(70_000)}\ty`,
      "at most 65536 bytes in a line at a.tsv:2:1 but found 70002; break it up",
    ],
    ["a.csv", "a;b", `${BARE} at a.csv:1:4 but found 1; part columns by a comma`],
    ["a.csv", 'a,b\n"c\nd"', `${COLUMNS} at a.csv:3:3 but found 1; part columns by a comma`],
    ["a.csv", "a,b\nc,d,e", `${COLUMNS} at a.csv:2:4 but found 3`],
    ["a.csv", 'a,"b\nc', "an end of this quote at a.csv:1:3 but found the end of the file"],
    [
      "a.csv",
      '"ä\nb"c,d',
      'a comma or the end of the line after a quoted field at a.csv:2:3 but found "c"; a quote in a field is written twice',
    ],
    ["a.csv", 'a,b "c"', "a field with a quote to be in quotes at a.csv:1:5 but found a quote inside; write it twice"],
    ["a.csv", 'a, "b"', "a field with a quote to be in quotes at a.csv:1:4 but found a quote inside; write it twice"],
    [
      "a.csv",
      'a,"1234567\n1234567\n"\n',
      "at most 15 bytes in the record of this quote at a.csv:1:3 but found 18; end the quote or break the record up",
      { maxBytes: 15 },
    ],
    [
      "a.csv",
      Uint8Array.of(0x22, 0x61, 10, 0xff, 0x22, 0x2c, 0x62),
      "UTF-8 at a.csv:2:1 but found other bytes; save the text as UTF-8",
    ],
    ["a.jsonl", "{", "JSON at a.jsonl:1:2 but found its end"],
    ["a.jsonl", '{"de":"ä","en":wrong}', 'JSON at a.jsonl:1:16 but found "w"'],
    ["a.jsonl", '{"de":"a" "en":"b"}', 'JSON at a.jsonl:1:11 but found "\\""'],
    ["a.jsonl", '{"de":[1,2,],"en":"b"}', 'JSON at a.jsonl:1:12 but found "]"'],
    ["a.jsonl", '{"de":"\\x"}', 'JSON at a.jsonl:1:8 but found "\\\\"'],
    ["a.jsonl", '{"de":"a\tb"}', 'JSON at a.jsonl:1:9 but found "\\t"'],
    ["a.jsonl", '{"de":{"a":01}}', 'JSON at a.jsonl:1:13 but found "1"'],
    ["a.jsonl", "{} {}", 'JSON at a.jsonl:1:4 but found "{"'],
    ["a.jsonl", `[${"[".repeat(60_000)}`, 'JSON at most 500 deep at a.jsonl:1:502 but found "["'],
    ["a.jsonl", "null", "a JSON object at a.jsonl:1:1 but found null"],
    ["a.jsonl", '["a"]', "a JSON object at a.jsonl:1:1 but found a list"],
    ["a.jsonl", '{"x":1,"en":"b"}', 'a member source or de at a.jsonl:1:1 but found "x", "en"'],
    ["a.jsonl", "{}", "a member source or de at a.jsonl:1:1 but found none"],
    ["a.jsonl", '{"de":"a","en":"b"}\n{"de": ["a"],"en":"b"}', "a text for source at a.jsonl:2:8 but found a list"],
    ["a.jsonl", '{"de":"a","en":true}', "a text for target at a.jsonl:1:16 but found true"],
    ["a.jsonl", '{"de":"a","en":null}', "a text for target at a.jsonl:1:16 but found null"],
    ["a.jsonl", '{"de":"a","en":" "}', "a text for target at a.jsonl:1:16 but found an empty one"],
    ["a.jsonl", '{"de":"a","en":"b","group":{}}', "a text for group at a.jsonl:1:28 but found an object"],
    [
      "a.jsonl",
      '{"de":"\\ud800","en":"b"}',
      "a text for source at a.jsonl:1:7 but found half a character (a lone surrogate)",
    ],
  ])("%s with %j", async (name, content, message, options = {}) => {
    const [, line, column] = /:(\d+):(\d+) but/.exec(message) ?? [];
    await expect(recordsOf(sourceOf(name, content), options)).rejects.toMatchObject({
      name: "DataError",
      message: `translate: expected ${message}`,
      file: name,
      line: Number(line),
      column: Number(column),
    });
  });
});

/** The records, and the lines of the bad ones. */
async function mended(name: string, content: string | Uint8Array, options: Partial<RecordOptions> = {}) {
  const bad: (number | undefined)[] = [];
  const onBad = ({ line }: DataError) => bad.push(line);
  const records = await recordsOf(sourceOf(name, content), { ...options, onBad });
  return { good: records.map(shortly), bad };
}

test.each<[string, string | Uint8Array, string[], number[], Partial<RecordOptions>?]>([
  ["a.tsv", "x\na\tb\nx\n\n1\t2\t3\nc\td", ["a→b", "c→d"], [1, 3, 5]],
  ["a.tsv", Uint8Array.of(0xff, 9, 0x61, 10, 0x61, 9, 0x62), ["a→b"], [1]],
  ["long.tsv", "a\tb\n123456789\t1\nc\td", ["a→b", "c→d"], [2], { maxBytes: 8 }],
  ["a.csv", 'a,b\nc"d,e\nf,g\n"x"y,z\nh,i\n', ["a→b", "f→g", "h→i"], [2, 4]],
  ["never.csv", 'a,b\n"never,c\nd,e\n\nf,g\n', ["a→b", "d→e", "f→g"], [2]],
  ["later.csv", '"never,c\nd,"e"\nf,g\n', ["d→e", "f→g"], [2]],
  ["twice.csv", '"never,c\n"d\n""e",f\n"no', ['d\n"e→f'], [2, 4]],
  ["long.csv", 'a,"b\nc,d\ne,f\ng,h\n', ["c→d", "e→f", "g→h"], [1], { maxBytes: 12 }],
  ["longer.csv", 'a,"b\n12345678901234567890\nc,d\n', ["c→d"], [1, 2], { maxBytes: 12 }],
  ["bytes.csv", Uint8Array.of(0x22, 0xff, 10, 0x22, 0x2c, 0x61, 10, 0x62, 0x2c, 0x63), ["b→c"], [1]],
  ["a.jsonl", '{\n{"de":"a","en":"b"}\n[]\n{"de":"c","en":"d"}', ["a→b", "c→d"], [1, 3]],
])("%s with %j goes on after bad records", async (name, content, good, bad, options = {}) => {
  expect(await mended(name, content, options)).toEqual({ good, bad });
});

test.each<[string, string, string, Partial<RecordOptions>?]>([
  ["a.tsv", "", "expected records in a.tsv but found none"],
  ["a.tsv", "source\ttarget\n\n", "expected records in a.tsv but found none"],
  [
    "a.csv",
    "a\nb\n",
    `expected records in a.csv but found 2 bad ones; the first: expected ${BARE} at a.csv:1:2 but found 1; part columns by a comma`,
    { onBad: () => {} },
  ],
  ["a.txt", "a\tb", 'expected a file that ends in .tsv, .csv or .jsonl but found "a.txt"; name its format'],
  [
    "a.tsv",
    "de\ten\na\tb",
    'expected a column "german" in the header at a.tsv:1:1 but found "de", "en"',
    { columns: { source: "german" }, onBad: () => {} },
  ],
  ["a.tsv", "a\tb", "expected columns for source, target or group but found one for text", { columns: { text: "a" } }],
  ["a.tsv", "a\tb", "expected columns to number target, too, but found source", { columns: { source: "1" } }],
  [
    "a.tsv",
    "de\ten",
    "expected columns all by their numbers, or all by their names, but found de,2",
    { columns: { source: "de", target: "2" } },
  ],
  ["a.tsv", "a\tb", "expected at least 3 columns at a.tsv:1:4 but found 2", { columns: { source: "1", target: "3" } }],
])("%s with %j is refused as a whole", async (name, content, message, options = {}) => {
  await expect(recordsOf(sourceOf(name, content), options)).rejects.toThrow(
    expect.objectContaining({ message: `translate: ${message}` }),
  );
});

describe("recordParser", () => {
  test("needs a record, and notices that the file has changed", async () => {
    await expect(recordParser(sourceOf("a.tsv", "\n"), OPTIONS)).rejects.toThrow(
      new DataError("translate: expected records in a.tsv but found none", { file: "a.tsv" }),
    );
    const fault = `expected ${BARE} at a.tsv:1:2 but found 1; part columns by a tab`;
    await expect(recordParser(sourceOf("a.tsv", "x\n"), OPTIONS)).rejects.toThrow(
      new DataError(`translate: ${fault}`, { file: "a.tsv", line: 1, column: 2 }),
    );
    const onBad = () => undefined;
    await expect(recordParser(sourceOf("a.tsv", "x\ny\n"), { ...OPTIONS, onBad })).rejects.toThrow(
      new DataError(`translate: expected records in a.tsv but found 2 bad ones; the first: ${fault}`, {
        file: "a.tsv",
      }),
    );
    const parse = await recordParser(sourceOf("a.csv", "x\n1,2\n"), { ...OPTIONS, onBad });
    expect(parse(new TextEncoder().encode('"a\nb",c'))).toEqual({ source: "a\nb", target: "c" });
    for (const text of ["", "a", "a,b\nc,d", '"a']) {
      expect(() => parse(new TextEncoder().encode(text))).toThrow(
        expect.objectContaining({ message: "translate: expected a.csv as it was but found it changed; start again" }),
      );
    }
  });

  test("reads no more than the piece with the first record", async () => {
    let asked = 0;
    const source: ByteSource = {
      ...sourceOf("a.tsv", ""),
      async *stream() {
        for (let i = 0; i < 9; i++) {
          asked++;
          yield new TextEncoder().encode(i === 0 ? "en\t" : i === 1 ? "de\n" : "a\tb\n");
        }
      },
    };
    const parse = await recordParser(source, OPTIONS);
    expect(parse(new TextEncoder().encode("a\tb"))).toEqual({ source: "b", target: "a" });
    expect(asked).toBe(2);
  });
});
