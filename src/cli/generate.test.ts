import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { distinctExamples, GENERATORS, splitOf } from "../data/generators/index.ts";
import { TestStream, type TestWorld, testContext } from "./context.fixture.ts";
import { EXIT } from "./exit-codes.ts";
import { textBlocks } from "./generate.ts";
import { pairWriter } from "./generate-format.ts";
import { run } from "./run.ts";
import { UsageError } from "./usage-error.ts";

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "fovea-generate-"));
});

afterAll(() => rmSync(cwd, { recursive: true }));

async function generate(words: readonly string[], world: TestWorld = {}) {
  const { context, stdout, stderr } = testContext({ cwd, ...world });
  const code = await run(["generate", ...words], context);
  return { code, out: stdout.text, err: stderr.text };
}

const read = (name: string) => readFileSync(join(cwd, name), "utf8");
const QUESTIONS = GENERATORS.find(({ name }) => name === "questions") as (typeof GENERATORS)[number];

test("examples come as lines below their names, the same for the same seed", async () => {
  const first = await generate(["amounts", "--count", "3"]);
  expect(first).toEqual({
    code: EXIT.done,
    out:
      "source\ttarget\nNine hundred twenty five\t925\none thousand one hundred and eighty-seven point nine two\t1187.92\n" +
      "Seven hundred and forty-nine thousand seven hundred and five\t749705\n",
    err: "",
  });
  expect(await generate(["amounts", "--count", "3", "--seed", "1", "--split", "all"])).toEqual(first);
  expect((await generate(["amounts", "--count", "3", "--seed", "2"])).out).not.toBe(first.out);
});

test.each(GENERATORS)(
  "10,000 examples of $name by default, none twice, the first ones of the generator",
  async (generator) => {
    const { code, out } = await generate([generator.name]);
    expect(code).toBe(EXIT.done);
    const [header, ...lines] = out.trimEnd().split("\n");
    expect(header).toBe("source\ttarget");
    const expected = [...distinctExamples(generator, { seed: 1, count: 10_000 })];
    expect(lines).toEqual(expected.map(({ source, target }) => `${source}\t${target}`));
    expect(new Set(expected.map(({ source }) => source)).size).toBe(10_000);
  },
);

test("a split has its own texts only", async () => {
  const { out } = await generate(["times", "--split", "validation", "--count", "500"]);
  const sources = out
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t")[0] as string);
  expect(sources).toHaveLength(500);
  expect(new Set(sources.map(splitOf))).toEqual(new Set(["validation"]));
});

test("csv puts quotes where they are needed, jsonl names every field", async () => {
  const count = ["--count", "6", "--seed", "1"];
  const examples = [...distinctExamples(QUESTIONS, { seed: 1, count: 6 })];
  const csv = await generate(["questions", "--format", "csv", ...count]);
  expect(csv.out.split("\n").slice(0, 3)).toEqual([
    "source,target",
    'have they known the key?,"Yes, they have known the key."',
    'were we at the market?,"No, we were not at the market."',
  ]);
  const jsonl = await generate(["questions", "--format", "jsonl", ...count]);
  expect(
    jsonl.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual(examples);
});

test("groups have a column where there are any, and quotes in a field are doubled", () => {
  const columns = ["question", "answer"] as const;
  const example = { source: 'say "a"', target: "b", group: "7" };
  expect(pairWriter("tsv", { columns, isGrouped: true })).toMatchObject({ header: "question\tanswer\tgroup\n" });
  const line = (format: "tsv" | "csv" | "jsonl", isGrouped: boolean) =>
    pairWriter(format, { columns, isGrouped }).line(example);
  expect(line("tsv", true)).toBe('say "a"\tb\t7\n');
  expect(line("csv", true)).toBe('"say ""a""",b,7\n');
  expect(line("csv", false)).toBe('"say ""a""",b\n');
  expect(line("jsonl", true)).toBe('{"question":"say \\"a\\"","answer":"b","group":"7"}\n');
  expect(line("jsonl", false)).toBe('{"question":"say \\"a\\"","answer":"b"}\n');
});

test.each([
  ["a.tsv", [], "times"],
  ["deep/er/b.CSV", [], "times"],
  ["c.jsonl", [], "questions"],
  ["d.txt", [], "amounts"],
  ["e.csv", ["--format", "jsonl"], "amounts"],
])("a new file %s %j is what would be printed", async (file, words, name) => {
  const ending = file.toLowerCase().split(".").at(-1) as string;
  const format = words[1] ?? (ending === "txt" ? "tsv" : ending);
  const count = ["--count", "1500"];
  expect(await generate([name, ...count, ...words, "-o", file])).toEqual({
    code: EXIT.done,
    out: "",
    err: `Written to ${file}: 1500 examples\n`,
  });
  expect(read(file)).toBe((await generate([name, ...count, "--format", format])).out);
});

test("a file that is there stays as it is", async () => {
  writeFileSync(join(cwd, "mine.tsv"), "mine");
  expect(await generate(["times", "--count", "1", "-o", "mine.tsv"])).toEqual({
    code: EXIT.data,
    out: "",
    err:
      "fovea: generate: expected to write a new file at mine.tsv but found one that is there already; " +
      "name another with --out\n",
  });
  expect(read("mine.tsv")).toBe("mine");
});

test("a file cannot be written below a file", async () => {
  writeFileSync(join(cwd, "plain"), "");
  const { code, err } = await generate(["times", "--count", "1", "-o", "plain/x.tsv"]);
  expect({ code, err }).toEqual({
    code: EXIT.data,
    err:
      "fovea: generate: expected to write a new file at plain/x.tsv but found a file in the place of its folder; " +
      "name another with --out\n",
  });
});

test("an interruption leaves no half of a file", async () => {
  const { context, stderr, interrupt } = testContext({ cwd });
  interrupt();
  const before = readdirSync(cwd);
  expect(await run(["generate", "times", "-o", "half.tsv"], context)).toBe(EXIT.interrupted);
  expect(stderr.text).toBe("fovea: generate: interrupted; half.tsv is not written\n");
  expect(readdirSync(cwd)).toEqual(before);
});

test("too few different texts are an error, behind those that there are", () => {
  const few = { ...QUESTIONS, example: ({ index }: { index: number }) => ({ source: `${index % 2}`, target: "x" }) };
  const failing = (split: "all" | "test") => {
    const blocks = textBlocks(few, { count: 3, seed: 1, split });
    const text = blocks.next().value;
    expect(text).toBe("source\ttarget\n0\tx\n1\tx\n");
    return () => blocks.next();
  };
  const message = (what: string) =>
    new UsageError(`generate: expected 3 different examples of ${what} but found 2; lower --count`);
  expect(failing("all")).toThrow(message("questions"));
  expect(failing("test")).toThrow(message("questions (split test)"));
});

test("a reader who goes away ends it quietly", async () => {
  const stdout = new TestStream({ failure: { after: 1, code: "EPIPE" } });
  const { code, out, err } = await generate(["times", "--count", "1000000000"], { stdout });
  expect({ code, err, writes: stdout.writes }).toEqual({ code: EXIT.done, err: "", writes: 2 });
  expect(out.trimEnd().split("\n")).toHaveLength(1001);
});

test("a full disk is an error", async () => {
  const stdout = new TestStream({ failure: { after: 0, code: "ENOSPC" } });
  expect(await generate(["times"], { stdout })).toEqual({
    code: EXIT.data,
    out: "",
    err: "fovea: output: expected to write the results but found the disk full; free some space (ENOSPC)\n",
  });
});

test.each([
  [["tims"], 'expected a generator (times, amounts, foreign-dates or questions) but found "tims"; did you mean times?'],
  [["nonsense"], 'expected a generator (times, amounts, foreign-dates or questions) but found "nonsense"'],
  [[], "expected <generator> but found nothing; see --help"],
  [["times", "--count", "0"], 'expected --count to be a whole number from 1 on but found "0"'],
  [
    ["times", "--seed", "4294967296"],
    'expected --seed to be a whole number from 0 to 4294967295 but found "4294967296"',
  ],
  [
    ["times", "--split", "tset"],
    'expected --split to be train, validation, test or all but found "tset"; did you mean test?',
  ],
  [["times", "--format", "xml"], 'expected --format to be tsv, csv or jsonl but found "xml"'],
  [["times", "--csv"], "expected an option of this command but found --csv; did you mean --format csv?"],
])("%j is a usage error", async (words, message) => {
  expect(await generate(words)).toEqual({ code: EXIT.usage, out: "", err: `fovea: generate: ${message}\n` });
  expect(existsSync(join(cwd, "times.tsv"))).toBe(false);
});
