import { appendFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { NO_LOG } from "./event-tail.ts";
import { RunLog } from "./run-log.ts";
import { scratchFolder } from "./server.fixture.ts";

const begin = (time: number) => ({ time, type: "begin", process: process.pid, machine: "elsewhere" });
const start = (step: number, seed = 1) => {
  return { time: 2, type: "start", task: "dates", folder: "a", parameters: 7, step, steps: 90, workers: 2, seed };
};
const progress = (step: number) => ({ time: step, type: "progress", step, steps: 90, loss: step, learningRate: 0.1 });
const evaluation = (step: number) => ({ time: step, type: "evaluation", step, metrics: { exactMatch: step / 100 } });
const log = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

function logOf(...lines: object[]) {
  const path = join(scratchFolder({ "events.jsonl": log(...lines) }), "events.jsonl");
  return { path, known: new RunLog(path) };
}

test("each part of a log is read once, however often it is looked at", async () => {
  const { path, known } = logOf(begin(1), start(0), progress(1));
  const read = vi.spyOn(known, "read");
  await Promise.all([known.look(), known.look()]);
  await known.look();
  const { place } = known;
  appendFileSync(path, log(progress(2)));
  await known.look();
  expect(read.mock.calls).toEqual([[{ from: NO_LOG }], [{ from: place }]]);
  expect(known.numbers).toMatchObject({ step: 2, loss: 2, updated: 2 });
});

test("a training that goes on from before its newest numbers has those that still count", async () => {
  const { path, known } = logOf(begin(1), start(0), progress(10), evaluation(20), progress(30), evaluation(40));
  await known.look();
  expect(known.numbers).toMatchObject({ step: 30, metrics: { exactMatch: 0.4 } });
  appendFileSync(path, log(progress(50), begin(3), start(20, 7)));
  await known.look();
  expect(known.numbers).toMatchObject({ step: 20, loss: 10, metrics: { exactMatch: 0.2 }, seed: 7, started: 2 });
  const counts = known.standing();
  const standing: unknown[] = [];
  for await (const { lines } of known.read({})) {
    for (const placed of lines) if (counts(placed)) standing.push("step" in placed.line && placed.line.step);
  }
  expect(standing).toEqual([0, 10, 20, 20]);
});

test.each([
  ["longer", [begin(5), start(0, 2), progress(3), progress(4)]],
  ["as long", [begin(5), start(0, 2), progress(3)]],
])("a log that was begun anew and is %s forgets the one before", async (_, lines) => {
  const { path, known } = logOf(begin(1), start(0), progress(9));
  await known.look();
  const before = statSync(path);
  writeFileSync(path, log(...lines));
  utimesSync(path, before.atime, new Date(before.mtimeMs + 5));
  expect(statSync(path).ino).toBe(before.ino);
  await known.look();
  expect(known.numbers).toMatchObject({ seed: 2, loss: lines.length });
});

test("a log that is gone tells nothing any more", async () => {
  const { path, known } = logOf(begin(1), start(0));
  await known.look();
  expect([known.hasEvents, known.state]).toEqual([true, { state: "running" }]);
  rmSync(path);
  await known.look();
  expect([known.hasEvents, known.state, known.numbers, known.place]).toEqual([false, undefined, undefined, NO_LOG]);
});
