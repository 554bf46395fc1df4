import type { ProgressEvent, StartEvent } from "fovea/tasks";
import { expect, test } from "vitest";
import { Curves, VALIDATION_LOSS } from "./curves.ts";

const progress = (step: number, loss: number): ProgressEvent => {
  return { type: "progress", step, steps: 9, loss, learningRate: loss / 10, examplesPerSecond: 1, secondsLeft: 1 };
};
const start = (step: number): StartEvent => {
  return { type: "start", task: "toy", folder: "", parameters: 1, step, steps: 9, workers: 1, seed: 1 };
};

test("each measure grows with what is told of it", () => {
  const curves = new Curves();
  curves.add(progress(1, 5));
  curves.add({ type: "evaluation", step: 2, metrics: { exactMatch: 0.25 }, best: true });
  curves.add(progress(3, 4));
  expect(curves.get("loss")).toEqual({ x: [1, 3], y: [5, 4] });
  expect(curves.get("learningRate")).toEqual({ x: [1, 3], y: [0.5, 0.4] });
  expect(curves.get("exactMatch")).toEqual({ x: [2], y: [0.25] });
  expect(curves.get("other")).toEqual({ x: [], y: [] });
});

test("what came after the step at which a training goes on is cut off", () => {
  const curves = new Curves();
  for (const step of [1, 2, 3, 4]) curves.add(progress(step, step));
  curves.add(start(2));
  curves.add(progress(3, 30));
  expect(curves.get("loss")).toEqual({ x: [1, 2, 3], y: [1, 2, 30] });
});

test("a long curve is halved, and keeps growing", () => {
  const curves = new Curves();
  for (let step = 1; step <= 4001; step++) curves.add(progress(step, step));
  const { x } = curves.get("loss");
  expect(x).toHaveLength(2001);
  expect([x[0], x[1], x.at(-1)]).toEqual([1, 3, 4001]);
});

test("the loss of a validation is a curve of its own", () => {
  const curves = new Curves();
  const rest = { steps: 9, learningRate: 0.1, examplesPerSecond: 1, secondsLeft: 1 };
  curves.add({ type: "progress", step: 4, loss: 2, ...rest });
  curves.add({ type: "evaluation", step: 4, metrics: { loss: 3, bleu: 1 }, best: true });
  expect(["loss", VALIDATION_LOSS, "bleu"].map((name) => curves.get(name).y)).toEqual([[2], [3], [1]]);
});
