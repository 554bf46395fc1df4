import { expect, test } from "vitest";
import { addEvent, type LoggedEvent, parseLogLine, standingEvents, summarize } from "./event-log.ts";

const rate = { learningRate: 0.01, examplesPerSecond: 900, secondsLeft: 3 };
const start = (step: number, time: number): LoggedEvent => {
  const sizes = { parameters: 11, steps: 40, workers: 2, seed: 7 };
  return { time, type: "start", task: "dates", folder: "runs/dates", step, ...sizes };
};
const progress = (step: number, time: number): LoggedEvent => {
  return { time, type: "progress", step, steps: 40, loss: 5 / step, ...rate };
};
const evaluation = (step: number, time: number): LoggedEvent => {
  return { time, type: "evaluation", step, metrics: { exactMatch: step / 40, loss: 0.5 }, best: true };
};

test.each([
  ["half a line", '{"time":1,"type":"progr'],
  ["an empty line", ""],
  ["no record", "[1]"],
  ["null", "null"],
  ["no time", JSON.stringify({ type: "warning", message: "slow" })],
  ["a type that is none", JSON.stringify({ type: "toString", time: 1 })],
  ["a step that is no number", JSON.stringify({ ...evaluation(20, 1), step: "20" })],
  ["a measure that is null", JSON.stringify({ ...evaluation(20, 1), metrics: null })],
])("%s is left out", (_, text) => {
  expect(parseLogLine(text)).toBeUndefined();
});

test("a whole line is read as it was written", () => {
  for (const event of [start(0, 1), progress(3, 2), evaluation(20, 3)]) {
    expect(parseLogLine(JSON.stringify(event))).toEqual(event);
  }
  const begin = { time: 1, type: "begin", process: 11, machine: "here" };
  expect(parseLogLine(JSON.stringify(begin))).toEqual(begin);
});

test("where a training goes on at a step, what came after that step counts no more", () => {
  const warning: LoggedEvent = { time: 5, type: "warning", message: "the loss has not fallen" };
  const saved: LoggedEvent = { time: 6, type: "saved", folder: "runs/dates", files: ["config.json"], seconds: 9 };
  const before = [start(0, 1), progress(10, 2), evaluation(20, 3), progress(21, 4), progress(30, 4), warning, saved];
  const again = [start(20, 7), progress(21, 8)];
  const expected = [before[0], before[1], before[2], warning, ...again];
  expect(standingEvents([...before, ...again])).toEqual(expected);
  let live: LoggedEvent[] = [];
  for (const event of [...before, ...again]) live = addEvent(live, event);
  expect(live).toEqual(expected);
});

test("a summary has the newest numbers", () => {
  const events = [start(0, 1), progress(10, 2), evaluation(20, 3), progress(25, 4)];
  expect(summarize(events)).toEqual({
    task: "dates",
    step: 25,
    steps: 40,
    parameters: 11,
    workers: 2,
    seed: 7,
    started: 1,
    updated: 4,
    loss: 0.2,
    ...rate,
    metrics: { exactMatch: 0.5, loss: 0.5 },
  });
  const share = { name: "all", count: 100, right: 99, share: 0.99, low: 0.94, high: 1 };
  const tested: LoggedEvent = { time: 9, type: "test", overall: share, groups: [], metrics: {} };
  expect(summarize([...events, tested])).toMatchObject({ exactMatch: 0.99, updated: 9 });
  expect(summarize([])).toBeUndefined();
  expect(summarize([progress(1, 1)])).toBeUndefined();
});

test("numbers that JSON cannot hold are left out", () => {
  const line = JSON.stringify({ ...progress(1, 1), secondsLeft: Number.POSITIVE_INFINITY });
  const event = parseLogLine(line) as LoggedEvent;
  expect(summarize([start(0, 0), event])).not.toHaveProperty("secondsLeft");
});
