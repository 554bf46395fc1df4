import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** The built command line on files of texts: tiny models, trained for a few steps. */
const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

const SIZES = ["embeddingDim=3", "encoderDim=4", "attentionDim=3"].map((size) => `model.${size}`);
const set = (...changes: readonly string[]) => changes.flatMap((change) => ["--set", change]);
const FEW = ["--steps", "6", "--batch", "8", "--workers", "1", ...set("validateEvery=3", ...SIZES)];
const WRITING = [...FEW, ...set("model.decoderDim=5")];

const WORDS = ["ab", "cd", "ef", "gh", "ij", "kl", "mn", "op"];
const PAIRS = WORDS.flatMap((a) => WORDS.map((b) => [`${a} ${b}`, `${b}-${a}`.toUpperCase()] as const));

let cwd: string;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function fovea(words: readonly string[], input = ""): Promise<Ended> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: "C.UTF-8" };
  const child = spawn(process.execPath, [MAIN, ...words], { cwd, env });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    err += text;
  });
  child.stdin.on("error", () => undefined).end(input);
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

function write(name: string, lines: readonly string[]): void {
  writeFileSync(join(cwd, name), lines.map((line) => `${line}\n`).join(""));
}

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "fovea-texts-"));
  const rows = PAIRS.map((pair) => pair.join("\t"));
  write("pairs.tsv", rows);
  write("bad.tsv", [...rows, "only one", "one\ttwo\tthree"]);
  write("named.csv", ["id,german,english", ...PAIRS.map((pair, i) => `${i},${pair.join(",")}`)]);
  write(
    "numbered.jsonl",
    PAIRS.map(([text, answer], i) => JSON.stringify({ id: i, text, answer })),
  );
  write(
    "train.de",
    PAIRS.map(([text]) => text),
  );
  write(
    "train.en",
    PAIRS.map(([, answer]) => answer),
  );
  write("short.en", ["one"]);
  write(
    "labels.tsv",
    PAIRS.map(([text], i) => `${text} ${i % 2 ? "great" : "awful"}\t${i % 2 ? "good" : "bad"}`),
  );
  write(
    "one-label.tsv",
    PAIRS.map(([text]) => `${text}\tgood`),
  );
});

afterAll(() => rmSync(cwd, { recursive: true }));

describe("transduce", () => {
  let training: Ended;
  beforeAll(async () => {
    training = await fovea(["train", "transduce", "--data", "pairs.tsv", ...WRITING]);
  });

  test("learns from a file, and leaves a model with a report", () => {
    expect(training.code).toBe(0);
    expect(readdirSync(join(cwd, "runs/transduce")).sort()).toEqual([
      "README.md",
      "config.json",
      "events.jsonl",
      "generation_config.json",
      "metrics.json",
      "model.safetensors",
      "onnx",
      "report.html",
      "target",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    expect(training.err).toMatch(
      /^Training transduce into runs\/transduce\n6 steps, [\d,]+ parameters, 1 worker, seed 1\n/,
    );
    expect(training.err).toContain("pairs.tsv\n58 examples, 3 for validation, 3 for the test, ");
    expect(training.out).toMatch(/\nmodel +runs\/transduce\nreport +runs\/transduce\/report\.html\n$/);
    expect(training.err).toMatch(/\n {2}fovea predict runs\/transduce "\w\w \w\w"\n/);
    expect(training.err).toMatch(/\n {2}fovea evaluate runs\/transduce --data test\.tsv\n$/);
  });

  test("answers, explains and is measured", async () => {
    const answered = await fovea(["predict", "runs/transduce", "--format", "jsonl", "ab cd"]);
    expect(answered).toMatchObject({ code: 0, err: "" });
    const { text, output, confidence, certain } = JSON.parse(answered.out);
    expect(text).toBe("ab cd");
    const lines = await fovea(["predict", "runs/transduce", "--format", "jsonl"], "ab cd\nab cd\n");
    expect(JSON.parse(lines.out.split("\n")[1] as string)).toMatchObject({ output, certain });
    const explained = await fovea(["explain", "runs/transduce", "ab cd", "-o", "map.json"]);
    expect(explained.code).toBe(0);
    const { map, ...prediction } = JSON.parse(readFileSync(join(cwd, "map.json"), "utf8"));
    expect(prediction).toMatchObject({ text, output, certain });
    expect(prediction.confidence).toBeCloseTo(confidence, 6);
    expect(map.columns).toEqual([..."ab cd", "</s>"]);
    for (const row of map.weights) expect(row.reduce((a: number, b: number) => a + b, 0)).toBeCloseTo(1, 5);
    const measured = await fovea(["evaluate", "runs/transduce", "--data", "pairs.tsv", "--format", "json"]);
    expect(measured.code).toBe(0);
    const { overall, exactMatch, loss } = JSON.parse(measured.out);
    expect(overall.count).toBe(64);
    expect(exactMatch).toBe(overall.share);
    expect(loss).toBeGreaterThan(0);
  });

  test("tells what it cannot take, and that there is nothing to measure it on by itself", async () => {
    const refused = await fovea(["predict", "runs/transduce", "ab cd", "x".repeat(99)]);
    expect(refused.code).toBe(3);
    expect(refused.out).toContain("! transduce: expected at most 7 tokens (characters) but found 99\n");
    expect(await fovea(["evaluate", "runs/transduce"])).toEqual({
      code: 3,
      out: "",
      err: "fovea: evaluate: expected pairs to measure a transduce model on but found none; give a file with --data\n",
    });
  });

  test("takes columns by their names in a header", async () => {
    const columns = ["--column", "source=german", "--column", "target=english"];
    const found = await fovea(["train", "transduce", "--data", "named.csv", ...columns, ...WRITING, "--out", "named"]);
    expect(found.code).toBe(0);
    const weights = (folder: string) => readFileSync(join(cwd, folder, "model.safetensors"));
    expect(weights("named").equals(weights("runs/transduce"))).toBe(true);
    const json = ["--data", "numbered.jsonl", "--column", "source=text", "--column", "target=answer"];
    expect((await fovea(["train", "transduce", ...json, ...WRITING, "--out", "json"])).code).toBe(0);
    expect(weights("json").equals(weights("runs/transduce"))).toBe(true);
  });

  test("skips bad records where it is told to, and counts them", async () => {
    const words = ["train", "transduce", "--data", "bad.tsv", ...WRITING, "--out", "bad"];
    expect(await fovea(words)).toEqual({
      code: 3,
      out: "",
      err: "fovea: transduce: expected 2 columns (source, target) at bad.tsv:65:9 but found 1; part columns by a tab\n",
    });
    const skipped = await fovea([...words, "--skip-bad"]);
    expect(skipped.code).toBe(0);
    expect(skipped.err).toContain(
      "warning: 2 bad records of bad.tsv left out; the first: transduce: expected 2 columns (source, target) at bad.tsv:65:9 but found 1; part columns by a tab\n",
    );
  });
});

describe("translate", () => {
  test("learns from two files side by side, by the model that is named", async () => {
    const files = ["--data", "train.de", "--data", "train.en"];
    const found = await fovea(["train", "translate", ...files, "--model", "luong", ...WRITING, "--out", "luong"]);
    expect(found.code).toBe(0);
    expect(found.out).toMatch(/\nBLEU +[\d.]+ \(95 % interval [\d.]+ – [\d.]+\)\nmodel +luong\n/);
    expect(found.err).toContain("train.de and train.en\n");
    const config = JSON.parse(readFileSync(join(cwd, "luong/config.json"), "utf8"));
    expect(config).toMatchObject({ task: "translate", model_type: "luong", decoding: { beam: 5 } });
    const answered = await fovea(["predict", "luong", "ab cd"]);
    expect(answered).toMatchObject({ code: 0, err: "" });
    expect(answered.out).not.toContain("doubtful");
    const measured = await fovea(["evaluate", "luong", "--data", "pairs.tsv", "--format", "json", "--min", "bleu=100"]);
    expect(measured.code).toBe(5);
    expect(Object.keys(JSON.parse(measured.out))).toContain("chrf");
  });
});

describe("classify", () => {
  test("learns labels, and shows what was read", async () => {
    const training = await fovea(["train", "classify", "--data", "labels.tsv", ...FEW]);
    expect(training.code).toBe(0);
    const folder = "runs/classify";
    const config = JSON.parse(readFileSync(join(cwd, folder, "config.json"), "utf8"));
    expect(config.id2label).toEqual({ 0: "bad", 1: "good" });
    const answered = await fovea(["predict", folder, "--format", "jsonl", "ab cd great"]);
    expect(answered).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(answered.out).output).toMatch(/^(bad|good)$/);
    const explained = await fovea(["explain", folder, "ab cd great"]);
    expect(explained.code).toBe(0);
    expect(explained.out).toMatch(/ab cd great → (bad|good)\n/);
    const measured = await fovea(["evaluate", folder, "--data", "labels.tsv", "--format", "json"]);
    expect(measured.code).toBe(0);
    expect(JSON.parse(measured.out)).toMatchObject({ overall: { count: 64 }, accuracy: expect.any(Number) });
    expect(await fovea(["evaluate", folder])).toMatchObject({
      code: 3,
      err: "fovea: evaluate: expected texts with their labels to measure a classify model on but found none; give a file with --data\n",
    });
  });
});

describe("what is refused", () => {
  const pairs = ["--data", "pairs.tsv"];
  test.each<[readonly string[], number, string]>([
    [
      ["transduce"],
      2,
      "train: expected a file of source and target for transduce but found none; give one with --data, as --data transduce.tsv",
    ],
    [["dates", ...pairs], 2, "train: expected no --data for dates, which makes its own data"],
    [["dates", "--skip-bad"], 2, "train: expected no --skip-bad for dates, which makes its own data"],
    [
      ["transduce", ...pairs, ...pairs, ...pairs],
      2,
      "train: expected at most 2 files side by side, one for each of source, target, but found 3",
    ],
    [
      ["transduce", ...pairs, "--column", "sorce=a"],
      2,
      'train: expected --column to name source or target but found "sorce"; did you mean source?',
    ],
    [
      ["transduce", ...pairs, "--column", "source"],
      2,
      'train: expected --column to be followed by name=value but found "source"',
    ],
    [
      ["classify", ...pairs, "--model", "luong"],
      2,
      'train: expected no --model for classify, which has one, but found "luong"',
    ],
    [
      ["translate", ...pairs, "--model", "bert"],
      2,
      "translate: expected model.type to be bahdanau or luong but found bert",
    ],
    [
      ["transduce", ...pairs, "--set", "model.encoderDim=0"],
      2,
      "transduce: expected model.encoderDim to be a whole number from 1 to 4096 but found 0",
    ],
    [["transduce", "--data", "nothing.tsv"], 3, "transduce: expected data in nothing.tsv but found no such file"],
    [
      ["transduce", "--data", "named.csv"],
      3,
      "transduce: expected 2 columns (source, target), or a header with these names, at named.csv:1:10 but found 3",
    ],
    [
      ["transduce", "--data", "named.csv", "--column", "source=deutsch"],
      3,
      'transduce: expected a column "deutsch" in the header at named.csv:1:1 but found "id", "german", "english"',
    ],
    [
      ["transduce", "--data", "train.de"],
      3,
      'transduce: expected a file that ends in .tsv, .csv or .jsonl but found "train.de"; name its format',
    ],
    [
      ["translate", "--data", "train.de", "--data", "short.en"],
      3,
      "translate: expected as many lines in train.de as in short.en but found 64 and 1",
    ],
    [
      ["classify", "--data", "one-label.tsv"],
      3,
      'classify: expected two or more labels in one-label.tsv but found only "good"',
    ],
    [
      ["transduce", "--resume", "--out", "nowhere"],
      3,
      "train: expected the checkpoint of an interrupted training in nowhere but found none; start anew without --resume",
    ],
  ])("train %j", async (words, code, message) => {
    expect(await fovea(["train", ...words])).toEqual({ code, out: "", err: `fovea: ${message}\n` });
  });
});
