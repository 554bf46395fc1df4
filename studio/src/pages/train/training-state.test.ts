import type { EvaluationEvent, ProbeEvent, ProgressEvent, StartEvent, TestEvent } from "fovea/tasks";
import { expect, test } from "vitest";
import type { TrainingEvent, TrainingRequest } from "../../worker/api.ts";
import { begin, end, IDLE, isUnderWay, reduce, type TrainingState } from "./training-state.ts";

const request: TrainingRequest = {
  recipe: "toy",
  settings: {},
  seed: 7,
  steps: 40,
  workers: 1,
  compute: "wasm",
  probes: [],
  stopAt: 0.97,
  resume: false,
};

const start = (step = 0): StartEvent => {
  return { type: "start", task: "toy", folder: "here", parameters: 5, step, steps: 40, workers: 1, seed: 7 };
};
const progress = (step: number): ProgressEvent => {
  return { type: "progress", step, steps: 40, loss: 2, learningRate: 0.01, examplesPerSecond: 9, secondsLeft: 3 };
};
const evaluation = (step: number, exactMatch: number, best = true): EvaluationEvent => {
  return { type: "evaluation", step, metrics: { exactMatch }, best };
};
const checkpoint = (step: number) => ({ type: "checkpoint", step, folder: "here" }) as const;
const probe = (step: number): ProbeEvent => ({ type: "probe", step, explanations: [] });
const tested: TestEvent = {
  type: "test",
  overall: { name: "all", count: 10, right: 9, share: 0.9, low: 0.6, high: 0.98 },
  groups: [],
  metrics: {},
};

function after(events: readonly TrainingEvent[], state: TrainingState = begin(IDLE, request)): TrainingState {
  return events.reduce(reduce, state);
}

test("a training begins, takes steps, is measured and ends", () => {
  const phases: string[] = [];
  let state = begin(IDLE, request);
  const told: TrainingEvent[] = [
    { type: "compute", backend: "wasm", why: "it is everywhere" },
    start(),
    progress(20),
    evaluation(20, 0.5),
    checkpoint(20),
    evaluation(40, 0.6),
    checkpoint(40),
    tested,
    { type: "saved", folder: "here", files: [], seconds: 2 },
  ];
  for (const event of told) {
    state = reduce(state, event);
    phases.push(state.phase);
  }
  expect(phases).toEqual([
    "starting",
    "training",
    "training",
    "training",
    "training",
    "training",
    "measuring",
    "measuring",
    "finished",
  ]);
  expect(state.test).toBe(tested);
  expect(state.best?.step).toBe(40);
  expect(end(state)).toBe(state);
});

test("the share that ends a training early makes its checkpoint the last", () => {
  const state = after([start(), evaluation(10, 0.97)]);
  expect(reduce(state, checkpoint(10)).phase).toBe("measuring");
  expect(reduce({ ...state, stopAt: 0.98 }, checkpoint(10)).phase).toBe("training");
  expect(reduce({ ...state, stopAt: undefined }, checkpoint(10)).phase).toBe("training");
  expect(reduce({ ...state, stopAt: undefined, phase: "stopping" }, checkpoint(10)).phase).toBe("measuring");
});

test("the first checkpoint, before any validation, ends nothing", () => {
  expect(after([start(), checkpoint(0)]).phase).toBe("training");
});

test("only a better validation is the best", () => {
  const state = after([start(), evaluation(10, 0.9), evaluation(20, 0.8, false)]);
  expect(state.best?.step).toBe(10);
  expect(state.evaluation?.step).toBe(20);
});

test("a training that goes on at a step forgets what was told after it", () => {
  const told = [start(), progress(10), evaluation(10, 0.4), probe(10), progress(20), evaluation(20, 0.5), probe(20)];
  const stopped = end(after(told), { name: "RuntimeError", message: "out of memory" });
  expect(stopped).toMatchObject({ phase: "fault", fault: "out of memory" });
  const again = begin(stopped, { ...request, resume: true });
  expect(again.fault).toBeUndefined();
  const state = after([start(10)], again);
  expect(state.phase).toBe("training");
  expect(state.probes.map(({ step }) => step)).toEqual([10]);
  expect([state.progress, state.evaluation, state.best]).toEqual([undefined, undefined, undefined]);
  const earlier = after([start(10)], after([start(), progress(10), evaluation(10, 0.4)]));
  expect([earlier.progress?.step, earlier.evaluation?.step, earlier.best?.step]).toEqual([10, 10, 10]);
});

test("a training that goes on shows the learning rate's factor that its checkpoint has kept", () => {
  const slower = { ...after([start(), progress(10)]), factor: 0.1 };
  const again = begin(end(slower), { ...request, resume: true });
  expect(after([{ ...start(10), learningRateFactor: 0.1 }], again).factor).toBe(0.1);
  expect(after([start(10)], again).factor).toBe(1);
});

test("a look at the watched texts that is repeated counts once", () => {
  const state = after([start(), probe(0), probe(10), start(10), probe(10), probe(20)]);
  expect(state.probes.map(({ step }) => step)).toEqual([0, 10, 20]);
});

test("a new training forgets the last", () => {
  const state = begin(after([start(), progress(10), probe(10), tested]), request);
  expect(state).toEqual({ ...IDLE, phase: "starting", request, stopAt: 0.97 });
});

test("an interruption is none of a fault", () => {
  expect(end(after([start()]), { name: "InterruptedError", message: "at step 3" }).phase).toBe("stopped");
  expect(end(after([start()])).phase).toBe("stopped");
});

test("a warning stays to be read, and a pause stays a pause", () => {
  const paused: TrainingState = { ...after([start()]), phase: "paused" };
  const state = after([{ type: "warning", message: "slow" }, progress(3)], paused);
  expect(state.warnings).toEqual(["slow"]);
  expect(state.phase).toBe("paused");
});

test("what is under way", () => {
  const phases = [
    "idle",
    "starting",
    "training",
    "paused",
    "stopping",
    "measuring",
    "finished",
    "stopped",
    "fault",
  ] as const;
  expect(phases.filter(isUnderWay)).toEqual(["starting", "training", "paused", "stopping", "measuring"]);
});
