import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeBackend } from "../runtime/node.ts";
import { singleEngine } from "../runtime/single-engine.ts";
import { dates } from "../tasks/dates/index.ts";
import { testContext } from "./context.fixture.ts";
import { EXIT } from "./exit-codes.ts";
import { tryToWrite } from "./out-folder.ts";
import { run } from "./run.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-out-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the trial of a folder follows no link and writes over nothing", async () => {
  const other = join(folder, "other");
  writeFileSync(other, "mine");
  symlinkSync(other, join(folder, `.fovea-${process.pid}.unfinished`));
  await expect(tryToWrite(folder)).rejects.toMatchObject({ code: "EEXIST" });
  expect(readFileSync(other, "utf8")).toBe("mine");
});

test("a training starts in a folder that holds only the log of one that was killed at once", async () => {
  const out = join(folder, "killed");
  mkdirSync(out);
  writeFileSync(join(out, "events.jsonl"), '{"time":1,"type":"warning","message":"of the one before"}\n');
  const { context, stderr } = testContext({ cwd: folder, recipes: [dates] });
  const sizes = ["model.encoderDim=3", "model.decoderDim=5", "model.energyDim=2", "validationCount=5", "testCount=5"];
  const settings = [...sizes, "batch=4"].flatMap((setting) => ["--set", setting]);
  const loadEngine = async () => ({ createEngine: singleEngine(nodeBackend), backend: nodeBackend });
  const words = ["train", "dates", "--out", "killed", "--steps", "2", "--workers", "1", ...settings];
  expect([await run(words, { ...context, loadEngine }), stderr.text]).toEqual([EXIT.done, expect.any(String)]);
  expect(readdirSync(out)).toEqual(expect.arrayContaining(["config.json", "events.jsonl", "report.html"]));
  const log = readFileSync(join(out, "events.jsonl"), "utf8");
  expect(log).not.toContain("of the one before");
  expect(log).toContain('"type":"saved"');
});
