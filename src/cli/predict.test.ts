import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ModelError } from "../tensor/errors.ts";
import { TestStream, type TestWorld, testContext, testModel } from "./context.fixture.ts";
import { EXIT } from "./exit-codes.ts";
import { run } from "./run.ts";

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "fovea-predict-"));
  writeFileSync(join(cwd, "file"), "");
});

afterAll(() => rmSync(cwd, { recursive: true }));

async function predict(words: readonly string[], world: TestWorld = {}) {
  const { context, stdout, stderr } = testContext({ cwd, ...world });
  const code = await run(["predict", ".", ...words], context);
  return { code, out: stdout.text, err: stderr.text };
}

const DOUBT = "1998-05-09  ? doubtful (confidence 0.41)\n";

test("texts are answered in order, a doubtful answer marked", async () => {
  expect(await predict(["9 may 1998", "saturday 9 may 1998"])).toEqual({
    code: EXIT.done,
    out: `1998-05-09\n${DOUBT}`,
    err: "",
  });
});

test("lines are answered in order, however they are cut", async () => {
  const stdin = ["9 may 1998\r\nsatur", "day 9 may 1998\n9 may", " 1998"];
  expect(await predict([], { stdin })).toEqual({ code: EXIT.done, out: `1998-05-09\n${DOUBT}1998-05-09\n`, err: "" });
});

test("one text that cannot be read is told of as the only one", async () => {
  const { code, err } = await predict(["x".repeat(31)]);
  const message = "fovea: predict: expected every text to be readable but found the only text unreadable\n";
  expect({ code, err }).toEqual({ code: EXIT.data, err: message });
});

test("a line that cannot be read keeps its place, and the others are answered", async () => {
  const stdin = ["9 may 1998\n\n", Uint8Array.of(0xff, 10), "x".repeat(31), "\n9 may 1998\n"];
  const message =
    "fovea: predict: expected every line to be readable but found 3 of 5 lines unreadable; the first is line 2\n";
  const human = await predict([], { stdin });
  expect(human).toEqual({
    code: EXIT.data,
    out: [
      "1998-05-09",
      "! text: expected 1 to 30 characters but found 0",
      "! lines: expected UTF-8 but found other bytes; save the text as UTF-8",
      "! text: expected 1 to 30 characters but found 31",
      "1998-05-09\n",
    ].join("\n"),
    err: message,
  });
  const json = await predict(["--format", "json"], { stdin });
  expect(json.code).toBe(EXIT.data);
  expect(JSON.parse(json.out).map(({ output }: { output: unknown }) => output)).toEqual([
    "1998-05-09",
    null,
    null,
    null,
    "1998-05-09",
  ]);
  const lines = await predict(["--format", "jsonl"], { stdin });
  expect(
    lines.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual(JSON.parse(json.out));
});

test("each line is answered before the next is read", async () => {
  const stdout = new TestStream();
  const seen: string[] = [];
  const { context } = testContext({ cwd, stdout });
  async function* typed(): AsyncGenerator<Uint8Array, void> {
    for (let i = 0; i < 3; i++) {
      seen.push(stdout.text);
      yield new TextEncoder().encode("9 may 1998\n");
    }
  }
  await run(["predict", "."], { ...context, stdin: typed() });
  expect(seen).toEqual(["", "1998-05-09\n", "1998-05-09\n1998-05-09\n"]);
});

test("a reader who goes away ends it quietly, and the input is not read to its end", async () => {
  const stdout = new TestStream({ failure: { after: 1, code: "EPIPE" } });
  const stderr = new TestStream();
  let read = 0;
  let closed = 0;
  const { context } = testContext({ cwd, stdout, stderr, model: testModel({ onClose: () => closed++ }) });
  async function* endless(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      read++;
      yield new TextEncoder().encode("9 may 1998\n");
    }
  }
  expect(await run(["predict", "."], { ...context, stdin: endless() })).toBe(EXIT.done);
  expect({ text: stdout.text, err: stderr.text, read, closed }).toEqual({
    text: "1998-05-09\n",
    err: "",
    read: 2,
    closed: 1,
  });
});

test("a full disk is an error", async () => {
  const stdout = new TestStream({ failure: { after: 0, code: "ENOSPC" } });
  expect(await predict(["9 may 1998"], { stdout })).toEqual({
    code: EXIT.data,
    out: "",
    err: "fovea: output: expected to write the results but found the disk full; free some space (ENOSPC)\n",
  });
});

test("nothing in is nothing out", async () => {
  expect(await predict([])).toEqual({ code: EXIT.done, out: "", err: "" });
  expect(await predict(["--format", "json"])).toEqual({ code: EXIT.done, out: "[]\n", err: "" });
});

test("only a person at a terminal is told what to type", async () => {
  const stderr = () => new TestStream({ isTTY: true });
  expect((await predict([], { stderr: stderr(), stdinIsTTY: true })).err).toBe("One text a line; Ctrl-D ends.\n");
  expect((await predict([], { stderr: stderr() })).err).toBe("");
  expect((await predict([], { stdinIsTTY: true })).err).toBe("");
});

test.each([
  ["nowhere", "nothing"],
  ["file", "a file"],
])("a model at %s is told to be %s", async (path, found) => {
  const { context, stderr } = testContext({ cwd });
  expect(await run(["predict", path, "x"], context)).toBe(EXIT.model);
  expect(stderr.text).toBe(
    `fovea: predict: expected the folder of a trained model at ${path} but found ${found}; make one with fovea train dates\n`,
  );
});

test("models that are near are named, but only those that open", async () => {
  const folders = ["broken", "good", "no-model"];
  for (const name of folders) mkdirSync(join(cwd, "near", name), { recursive: true });
  for (const name of ["broken", "good"]) writeFileSync(join(cwd, "near", name, "config.json"), "{}");
  const { context, stderr } = testContext({ cwd });
  let closed = 0;
  const openModel = async (path: string) => {
    if (path.endsWith("broken")) throw new ModelError("model: expected another file");
    return testModel({ onClose: () => closed++ });
  };
  expect(await run(["predict", "near/goood", "x"], { ...context, openModel })).toBe(EXIT.model);
  expect(stderr.text).toBe(
    `fovea: predict: expected the folder of a trained model at near/goood but found nothing; there is ${join("near", "good")}\n`,
  );
  expect(closed).toBe(1);
});
