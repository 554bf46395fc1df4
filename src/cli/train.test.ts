import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataError, ModelError } from "../tensor/errors.ts";
import { TestStream, type TestWorld, testContext } from "./context.fixture.ts";
import { EXIT } from "./exit-codes.ts";
import { testRecipe } from "./recipe.fixture.ts";
import { run } from "./run.ts";

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "fovea-train-"));
});

afterEach(() => rmSync(cwd, { recursive: true }));

async function train(
  words: readonly string[],
  { recipe = testRecipe(), ...world }: TestWorld & { recipe?: ReturnType<typeof testRecipe> } = {},
) {
  const { context, stdout, stderr } = testContext({ cwd, recipes: [recipe], ...world });
  const code = await run(["train", "sums", ...words], context);
  return { code, out: stdout.text, err: stderr.text, options: recipe.calls[0] };
}

describe("to its end", () => {
  test("results go to stdout", async () => {
    const { code, out } = await train([]);
    expect(code).toBe(EXIT.done);
    expect(out).toContain(`\
format          exact match    95 % interval  right     of
──────────────  ───────────  ───────────────  ─────  ─────
day-month-year        100 %     98.3 – 100 %    213    213
spelled-day          93.5 %    89.2 – 96.1 %    187    200
all                 99.35 %  98.90 – 99.62 %  1,987  2,000

Examples: article, 2 of 4 right
text                 answer
───────────────────  ──────────  ───────────────────────────────────
9 may 1998           1998-05-09  right
saturday 9 may 1998  1998-05-09  right; ? doubtful (confidence 0.41)
10 may 1998          1998-05-09  wrong, expected 1998-05-10
8 may 1998           1998-05-09
`);
    expect(out).toContain("the first\n");
    expect(out).not.toContain("the second\n");
    expect(
      out.endsWith(`\
exact match  99.35 % (1,987 of 2,000; 95 % interval 98.90 – 99.62 %)
model        runs/sums
report       runs/sums/report.html
`),
    ).toBe(true);
  });

  test("progress, warnings and what to try next go to stderr, plain lines some seconds apart", async () => {
    const { err } = await train([], { tick: 400 });
    const lines = err.split("\n");
    expect(lines.slice(0, 2)).toEqual([
      "Training sums into runs/sums",
      "400 steps, 53,472 parameters, 2 workers, seed 7",
    ]);
    const progress = lines.filter((line) => line.startsWith("step "));
    expect(progress.length).toBeGreaterThan(20);
    expect(progress.length).toBeLessThan(40);
    expect(progress[0]).toMatch(/^step 1\d\/400 {2}loss 1\.\d+ {2}12,346 examples\/s {2}0:39 left$/);
    expect(progress.at(-1)).toBe("step 400/400  loss 0.05  exact 87.5 %  12,346 examples/s");
    expect(lines).toContain("warning: the loss has not fallen for a while");
    expect(
      err.endsWith(`
Next, try:
  fovea predict runs/sums "9 may 1998"
  fovea explain runs/sums may -o attention.html
  fovea evaluate runs/sums
`),
    ).toBe(true);
    expect(err).not.toContain("\x1b");
  });

  test("on a terminal one line is written over, and never wraps", async () => {
    const stderr = new TestStream({ isTTY: true, columns: 60 });
    const { err } = await train([], { tick: 30, stderr, env: { TERM: "xterm-256color", LANG: "C.UTF-8" } });
    const [, , ...rest] = err.split("\n");
    const drawn = rest
      .join("\n")
      .split(/\r|\n/)
      .filter((line) => line.startsWith("step"));
    expect(drawn.length).toBeGreaterThan(100);
    expect(drawn.length).toBeLessThan(250);
    for (const line of drawn) expect(line.replace("\x1b[K", "").length).toBeLessThan(60);
    expect(err).toContain("\r\x1b[Kwarning: the loss has not fallen for a while\n");
    expect(drawn.at(-1)).toMatch(/^step ▕█+▏ 400\/400 {2}loss 0\.05 .* in all/);
    expect(err).toContain("in all\x1b[K\n\nNext");
  });

  test("the report is one file that holds everything", async () => {
    await train([]);
    const html = readFileSync(join(cwd, "runs/sums/report.html"), "utf8");
    for (const text of ["Training of sums", "99.35 %", "spelled-day", "training loss", "validation exact match"]) {
      expect(html).toContain(text);
    }
    for (const text of [
      "the first",
      "the second",
      "1:23",
      "Warning: the loss has not fallen for a while",
      "wrong, expected 1998-05-10",
    ]) {
      expect(html).toContain(text);
    }
    expect(html).not.toMatch(/(src|href)=|https?:\/\//);
  });

  test("the curves begin where training began, even if it was resumed", async () => {
    mkdirSync(join(cwd, "runs/sums"), { recursive: true });
    writeFileSync(join(cwd, "runs/sums/checkpoint.safetensors"), "");
    const history = { train: [{ step: 1, loss: 77.25, learningRate: 0.5 }], validation: [{ step: 1, recall: 0.25 }] };
    writeFileSync(join(cwd, "runs/sums/metrics.json"), JSON.stringify({ history }));
    await train(["--resume"]);
    const html = readFileSync(join(cwd, "runs/sums/report.html"), "utf8");
    expect(html).toContain("validation recall");
    expect(html).not.toContain("validation exact match");
  });

  test("no reader of stdout is no reason to stop", async () => {
    const stdout = new TestStream({ failure: { after: 0, code: "EPIPE" } });
    expect(await train([], { stdout })).toMatchObject({ code: EXIT.done, out: "" });
    expect(readdirSync(join(cwd, "runs/sums"))).toEqual(["config.json", "events.jsonl", "report.html"]);
  });
});

test("options reach the recipe, and only those that were given", async () => {
  const words = [
    "--out",
    "here",
    "--seed",
    "3",
    "--steps",
    "5",
    "--batch",
    "7",
    "--workers",
    "1",
    "--set",
    "learningRate=0.5",
    "--set",
    "model.dim=11",
  ];
  const { options } = await train(words);
  expect(options).toMatchObject({ seed: 3, steps: 5, batch: 7, workers: 1, resume: false });
  expect(options?.settings).toEqual({ learningRate: "0.5", "model.dim": "11" });
  const { options: bare } = await train([]);
  expect(Object.keys(bare ?? {}).sort()).toEqual([
    "backend",
    "createEngine",
    "folder",
    "openSource",
    "resume",
    "settings",
    "signal",
    "workers",
  ]);
  expect(bare?.workers).toBeLessThanOrEqual(2);
});

test.each([
  [["--batch", "1"], 1],
  [["--set", "batch=1"], 1],
])("with %j there is one worker only", async (words, workers) => {
  expect((await train(words)).options?.workers).toBe(workers);
});

test.each([
  [["--workers", "3", "--batch", "2"], "expected --workers to be at most the batch (2) but found 3"],
  [["--workers", "101"], "expected --workers to be at most the batch (100) but found 101"],
  [
    ["--set", "lerningRate=1"],
    "expected --set to name a setting of sums but found lerningRate; did you mean learningRate?",
  ],
  [["--set", "colour=1"], "expected --set to name a setting of sums (learningRate, batch, model.dim) but found colour"],
])("%j is a usage error that leaves nothing behind", async (words, message) => {
  expect(await train(words)).toMatchObject({ code: EXIT.usage, out: "", err: `fovea: train: ${message}\n` });
  expect(readdirSync(cwd)).toEqual([]);
});

test("an unknown recipe is told with the nearest name", async () => {
  const { context, stderr } = testContext({ cwd, recipes: [testRecipe()] });
  expect(await run(["train", "smus"], context)).toBe(EXIT.usage);
  expect(stderr.text).toBe('fovea: train: expected a recipe (sums) but found "smus"; did you mean sums?\n');
});

describe("the folder", () => {
  const files = (path: string, ...names: string[]) => {
    mkdirSync(join(cwd, path), { recursive: true });
    for (const name of names) writeFileSync(join(cwd, path, name), "");
  };

  test("is a new one each time", async () => {
    for (const path of ["runs/sums", "runs/sums-2", "runs/sums-3"]) {
      expect((await train([])).out).toContain(`model        ${path}\n`);
    }
  });

  test.each([[[]], [["events.jsonl"]]])(
    "may be there if it holds nothing, or nothing but a log (%j)",
    async (names) => {
      files("here", ...names);
      expect((await train(["--out", "here"])).code).toBe(EXIT.done);
    },
  );

  test.each([
    [["config.json"], "found config.json; name another folder"],
    [["checkpoint.safetensors", "x"], "found checkpoint.safetensors; go on with --resume, or name another folder"],
  ])("is never written over (%j)", async (names, found) => {
    files("here", ...names);
    expect(await train(["--out", "here"])).toMatchObject({
      code: EXIT.data,
      err: `fovea: train: expected here to be empty or new but ${found}\n`,
    });
    expect(readdirSync(join(cwd, "here"))).toEqual(names);
  });

  test("cannot be a file", async () => {
    files(".", "file");
    expect(await train(["--out", "file/model"])).toMatchObject({
      code: EXIT.data,
      err: "fovea: train: expected a folder to write in at file/model but found a file in its place; name another with --out\n",
    });
  });

  test("is taken away again when nothing came of it", async () => {
    const recipe = testRecipe({ fail: new RangeError("sums: expected b but found c"), atStep: 0 });
    const err = "fovea: sums: expected b but found c\n";
    expect(await train(["--out", "a/b/c"], { recipe })).toMatchObject({ code: EXIT.usage, err });
    expect(readdirSync(cwd)).toEqual([]);
  });

  test.each([
    [0, "Invalid array length"],
    [1, "sums: expected b but found c"],
  ])("a fault of the program at step %i is no usage error", async (atStep, message) => {
    const recipe = testRecipe({ fail: new RangeError(message), atStep });
    const { code, err } = await train([], { recipe });
    expect(code).toBe(EXIT.failure);
    expect(err).toContain(`fovea: ${message}\nSet FOVEA_DEBUG=1 to see where it happened.\n`);
  });

  test("to resume is the newest with a checkpoint", async () => {
    files("runs/sums", "checkpoint.safetensors");
    files("runs/sums-2", "checkpoint.safetensors");
    files("runs/sums-3", "config.json");
    files("runs/sums-other", "checkpoint.safetensors");
    utimesSync(join(cwd, "runs/sums/checkpoint.safetensors"), 1e9, 1e9);
    const { out, options } = await train(["--resume"]);
    expect(out).toContain("model        runs/sums-2\n");
    expect(options).toMatchObject({ resume: true });
    expect(options).not.toHaveProperty("workers");
  });

  test.each([
    [[], [], "expected an interrupted training in runs/sums but found none; start anew without --resume"],
    [
      ["runs/mine"],
      [],
      "expected an interrupted training in runs/sums but found none; name one with --out (there is runs/mine)",
    ],
    [
      [],
      ["--out", "here"],
      "expected the checkpoint of an interrupted training in here but found none; start anew without --resume",
    ],
  ])("to resume has a checkpoint (%j, %j)", async (others, words, message) => {
    for (const path of others) files(path, "checkpoint.safetensors");
    expect(await train(["--resume", ...words])).toMatchObject({ code: EXIT.data, err: `fovea: train: ${message}\n` });
  });
});

test("an interruption saves a checkpoint and tells how to go on", async () => {
  const recipe = testRecipe({ onStep: (step) => step === 300 && interrupt() });
  const { context, stdout, stderr, interrupt } = testContext({ cwd, recipes: [recipe] });
  expect(await run(["train", "sums", "--out", "my model"], context)).toBe(EXIT.interrupted);
  expect(stdout.text).toBe("");
  expect(stderr.text).toContain("Stopping after this step; a second signal stops at once.\n");
  expect(stderr.text).toMatch(
    /fovea: train: interrupted at step 301; the checkpoint is in .*my model, go on with --resume\n\nGo on with:\n {2}fovea train sums --resume --out "my model"\n$/,
  );
  expect(readdirSync(join(cwd, "my model"))).toEqual(["checkpoint.safetensors", "events.jsonl"]);
});

test.each([
  [new ModelError("train: expected a finite loss but found NaN"), EXIT.model],
  [new DataError("folder: expected to write x but found the disk full"), EXIT.data],
])("%s ends the line of progress before the error", async (fail, code) => {
  const stderr = new TestStream({ isTTY: true });
  const recipe = testRecipe({ fail, atStep: 300 });
  const found = await train([], { recipe, stderr });
  expect(found.code).toBe(code);
  expect(found.err).toContain("299/400");
  expect(found.err.endsWith(`\x1b[K\nfovea: ${fail.message}\n`)).toBe(true);
});
