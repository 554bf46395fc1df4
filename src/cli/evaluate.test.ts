import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { testContext, testModel } from "./context.fixture.ts";
import { EXIT } from "./exit-codes.ts";
import { TEST, testRecipe } from "./recipe.fixture.ts";
import { run } from "./run.ts";

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "fovea-evaluate-"));
});

afterAll(() => rmSync(cwd, { recursive: true }));

async function evaluate(words: readonly string[], events = [TEST]) {
  const { context, stdout, stderr } = testContext({ cwd, model: testModel({ events }) });
  const code = await run(["evaluate", ".", ...words], context);
  return { code, out: stdout.text, err: stderr.text };
}

test("what was measured is a table and a list", async () => {
  expect(await evaluate([])).toEqual({
    code: EXIT.done,
    out: `\
format          exact match    95 % interval  right     of
──────────────  ───────────  ───────────────  ─────  ─────
day-month-year        100 %     98.3 – 100 %    213    213
spelled-day          93.5 %    89.2 – 96.1 %    187    200
all                 99.35 %  98.90 – 99.62 %  1,987  2,000

exact match    99.35 % (1,987 of 2,000; 95 % interval 98.90 – 99.62 %)
certain right  99.9 %
`,
    err: "",
  });
});

test("without groups there is no table", async () => {
  const { out } = await evaluate([], [{ ...TEST, groups: [] }]);
  expect(out.split("\n")).toHaveLength(3);
});

test("as JSON it is one object, its metrics first", async () => {
  const { out } = await evaluate(["--format", "json"]);
  const { overall, groups, metrics } = TEST;
  expect(JSON.parse(out)).toEqual({ exactMatch: 0.9935, ...metrics, overall, groups });
});

test.each([
  [["--min", "exactMatch=0.9935"], EXIT.done, ""],
  [["--min", "exactMatch=0.99351"], EXIT.gateMissed, "expected exactMatch of at least 0.99351 but found 0.9935"],
  [
    ["--min", "exactMatch=0.9", "--min", "certainRight=1"],
    EXIT.gateMissed,
    "expected certainRight of at least 1 but found 0.9987",
  ],
  [
    ["--min", "exactmatch=0.9"],
    EXIT.usage,
    "expected --min to name a metric of this measurement but found exactmatch; did you mean exactMatch?",
  ],
  [
    ["--min", "bleu=28"],
    EXIT.usage,
    "expected --min to name a metric of this measurement (exactMatch, certainRight) but found bleu",
  ],
])("%j exits with %i", async (words, code, message) => {
  const found = await evaluate(words);
  expect({ code: found.code, err: found.err }).toEqual({ code, err: message && `fovea: evaluate: ${message}\n` });
  expect(found.out).toContain("exact match    99.35 %");
});

test.each([
  [["--min", "certain=1"], "name a metric of this measurement (exactMatch, bleu, certainShare) but found certain"],
  [["--min", "Bleu=20"], "name a metric of this measurement but found Bleu; did you mean bleu?"],
  [["--min", "exactMatch=2"], "ask for exactMatch of at most 1, the most that there is, but found 2"],
  [["--min", "bleu=101"], "ask for bleu of at most 100, the most that there is, but found 101"],
  [
    ["--data", "mine.tsv", "--min", "bleu=20"],
    "name a metric of this measurement (exactMatch, certainShare) but found bleu",
  ],
])("where a model says what it measures, %j is refused before it measures", async (words, message) => {
  const measures = { own: { bleu: 100, certainShare: 1 }, pairs: { certainShare: 1 } };
  const evaluated = vi.fn();
  const model = { ...testModel({ measures }), evaluate: evaluated };
  const { context, stdout, stderr } = testContext({ cwd, model });
  const code = await run(["evaluate", ".", ...words], context);
  expect({ code, out: stdout.text, err: stderr.text }).toEqual({
    code: EXIT.usage,
    out: "",
    err: `fovea: evaluate: expected --min to ${message}\n`,
  });
  expect(evaluated).not.toHaveBeenCalled();
});

test("no model can match more than all", async () => {
  expect(await evaluate(["--min", "exactMatch=1.01"])).toEqual({
    code: EXIT.usage,
    out: "",
    err: "fovea: evaluate: expected --min to ask for exactMatch of at most 1, the most that there is, but found 1.01\n",
  });
});

test("a measure that is no number misses its gate", async () => {
  const { code } = await evaluate(["--min", "lost=0"], [{ ...TEST, metrics: { lost: Number.NaN } }]);
  expect(code).toBe(EXIT.gateMissed);
});

test.each([
  ["a.tsv", "\ufeff9 may 1998\t1998-05-09\r\n\n10 may 1998\t1998-05-10"],
  ["header.tsv", "text\tiso\n9 may 1998\t1998-05-09\n10 may 1998\t1998-05-10\n"],
  ["a.csv", 'text,expected\n"9 may, 1998",1998-05-09\n"the ""10th"" may 1998",1998-05-10\n'],
  ["a.jsonl", '{"text":"9 may 1998","expected":"1998-05-09"}\n{"text":"10 may","iso":"1998-05-10"}\n'],
  ["output.jsonl", '{"output":"1998-05-09","text":"9 may 1998"}\n{"text":"10 may","output":"1998-05-10"}\n'],
  ["order.csv", 'iso,id,input\n1998-05-09,1,9 may 1998\n1998-05-10,2,"10 may\n1998"\n'],
])("pairs are read from %s", async (name, content) => {
  writeFileSync(join(cwd, name), content);
  expect(await evaluate(["--data", name])).toMatchObject({
    code: EXIT.done,
    out: expect.stringMatching(/\nrejected +2\n$/),
  });
});

test.each([
  ["labels.csv", "review,label\nlovely,good\nawful,bad\n"],
  ["turns.tsv", "are you free?\tYes.\td1\nis he?\tNo.\td1\n"],
])("pairs in %s are named as in training", async (name, content) => {
  writeFileSync(join(cwd, name), content);
  const roles = [
    { name: "text", headers: ["review"] },
    { name: "label", headers: ["label"] },
    { name: "dialogue", headers: ["dialogue"], optional: true },
  ];
  const recipes = [{ ...testRecipe(), name: "test", roles }];
  const { context, stdout } = testContext({ cwd, recipes, model: testModel({ events: [TEST] }) });
  expect(await run(["evaluate", ".", "--data", name], context)).toBe(EXIT.done);
  expect(stdout.text).toMatch(/\nrejected +2\n$/);
});

test.each([
  ["b.tsv", "a\t1998-05-09\nno tab", "2 columns (text, expected) at b.tsv:2:7 but found 1; part columns by a tab"],
  ["b.tsv", "a\tb\tc", "2 columns (text, expected), or a header with these names, at b.tsv:1:4 but found 3"],
  ["b.tsv", "a\tb\na\t", "a text for expected at b.tsv:2:3 but found an empty field"],
  ["b.tsv", Uint8Array.of(0x61, 9, 0xff, 10), "UTF-8 at b.tsv:1:3 but found other bytes; save the text as UTF-8"],
  ["b.tsv", `${"x".repeat(70_000)}\ty`, "at most 65536 bytes in a line at b.tsv:1:1 but found 70002; break it up"],
  [
    "b.csv",
    "a;b",
    "2 columns (text, expected), or a header with these names, at b.csv:1:4 but found 1; part columns by a comma",
  ],
  ["b.csv", "a,b\na,b,c", "2 columns (text, expected) at b.csv:2:4 but found 3"],
  ["b.csv", '"a,b', "an end of this quote at b.csv:1:1 but found the end of the file"],
  ["b.csv", 'a,"b', "an end of this quote at b.csv:1:3 but found the end of the file"],
  ["b.jsonl", "{", "JSON at b.jsonl:1:2 but found its end"],
  ["b.jsonl", "null", "a JSON object at b.jsonl:1:1 but found null"],
  ["b.jsonl", '{"text":"a"}', 'a member expected, iso, output, answer, target or date at b.jsonl:1:1 but found "text"'],
  ["empty.tsv", "text\tiso\n\n", "records in empty.tsv but found none"],
])("a bad line in %s is told with its place (%#)", async (name, content, message) => {
  writeFileSync(join(cwd, name), content);
  expect(await evaluate(["--data", name])).toEqual({
    code: EXIT.data,
    out: "",
    err: `fovea: evaluate: expected ${message}\n`,
  });
});

test.each([
  ["none.tsv", EXIT.data, "expected data in none.tsv but found no such file"],
  ["folder.tsv", EXIT.data, "expected data in folder.tsv but found a folder"],
  ["a.xlsx", EXIT.usage, 'expected a file that ends in .tsv, .csv or .jsonl but found "a.xlsx"'],
])("%s cannot be read", async (name, code, message) => {
  if (name.startsWith("folder")) mkdirSync(join(cwd, name));
  expect(await evaluate(["--data", name])).toEqual({ code, out: "", err: `fovea: evaluate: ${message}\n` });
});
