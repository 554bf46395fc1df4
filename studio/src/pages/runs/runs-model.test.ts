import type { LoggedEvent, RunSummary } from "fovea/tasks";
import { expect, test } from "vitest";
import { follow, lineOf, MOST_SHOWN, newlyFollowed, readEvent, readRuns, shownRuns, toggled } from "./runs-model.ts";

const run = (name: string, more: Partial<RunSummary> = {}): RunSummary => {
  return { name, task: "dates", state: "running", step: 5, steps: 50, started: 1, updated: 2, model: null, ...more };
};

const progress = (step: number): LoggedEvent => {
  const rest = { steps: 50, loss: 1.5, learningRate: 0.1, examplesPerSecond: 30, secondsLeft: 4 };
  return { time: 1, type: "progress", step, ...rest };
};

test("a list is read without what is no run", () => {
  const good = run("a", { model: { name: "a", files: ["config.json"] } });
  expect(readRuns({ runs: [good, { name: "b" }, null, 3, { ...good, state: "odd" }] })).toEqual([good]);
  for (const answer of [undefined, null, "x", {}, { runs: 3 }]) expect(readRuns(answer)).toEqual([]);
});

test("an event is read, and nonsense is none", () => {
  expect(readEvent('{"type":"progress","step":3}')).toEqual({ type: "progress", step: 3 });
  for (const data of ["", "{", "3", "null", "{}"]) expect(readEvent(data), data).toBeUndefined();
});

test("a followed run tells newer numbers than the list", () => {
  const events: LoggedEvent[] = [
    progress(3),
    { time: 1, type: "evaluation", step: 7, metrics: { exactMatch: 0.4 }, best: true },
    progress(7),
  ];
  const live = events.reduce(follow, newlyFollowed());
  expect(lineOf(run("a", { loss: 9, metrics: { exactMatch: 0.1 } }), live)).toEqual({
    step: 7,
    steps: 50,
    loss: 1.5,
    measure: "exactMatch",
    validation: 0.4,
    test: undefined,
    examplesPerSecond: 30,
    secondsLeft: 4,
  });
  expect(live.curves.get("loss")).toEqual({ x: [3, 7], y: [1.5, 1.5] });
});

test("the list tells newer numbers than a run that is read from its start", () => {
  const live = follow(newlyFollowed(), progress(3));
  expect(lineOf(run("a", { loss: 0.2, exactMatch: 0.99 }), live)).toMatchObject({ step: 5, loss: 0.2, test: 0.99 });
});

test("the newest run is shown until others are chosen", () => {
  const all = [run("new"), run("old")];
  expect(shownRuns(all, undefined)).toEqual(["new"]);
  expect(shownRuns(all, [])).toEqual([]);
  expect(shownRuns(all, ["gone", "old", "new"])).toEqual(["old", "new"]);
  expect(shownRuns([], undefined)).toEqual([]);
});

test("a choice is added, taken back, and makes room", () => {
  expect(toggled(["a"], "b")).toEqual(["a", "b"]);
  expect(toggled(["a", "b"], "a")).toEqual(["b"]);
  const many = Array.from({ length: MOST_SHOWN }, (_, i) => `run ${i}`);
  expect(toggled(many, "b")).toEqual([...many.slice(1), "b"]);
});

test("a run of another recipe is judged by its own measure", () => {
  const translated = run("a", {
    task: "translate",
    metrics: { bleu: 3, exactMatch: 0 },
    exactMatch: 0.01,
    testMetrics: { bleu: 4.5 },
  });
  expect(lineOf(translated, undefined)).toMatchObject({ measure: "bleu", validation: 3, test: 4.5 });
  const labelled = run("b", { task: "classify", metrics: { accuracy: 0.5 }, exactMatch: 0.6, testMetrics: {} });
  expect(lineOf(labelled, undefined)).toMatchObject({ measure: "accuracy", validation: 0.5, test: 0.6 });
});
