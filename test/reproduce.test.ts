import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { cells, labelled, linesOf, news, reviews, turns, unescaped } from "../bench/reproduce/data.mjs";
import { focusOf } from "../bench/reproduce/measures.mjs";
import { comparisonTable, markdownTables, quartileTable, rewriterTable } from "../bench/reproduce/tables.mjs";
import { equalSettings, parametersOf, TOLERANCE } from "../bench/reproduce/twins.mjs";

const SCRIPT = fileURLToPath(new URL("../bench/reproduce/run.mjs", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "fovea-reproduce-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function run(...args: string[]) {
  const { FOVEA_DATA: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: "utf8", env });
  return { status, stdout, stderr };
}

describe("the sets of the data folder become records", () => {
  it("labels stand before the first space", () => {
    expect(labelled("0 How far ?\n1 Who is it ?\n", { 0: "number", 1: "person" })).toEqual([
      { text: "How far ?", label: "number" },
      { text: "Who is it ?", label: "person" },
    ]);
    expect(() => labelled("7 What ?\n", { 0: "number" })).toThrow(
      "reproduce: expected a label before a space but found 7 What ?",
    );
  });

  it("the last line break ends the last line, and an empty line is one", () => {
    expect(linesOf("a\r\n\nb\n")).toEqual(["a", "", "b"]);
    expect(linesOf("a\nb")).toEqual(["a", "b"]);
  });

  it("reviews have their text in the fourth column, with line breaks as HTML", () => {
    expect(reviews("0\t3\t17\tDull.<br /><br />Long.\n1\t9\t2\tFine.\n")).toEqual([
      { text: "Dull.  Long.", label: "bad" },
      { text: "Fine.", label: "good" },
    ]);
  });

  it("dialogues stand behind lines of comment", () => {
    const dial = [{ usr: { transcript: "Any [cheap] place?" }, sys: { sent: "Yes." } }];
    const text = `#####\n# by someone [2017] #\n${JSON.stringify([{ dialogue_id: 12, dial }])}`;
    expect(turns(text)).toEqual([{ turn: "Any [cheap] place?", reply: "Yes.", dialogue: 12 }]);
  });

  it("cells may hold commas, quotes and line breaks", () => {
    expect(cells('"1","a, ""b""","c\nd"\r\n2,,e\n')).toEqual([
      ["1", 'a, "b"', "c\nd"],
      ["2", "", "e"],
    ]);
    expect(cells('1,"x"')).toEqual([["1", "x"]]);
  });

  it("news are written without escapes and HTML", () => {
    expect(unescaped("Oil hits  #36;50\\a barrel; OPEC #39;s &lt;b&gt;plan&lt;/b&gt; &amp; more")).toBe(
      "Oil hits $50 a barrel; OPEC's plan & more",
    );
    expect(news('"3","A title","A text"\n')).toEqual([{ text: "A text", headline: "A title" }]);
  });
});

describe("models of equal size", () => {
  const sizes = { "model.embeddingDim": 32, "model.encoderDim": 48, "model.decoderDim": 64, "model.attentionDim": 40 };
  const vocabulary = { source: 300, target: 200, text: 500, labels: 6 };
  const data = { vocabulary };

  it.each([
    ["bahdanau", { ...sizes, "model.type": "bahdanau", "model.attention": true }, { "model.attention": "false" }],
    ["luong", { ...sizes, "model.type": "luong", "model.attention": true }, { "model.attention": "false" }],
    ["classify", { ...sizes, "model.pooling": "attention" }, { "model.pooling": "mean" }],
  ])("%s: what is without attention has the parameters elsewhere", (name, settings, change) => {
    const parameters = parametersOf(settings, data);
    const changed = parametersOf({ ...settings, ...change }, data);
    expect(changed).toBeLessThan(parameters);
    const equal = equalSettings({ name, settings, data, parameters }, change);
    expect(equal).toMatchObject(change);
    expect(Math.abs(parametersOf(equal, data) - parameters)).toBeLessThan(Math.min(TOLERANCE, 0.02) * parameters);
  });

  it("says so where no width is near", () => {
    const settings = { ...sizes, "model.pooling": "attention" };
    expect(() => equalSettings({ name: "x", settings, data, parameters: 10 }, { "model.pooling": "mean" })).toThrow(
      /^reproduce: expected about 10 parameters, as x has, but found \d+$/,
    );
  });
});

describe("what the first word is read from", () => {
  const columns = ["tell", "me", ",", "are", "you", "free", "?", "</s>"];
  const spans = [
    [0, 4],
    [5, 7],
    [7, 8],
    [9, 12],
    [13, 16],
    [17, 21],
    [21, 22],
    [22, 22],
  ] as const;

  it("is the weight of the words inside the span", () => {
    const weights = [0, 0.125, 0, 0.25, 0.5, 0.125, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9];
    expect(focusOf({ weights, columns }, spans, [9, 16])).toEqual({ share: 0.75, isLargest: true });
  });

  it("is elsewhere where the end has the most", () => {
    const weights = [0, 0, 0, 0.25, 0, 0, 0, 0.75];
    expect(focusOf({ weights, columns }, spans, [9, 16])).toEqual({ share: 0.25, isLargest: false });
  });
});

const group = (bleu: number) => ({ name: "2–9 tokens", count: 25, metrics: { bleu } });
const translated = (name: string, bleu: number) => ({
  name,
  recipe: "translate",
  parameters: 6_000_000,
  steps: 9000,
  test: {
    overall: { low: 0, high: 0 },
    groups: [group(bleu)],
    metrics: { bleuTokenized: bleu, bleu, chrf: 50 },
    intervals: { bleuTokenized: [bleu - 1, bleu + 1] },
  },
});
const numbers: Readonly<Record<string, object>> = {
  "multi30k-luong": translated("multi30k-luong", 30),
  "multi30k-luong-without-attention": translated("multi30k-luong-without-attention", 20),
  "multi30k-bahdanau": translated("multi30k-bahdanau", 31),
  times: {
    data: { train: 18_000 },
    test: { overall: { right: 995, count: 1000, share: 0.995, low: 0.988, high: 0.998 } },
    wholeSeconds: 100.4,
  },
};
const read = (name: string) => numbers[name];

describe("tables", () => {
  it("hold a pair where both are there", () => {
    const { rows } = comparisonTable(read);
    expect(rows[0]).toEqual([
      "multi30k-luong",
      "6,000,000; 6,000,000",
      "9,000",
      "BLEU",
      "30.0 (29.0–31.0)",
      "20.0 (19.0–21.0)",
    ]);
    expect(rows.map((row) => row[3])).toEqual(["BLEU", "BLEU 13a", "chrF"]);
    expect(quartileTable(read).rows).toEqual([["multi30k-luong", "2–9 tokens", "25", "30.0", "20.0"]]);
    expect(rewriterTable(read).rows).toEqual([["times", "18,000", "995 of 1000", "99.50 % (98.80–99.80)", "100 s"]]);
  });

  it("are left out where nothing is there", () => {
    expect(markdownTables(() => undefined)).toBe("No numbers yet: npm run reproduce -- NAME");
  });
});

describe("npm run reproduce", () => {
  it("lists what there is", () => {
    const { status, stdout } = run();
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^multi30k-bahdanau +German to English, test 2016, bahdanau; 45 minutes; published: 28\.3 /m,
    );
    expect(stdout).toMatch(/^foreign-dates +German and French dates to ISO, with no option but the file$/m);
  });

  it.each([
    ["trek", "reproduce: expected a name but found trek; did you mean trec?\n"],
    [
      "trec",
      "reproduce: expected the environment variable FOVEA_DATA to name the data folder but found it unset; set it, as FOVEA_DATA=../shared/data\n",
    ],
    [
      "trec-mean",
      "reproduce: expected the numbers of trec, which trec-mean is compared with, but found none; npm run reproduce -- trec first\n",
    ],
  ])("%s: says what is wrong", (name, message) => {
    expect(run(name, "--results", scratch)).toEqual({ status: 2, stdout: "", stderr: message });
  });

  it("trains, and writes its numbers; asked again, it measures what is there", () => {
    const small = ["steps=4", "validateEvery=2", "validationCount=8", "testCount=8", "batch=8"];
    const args = ["times", "--out", join(scratch, "times"), "--results", scratch, "--seed", "3"];
    const first = run(...args, ...small.flatMap((setting) => ["--set", setting]));
    expect(first.status, first.stderr).toBe(0);
    const file = join(scratch, "times-seed-3.json");
    const found = JSON.parse(readFileSync(file, "utf8"));
    expect(found).toMatchObject({ name: "times-seed-3", recipe: "transduce", seed: 3, steps: 4 });
    expect(found.validation.map(({ step }: { step: number }) => step)).toEqual([2, 4]);
    expect(found.validation.every(({ seconds }: { seconds: number }) => seconds > 0)).toBe(true);
    expect(found.data).toMatchObject({ files: ["times.jsonl"], validation: 8, test: 8 });
    expect(found.test.overall.count).toBe(8);
    rmSync(file);
    const again = run(...args);
    expect(again.stderr).toMatch(/is trained: measuring it; remove .* to train anew\n/);
    expect(existsSync(file)).toBe(true);
    expect(JSON.parse(readFileSync(file, "utf8")).test).toEqual(found.test);
  });
});
