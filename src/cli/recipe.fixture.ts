import { encodeText } from "../data/folder.ts";
import type { ExamplesEvent, Share, StartEvent, TaskEvent, TestEvent } from "../tasks/events.ts";
import { InterruptedError, type Recipe, type TrainOptions } from "../tasks/recipe.ts";
import { testAnswer } from "./context.fixture.ts";

const START: StartEvent = {
  type: "start",
  task: "sums",
  folder: "runs/sums",
  parameters: 53_472,
  step: 0,
  steps: 400,
  workers: 2,
  seed: 7,
};

export const ALL: Share = { name: "all", count: 2000, right: 1987, share: 0.9935, low: 0.989, high: 0.9962 };

export const TEST: TestEvent = {
  type: "test",
  overall: ALL,
  groups: [
    { name: "day-month-year", count: 213, right: 213, share: 1, low: 0.983, high: 1 },
    { name: "spelled-day", count: 200, right: 187, share: 0.935, low: 0.892, high: 0.961 },
  ],
  metrics: { certainRight: 0.9987 },
  focus: [{ name: "day-month-year", shares: { year: 0.97, month: 0.73, day: 0.92 } }],
};

export const EXAMPLES: ExamplesEvent = {
  type: "examples",
  title: "article",
  examples: [
    { ...testAnswer("9 may 1998"), expected: "1998-05-09" },
    { ...testAnswer("saturday 9 may 1998"), expected: "1998-05-09" },
    { ...testAnswer("10 may 1998"), expected: "1998-05-10" },
    testAnswer("8 may 1998"),
  ],
  maps: [
    { title: "the first", rows: ["1", "9"], columns: ["m", "a", "y"], weights: [0.1, 0.2, 0.7, 1, 0, 0] },
    { title: "the second", rows: ["1"], columns: ["x"], weights: [1] },
  ],
};

/** Steps with their progress, a validation in the middle. */
export function* trainingEvents(): Generator<TaskEvent, void> {
  yield START;
  for (let step = 1; step <= 400; step++) {
    const rate = { learningRate: 0.01, examplesPerSecond: 12_345.6, secondsLeft: (400 - step) / 10 };
    yield { type: "progress", step, steps: 400, loss: 20 / step, ...rate };
    if (step === 200) {
      yield { type: "evaluation", step, metrics: { exactMatch: 0.875 }, best: true };
      yield { type: "checkpoint", step, folder: "runs/sums" };
      yield { type: "warning", message: "the loss has not fallen for a while" };
    }
  }
}

export interface TestRecipe extends Recipe {
  readonly calls: TrainOptions[];
}

export interface TestRecipeChange {
  /** Thrown at a step. */
  readonly fail?: unknown;
  readonly atStep?: number;
  readonly onStep?: (step: number) => void;
}

/** A recipe that computes nothing and tells everything that a recipe can tell. */
export function testRecipe(change: TestRecipeChange = {}): TestRecipe {
  const calls: TrainOptions[] = [];
  return {
    name: "sums",
    summary: "numbers to their sum",
    measure: "exactMatch",
    settings: { learningRate: 0.01, batch: 100, "model.dim": 3 },
    calls,
    async *train(options) {
      calls.push(options);
      const { folder, signal } = options;
      for (const event of trainingEvents()) {
        const step = event.type === "progress" ? event.step : 0;
        if (signal?.aborted) {
          await folder.write("checkpoint.safetensors", encodeText("state"));
          throw new InterruptedError(step, folder.path);
        }
        change.onStep?.(step);
        if (change.fail !== undefined && step === (change.atStep ?? 1)) throw change.fail;
        yield event;
      }
      yield TEST;
      yield EXAMPLES;
      await folder.write("config.json", encodeText("{}"));
      yield { type: "saved", folder: folder.path, files: ["config.json"], seconds: 83 };
    },
  };
}
