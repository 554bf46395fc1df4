import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseLogLine } from "../tasks/event-log.ts";
import type { TaskEvent } from "../tasks/events.ts";
import { EventLog } from "./event-log.ts";

let folder: string;
let time = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-log-"));
  time = 1000;
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const file = () => join(folder, "events.jsonl");
const lines = () => readFileSync(file(), "utf8").trimEnd().split("\n").map(parseLogLine);
const begin = { type: "begin", process: process.pid, machine: hostname() };

function open(options: { resume?: boolean; onFailure?: (error: Error) => void } = {}): EventLog {
  const onFailure = (error: Error) => {
    throw error;
  };
  return new EventLog(folder, { resume: false, now: () => time, onFailure, ...options });
}

const progress = (step: number): TaskEvent => {
  return { type: "progress", step, steps: 9, loss: 1, learningRate: 0.1, examplesPerSecond: 7, secondsLeft: 1 };
};
const warning: TaskEvent = { type: "warning", message: "slow" };

test("each event is a line with its time, progress at most twice a second and before what comes after it", async () => {
  const log = open();
  expect(existsSync(file())).toBe(false);
  for (let step = 1; step <= 9; step++) {
    await log.add(progress(step));
    if (step === 6) await log.add(warning);
    time += 100;
  }
  writeFileSync(join(folder, "config.json"), "{}");
  await log.end("");
  expect(lines()).toEqual([
    { time: 1000, ...begin },
    { time: 1000, ...progress(1) },
    { time: 1500, ...progress(6) },
    { time: 1500, ...warning },
    { time: 1900, ...progress(9) },
    { time: 1900, type: "end", message: "" },
  ]);
});

test("typed arrays are written as lists", async () => {
  const map = { rows: ["1"], columns: ["a", "b"], weights: Float32Array.of(0.25, 0.75) };
  const log = open();
  await log.add({ type: "examples", title: "two", examples: [], maps: [map] });
  expect(lines()[1]).toMatchObject({ maps: [{ ...map, weights: [0.25, 0.75] }] });
  await log.end("");
});

test("a training that is resumed goes on below half a line", async () => {
  writeFileSync(file(), '{"time":1,"type":"warning","message":"first"}\n{"time":2,"ty');
  const log = open({ resume: true });
  await log.add(warning);
  expect(lines()).toEqual([
    { time: 1, type: "warning", message: "first" },
    undefined,
    { time: 1000, ...begin },
    { time: 1000, ...warning },
  ]);
  await log.end("");
});

test("a new training begins a new log", async () => {
  appendFileSync(file(), "of another training\n");
  const log = open();
  await log.add(warning);
  expect(lines()).toHaveLength(2);
  await log.end("");
});

test("a log alone is taken away at the end, one beside a checkpoint says why training ended", async () => {
  const lost = open();
  await lost.add(warning);
  await lost.end("no disk");
  expect(existsSync(file())).toBe(false);
  writeFileSync(join(folder, "checkpoint.safetensors"), "");
  const kept = open();
  await kept.add(warning);
  await kept.end("interrupted at step 7");
  expect(lines().at(-1)).toEqual({ time: 1000, type: "end", message: "interrupted at step 7" });
});

test("while it is open the file's time shows that somebody lives", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const log = open();
  await log.add(warning);
  utimesSync(file(), 1, 1);
  time = 50_000;
  vi.advanceTimersByTime(5000);
  await vi.waitFor(() => expect(statSync(file()).mtimeMs).toBe(50_000));
  await log.end("");
});

test("a log that cannot be written is told once, and stops nothing", async () => {
  rmSync(folder, { recursive: true });
  const failures: string[] = [];
  const log = open({ onFailure: ({ message }) => failures.push(message) });
  await log.add(warning);
  await log.add(warning);
  await log.end("");
  expect(failures).toEqual([`ENOENT: no such file or directory, open '${file()}'`]);
  writeFileSync(folder, "");
});
