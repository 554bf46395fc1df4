import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Runs } from "./runs.ts";
import { scratchFolder, testServer } from "./server.fixture.ts";

const begin = { time: 1, type: "begin", process: process.pid, machine: hostname() };
const start = {
  time: 2,
  type: "start",
  task: "dates",
  folder: "runs/a",
  parameters: 7,
  step: 0,
  steps: 40,
  workers: 2,
  seed: 1,
};
const progress = {
  time: 3,
  type: "progress",
  step: 25,
  steps: 40,
  loss: 0.5,
  learningRate: 0.1,
  examplesPerSecond: 9,
  secondsLeft: 2,
};
const evaluation = { time: 4, type: "evaluation", step: 20, metrics: { exactMatch: 0.25 }, best: true };
const share = { name: "all", count: 100, right: 99, share: 0.99, low: 0.94, high: 1 };
const measured = { time: 5, type: "test", overall: share, groups: [], metrics: {} };
const saved = { time: 6, type: "saved", folder: "runs/a", files: ["config.json"], seconds: 9 };
const end = (message: string) => ({ time: 7, type: "end", message });
const log = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

const numbers = {
  task: "dates",
  step: 25,
  steps: 40,
  parameters: 7,
  workers: 2,
  seed: 1,
  started: 2,
  loss: 0.5,
  learningRate: 0.1,
  examplesPerSecond: 9,
  secondsLeft: 2,
  metrics: { exactMatch: 0.25 },
};

/** The number of a process that has ended. */
const gone = () => spawnSync(process.execPath, ["--version"]).pid;

describe("the state", () => {
  const stateOf = async (lines: string, touched = Date.now()) => {
    const folder = scratchFolder({ "a/events.jsonl": lines });
    utimesSync(join(folder, "a/events.jsonl"), touched / 1000, touched / 1000);
    return (await new Runs(folder).look("a")).state;
  };

  test("is running while the process that began it lives and touches its log", async () => {
    expect(await stateOf(log(begin, start, progress))).toEqual({ state: "running" });
  });

  test("of a process on another machine is told by its log's time alone", async () => {
    const lines = log({ ...begin, machine: `not-${hostname()}`, process: gone() }, start);
    expect(await stateOf(lines)).toEqual({ state: "running" });
    expect(await stateOf(lines, Date.now() - 60_000)).toEqual({ state: "interrupted" });
  });

  test.each([
    ["its process was killed", log({ ...begin, process: gone() }, start, progress), Date.now()],
    ["its log was left a minute ago: another process has the number", log(begin, start), Date.now() - 60_000],
    ["nothing tells who wrote the log", log(start, progress), Date.now()],
  ])("is interrupted where %s", async (_, lines, touched) => {
    expect(await stateOf(lines, touched)).toEqual({ state: "interrupted" });
  });

  test("is interrupted, with the reason, where the log says so", async () => {
    expect(await stateOf(log(begin, start, end("train: interrupted at step 7")))).toEqual({
      state: "interrupted",
      message: "train: interrupted at step 7",
    });
  });

  test("is finished where the model was saved, until it is trained anew", async () => {
    expect(await stateOf(log(begin, start, saved, end("")))).toEqual({ state: "finished" });
    expect(await stateOf(log(begin, start, saved, end(""), begin, start))).toEqual({ state: "running" });
  });
});

describe("the list", () => {
  test("has the newest numbers of each run, the newest run first", async () => {
    const folder = scratchFolder({
      "old/events.jsonl": log(begin, start, progress, evaluation, measured, saved, end("")),
      "old/config.json": "{}",
      "old/report.html": "",
      "new one/events.jsonl": log(begin, { ...start, time: 100 }, { ...progress, time: 101 }),
      "notes/a.txt": "",
      "file.txt": "",
      ".hidden/events.jsonl": log(begin, start),
    });
    const { ask } = await testServer({ runs: folder });
    const response = await ask("/api/runs");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const { metrics: _, ...unmeasured } = numbers;
    expect(await response.json()).toEqual({
      runs: [
        { name: "new one", ...unmeasured, started: 100, updated: 101, state: "running", model: null },
        {
          name: "old",
          ...numbers,
          updated: 6,
          exactMatch: 0.99,
          testMetrics: {},
          state: "finished",
          model: { name: "old", files: ["config.json"] },
        },
      ],
    });
    expect((await ask("/api/runs/old/model/config.json")).status).toBe(200);
    for (const path of [
      "old/model/report.html",
      "old/model/events.jsonl",
      "none/model/config.json",
      "new%20one/model/config.json",
    ]) {
      expect((await ask(`/api/runs/${path}`)).status).toBe(404);
    }
  });

  test("is empty where there is no such folder", async () => {
    const { ask } = await testServer({ runs: join(scratchFolder(), "runs") });
    expect(await (await ask("/api/runs")).json()).toEqual({ runs: [] });
  });

  test("leaves out links, which lead elsewhere", async () => {
    const outside = scratchFolder({ "events.jsonl": log(begin, start), "config.json": "{}" });
    const runs = scratchFolder();
    symlinkSync(outside, join(runs, "linked"));
    const { ask } = await testServer({ runs });
    expect(await (await ask("/api/runs")).json()).toEqual({ runs: [] });
    expect((await ask("/api/runs/linked/events")).status).toBe(404);
    expect((await ask("/api/runs/linked/model/config.json")).status).toBe(404);
  });

  test.skipIf(process.platform === "win32")("reads no log through a link, and waits for no pipe", async () => {
    const outside = scratchFolder({ log: log(begin, start), "metrics.json": "{}" });
    const runs = scratchFolder({ "b/config.json": "{}" });
    symlinkSync(join(outside, "log"), join(runs, "b/events.jsonl"));
    mkdirSync(join(runs, "c"));
    expect(spawnSync("mkfifo", [join(runs, "c/events.jsonl")]).status).toBe(0);
    const { ask } = await testServer({ runs });
    expect(await (await ask("/api/runs")).json()).toEqual({ runs: [] });
    for (const [name, state] of [
      ["b", "finished"],
      ["c", "interrupted"],
    ]) {
      const told = await (await ask(`/api/runs/${name}/events`)).text();
      expect(told).toBe(`event: end\ndata: {"state":"${state}"}\nid: none-0\n\n`);
    }
  });

  test("has a model that came without its log, with what its folder still tells", async () => {
    const config = { task: "dates", training: { seed: 3, steps: 40, workers: 2, batch: 100 } };
    const history = {
      train: [
        { step: 1, loss: 9, learningRate: 0.1 },
        { step: 40, loss: 0.5, learningRate: 0.01 },
      ],
      validation: [
        { step: 20, exactMatch: 0.75 },
        { step: 30, exactMatch: 0.5 },
      ],
    };
    const { time: _, ...test } = measured;
    const metrics = { test, bestStep: 20, trainingSeconds: 8, parameters: 7, history };
    const files = { "a/config.json": JSON.stringify(config), "a/metrics.json": JSON.stringify(metrics) };
    const runs = scratchFolder({ ...files, "b/config.json": "{", "b/metrics.json": JSON.stringify(metrics) });
    utimesSync(join(runs, "a/config.json"), 1000, 1000);
    const { ask } = await testServer({ runs });
    const expected = {
      task: "dates",
      seed: 3,
      step: 40,
      steps: 40,
      workers: 2,
      parameters: 7,
      loss: expect.closeTo(9 * 0.95 ** 39 + 0.5 * (1 - 0.95 ** 39), 9),
      exactMatch: 0.99,
    };
    const found = (await (await ask("/api/runs")).json()) as { runs: object[] };
    expect(found.runs).toHaveLength(1);
    expect(found.runs[0]).toMatchObject({ name: "a", state: "finished", started: 992_000, updated: 1e6, ...expected });
    expect(Object.keys(found.runs[0] as object)).not.toEqual(expect.arrayContaining(["examplesPerSecond"]));
    const events = (await (await ask("/api/runs/a/events")).text()).split("\n\n").filter(Boolean);
    const data = events.map((event) => JSON.parse(/^data: (.*)$/m.exec(event)?.[1] as string));
    expect(data.map(({ type, state }) => type ?? state)).toEqual([
      "start",
      "progress",
      "evaluation",
      "evaluation",
      "progress",
      "test",
      "saved",
      "finished",
    ]);
    // What nobody knows any more is left out: how fast it went.
    expect(data[1]).toEqual({ time: 992_200, type: "progress", step: 1, steps: 40, loss: 9, learningRate: 0.1 });
    expect(data[2]).toMatchObject({ step: 20, metrics: { exactMatch: 0.75 }, time: 996_000, best: true });
    expect(data[3]).toMatchObject({ step: 30, best: false });
  });

  test("was trained when its folder was written, where the files have but the time of an archive without times", async () => {
    const config = { task: "dates", training: { seed: 3, steps: 40, workers: 2, batch: 100 } };
    const history = { train: [], validation: [] };
    const { time: _, ...test } = measured;
    const metrics = { test, bestStep: 20, trainingSeconds: 8, parameters: 7, history };
    const files = { "a/config.json": JSON.stringify(config), "a/metrics.json": JSON.stringify(metrics) };
    const folder = scratchFolder(files);
    utimesSync(join(folder, "a/config.json"), new Date(1980, 0, 1), new Date(1980, 0, 1));
    utimesSync(join(folder, "a"), 2e9, 2e9);
    expect(await new Runs(folder).list()).toMatchObject([{ name: "a", started: 2e12 - 8000, updated: 2e12 }]);
  });
});
