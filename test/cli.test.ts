import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** The built command line as a process of its own, on a model trained for a few steps. */
const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const CONTEXT = new URL("../dist/cli/context.js", import.meta.url).href;

const SMALL = ["--set", "validationCount=50", "--set", "testCount=200", "--workers", "1", "--seed", "3"];
const TRAINING = ["train", "dates", "--steps", "60", "--set", "validateEvery=20", ...SMALL];

let cwd: string;

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

function start(
  words: readonly string[],
  node: readonly string[] = [MAIN],
): { child: ChildProcess; ended: Promise<Ended> } {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: "C.UTF-8" };
  const child = spawn(process.execPath, [...node, ...words], { cwd, env });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    err += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, out, err }));
  });
  return { child, ended };
}

function fovea(words: readonly string[], input: string | Uint8Array = ""): Promise<Ended> {
  const { child, ended } = start(words);
  child.stdin?.on("error", () => undefined).end(input);
  return ended;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

let training: Ended;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "fovea-cli-"));
  training = await fovea(TRAINING);
});

afterAll(() => rmSync(cwd, { recursive: true }));

describe("train", () => {
  test("leaves a model and a report, shows the article's examples and where the model looked", () => {
    expect(training).toMatchObject({ code: 0, signal: null });
    expect(readdirSync(join(cwd, "runs/dates")).sort()).toEqual([
      "README.md",
      "config.json",
      "events.jsonl",
      "metrics.json",
      "model.safetensors",
      "onnx",
      "report.html",
      "vocab.json",
    ]);
    const { out, err } = training;
    expect(out).toMatch(/^format .*\n/);
    expect(out).toMatch(/\nall .* 200\n/);
    expect(out).toMatch(/\nExamples: article, \d+ of 15 right\n/);
    expect(out).toMatch(/\nthe 29th of August 1958 +\d{4}/);
    expect(out).toContain("  t h e ␣ 2 9 t h ␣ o f ␣ A u g u s t ␣ 1 9 5 8\n");
    expect(out).toMatch(/\nmodel +runs\/dates\nreport +runs\/dates\/report\.html\n$/);
    expect(err).toMatch(/^Training dates into runs\/dates\n60 steps, 53,472 parameters, 1 worker, seed 3\n/);
    expect(err).toContain('\n  fovea predict runs/dates "9 may 1998"\n');
    expect(out + err).not.toContain("\x1b");
  });

  test("interrupted and resumed it ends in the very same model", async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const { child, ended } = start([...TRAINING, "--out", signal]);
      await until(() => existsSync(join(cwd, signal, "checkpoint.safetensors")));
      child.kill(signal);
      const { code, out, err } = await ended;
      expect({ code, out }).toEqual({ code: 130, out: "" });
      expect(err).toContain(`\nGo on with:\n  fovea train dates --resume --out ${signal}\n`);
      expect(readdirSync(join(cwd, signal)).sort()).toEqual(["checkpoint.safetensors", "events.jsonl"]);
      expect((await fovea(["train", "dates", "--resume", "--out", signal])).code).toBe(0);
      const weights = (folder: string) => readFileSync(join(cwd, folder, "model.safetensors"));
      expect(weights(signal).equals(weights("runs/dates"))).toBe(true);
    }
  });

  test("killed without warning it loses no more than the steps since the last checkpoint", async () => {
    const { child, ended } = start([...TRAINING, "--out", "killed"]);
    await until(() => existsSync(join(cwd, "killed/checkpoint.safetensors")));
    child.kill("SIGKILL");
    expect((await ended).signal).toBe("SIGKILL");
    expect((await fovea(["train", "dates", "--resume", "--out", "killed"])).code).toBe(0);
  });

  test.skipIf(process.platform === "win32")(
    "a second signal kills at once, an echo of the first does not",
    async () => {
      const script = `
      const { processContext } = await import(${JSON.stringify(CONTEXT)});
      const signal = processContext().interruption();
      signal.addEventListener("abort", () => console.log("aborted"));
      setInterval(() => undefined, 1000);
      console.log("ready");
    `;
      const { child, ended } = start([], ["--input-type=module", "--eval", script]);
      let said = "";
      child.stdout?.on("data", (text) => {
        said += text;
      });
      await until(() => said.includes("ready"));
      child.kill("SIGINT");
      child.kill("SIGINT");
      await until(() => said.includes("aborted"));
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(child.exitCode).toBeNull();
      child.kill("SIGTERM");
      expect(await ended).toMatchObject({ code: null, signal: "SIGTERM", out: "ready\naborted\n" });
    },
  );

  test.each([
    [
      ["--out", "runs/dates"],
      3,
      "fovea: train: expected runs/dates to be empty or new but found README.md; name another folder\n",
    ],
    [["--steps", "abc"], 2, 'fovea: train: expected --steps to be a whole number from 1 on but found "abc"\n'],
  ])("%j is refused", async (words, code, err) => {
    expect(await fovea(["train", "dates", ...words])).toMatchObject({ code, out: "", err });
  });
});

describe("predict", () => {
  test("answers arguments and lines alike", async () => {
    const texts = ["9 may 1998", "the 29th of August 1958", "kiwi ½ 年"];
    const fromWords = await fovea(["predict", "runs/dates", "--format", "jsonl", ...texts]);
    const fromLines = await fovea(["predict", "runs/dates", "--format", "jsonl"], `${texts.join("\n")}\n`);
    expect(fromWords).toMatchObject({ code: 0, err: "" });
    const records = fromWords.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(records.map(({ text }) => text)).toEqual(texts);
    for (const record of records) {
      expect(Object.keys(record)).toEqual(["text", "output", "confidence", "certain", "valid"]);
      expect(record.output).toMatch(/^[\d-]{10}$/);
    }
    const others = fromLines.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const [i, { confidence, ...rest }] of others.entries()) {
      const { confidence: expected, ...same } = records[i];
      expect(rest).toEqual(same);
      expect(confidence).toBeCloseTo(expected, 5);
    }
  });

  test("keeps the place of lines that it cannot take, and exits with 3", async () => {
    const lines = ["9 may 1998", "", "x".repeat(31), "x".repeat(100_000), "10 may 1998"];
    const bytes = Buffer.concat([Buffer.from(`${lines.join("\n")}\n`), Buffer.of(0xff, 0xfe, 10)]);
    const { code, out, err } = await fovea(["predict", "runs/dates"], bytes);
    expect(code).toBe(3);
    const marks = out
      .trimEnd()
      .split("\n")
      .map((line) => (line.startsWith("! ") ? "!" : "answer"));
    expect(marks).toEqual(["answer", "!", "!", "!", "answer", "!"]);
    expect(err).toBe(
      "fovea: predict: expected every line to be readable but found 4 of 6 lines unreadable; the first is line 2\n",
    );
  });

  test("answers many lines in order, in little memory", async () => {
    const count = 50_000;
    const input = Array.from({ length: count }, (_, i) => `${1 + (i % 28)} may ${1930 + (i % 97)}`).join("\n");
    const { child, ended } = start(["predict", "runs/dates", "--format", "jsonl"], ["--max-old-space-size=32", MAIN]);
    child.stdin?.end(input);
    const { code, out } = await ended;
    expect(code).toBe(0);
    const texts = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).text as string);
    expect(texts.join("\n")).toBe(input);
  });

  test("answers a line before the next is typed", async () => {
    const { child, ended } = start(["predict", "runs/dates"]);
    let lines = 0;
    child.stdout?.on("data", (text: string) => {
      lines += text.split("\n").length - 1;
    });
    for (let typed = 1; typed <= 3; typed++) {
      child.stdin?.write("9 may 1998\n");
      await until(() => lines === typed);
    }
    child.stdin?.end();
    expect((await ended).code).toBe(0);
    expect(lines).toBe(3);
  });

  test("ends quietly when nobody reads any more", async () => {
    const { child, ended } = start(["predict", "runs/dates"]);
    child.stdin?.on("error", () => undefined);
    child.stdin?.write("9 may 1998\n".repeat(100_000));
    child.stdout?.once("data", () => child.stdout?.destroy());
    expect(await ended).toMatchObject({ code: 0, signal: null, err: "" });
  });
});

describe("evaluate and explain", () => {
  test("a gate that is missed gives 5, one that is met 0", async () => {
    const missed = await fovea(["evaluate", "runs/dates", "--min", "exactMatch=1"]);
    expect(missed).toMatchObject({
      code: 5,
      err: expect.stringMatching(/^fovea: evaluate: expected exactMatch of at least 1 but found 0\.\d+\n$/),
    });
    expect(missed.out).toMatch(/\nexact match +[\d.]+ % \(/);
    expect((await fovea(["evaluate", "runs/dates", "--min", "exactMatch=0"])).code).toBe(0);
  });

  test("own pairs are measured, a bad one is told with its place", async () => {
    writeFileSync(join(cwd, "mine.tsv"), "9 may 1998\t1998-05-09\n10 may 1998\t1998-05-10\n");
    const { code, out } = await fovea(["evaluate", "runs/dates", "--data", "mine.tsv", "--format", "json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out).overall.count).toBe(2);
    writeFileSync(join(cwd, "bad.tsv"), "9 may 1998\t1998-05-09\n10 may 1998\n");
    expect(await fovea(["evaluate", "runs/dates", "--data", "bad.tsv"])).toMatchObject({
      code: 3,
      out: "",
      err: "fovea: evaluate: expected 2 columns (text, expected) at bad.tsv:2:12 but found 1; part columns by a tab\n",
    });
  });

  test("every format of an explanation shows the same weights", async () => {
    for (const name of ["a.txt", "a.json", "a.csv", "a.svg", "a.html"]) {
      const { code } = await fovea(["explain", "runs/dates", "3 May 1979", "-o", name]);
      expect(code).toBe(0);
    }
    const { map } = JSON.parse(readFileSync(join(cwd, "a.json"), "utf8"));
    expect(map.columns).toEqual([..."3 May 1979"]);
    expect(map.rows).toHaveLength(10);
    for (const row of map.weights) expect(row.reduce((a: number, b: number) => a + b, 0)).toBeCloseTo(1, 4);
    const rows = readFileSync(join(cwd, "a.csv"), "utf8").trimEnd().split("\r\n").slice(1);
    expect(rows.map((row) => row.split(",").slice(1).map(Number))).toEqual(map.weights);
    const { out } = await fovea(["explain", "runs/dates", "3 May 1979"]);
    expect(out).toBe(readFileSync(join(cwd, "a.txt"), "utf8"));
  });
});

describe("a model folder", () => {
  const damaged = (damage: (folder: string) => void) => {
    const folder = mkdtempSync(join(cwd, "damaged-"));
    cpSync(join(cwd, "runs/dates"), folder, { recursive: true });
    damage(folder);
    return folder;
  };

  test.each([
    ["without config.json", (folder: string) => rmSync(join(folder, "config.json"))],
    ["without a graph", (folder: string) => rmSync(join(folder, "onnx/model.onnx"))],
    ["without a vocabulary", (folder: string) => rmSync(join(folder, "vocab.json"))],
    ["with half a config.json", (folder: string) => truncateSync(join(folder, "config.json"), 100)],
    ["with half a graph", (folder: string) => truncateSync(join(folder, "onnx/model.onnx"), 100_000)],
    ["with an empty graph", (folder: string) => truncateSync(join(folder, "onnx/model.onnx"), 0)],
    ["with half a vocabulary", (folder: string) => truncateSync(join(folder, "vocab.json"), 100)],
    ["of another program", (folder: string) => writeFileSync(join(folder, "config.json"), '{"model_type":"bert"}')],
    ["of another task", (folder: string) => writeFileSync(join(folder, "config.json"), '{"task":"constructor"}')],
    ["that is not there", (folder: string) => rmSync(folder, { recursive: true })],
  ])("%s is refused in one line", async (_, damage) => {
    const folder = damaged(damage);
    const commands = [
      ["predict", folder, "9 may 1998"],
      ["explain", folder, "9 may 1998"],
      ["evaluate", folder],
    ];
    for (const { code, out, err } of await Promise.all(commands.map((words) => fovea(words)))) {
      expect({ code, out }).toEqual({ code: 4, out: "" });
      expect(err).toMatch(/^fovea: [a-z]+: expected [^\n]* but found[^\n]*\n$/);
    }
  });
});

test("doctor finds all well here", async () => {
  expect(await fovea(["doctor"])).toMatchObject({ code: 0, err: "" });
});
