import { parseLogLine } from "fovea/tasks";
import { expect, test } from "vitest";
import type { NotedEvent } from "../../worker/api.ts";
import { eventLog } from "./event-log.ts";

const progress = (time: number, step: number): NotedEvent => {
  const rest = { steps: 9, loss: 1 / step, learningRate: 0.1, examplesPerSecond: 30, secondsLeft: 4 };
  return { time, type: "progress", step, ...rest };
};
const start = { type: "start", task: "dates", folder: "training", step: 0, steps: 9, parameters: 3 } as const;
const EVENTS: readonly NotedEvent[] = [
  { time: 0, type: "compute", backend: "wasm", why: "asked for" },
  { time: 1, ...start, workers: 1, seed: 2 },
  progress(1000, 1),
  progress(1100, 2),
  progress(1200, 3),
  progress(1600, 4),
  progress(1700, 5),
  { time: 1800, type: "evaluation", step: 5, metrics: { exactMatch: 0.5 }, best: true },
  { time: 1900, type: "saved", folder: "training", files: ["config.json"], seconds: 1 },
];

test("a log has what was told in lines that the server reads, progress at most twice a second and always the last", () => {
  const lines = (eventLog(EVENTS) as string).trimEnd().split("\n").map(parseLogLine);
  expect(lines.map((line) => line && [line.type, line.time, "step" in line ? line.step : undefined])).toEqual([
    ["start", 1, 0],
    ["progress", 1000, 1],
    ["progress", 1600, 4],
    ["progress", 1700, 5],
    ["evaluation", 1800, 5],
    ["saved", 1900, undefined],
  ]);
});

test("weights are plain numbers, and what was noted without its time makes no log", () => {
  const map = { rows: ["1"], columns: ["a"], weights: Float32Array.of(0.5) };
  const explanations = [{ map }] as never;
  expect(eventLog([{ time: 3, type: "probe", step: 0, explanations }])).toBe(
    '{"time":3,"type":"probe","step":0,"explanations":[{"map":{"rows":["1"],"columns":["a"],"weights":[0.5]}}]}\n',
  );
  expect(eventLog([{ ...start, workers: 1, seed: 2 }])).toBeUndefined();
});
