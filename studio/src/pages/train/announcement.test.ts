import { expect, test } from "vitest";
import { announcement } from "./announcement.ts";
import { IDLE, type TrainingState } from "./training-state.ts";

const at = (step: number, more: Partial<TrainingState> = {}): TrainingState => {
  const numbers = { steps: 80, loss: 1, learningRate: 0.1, examplesPerSecond: 9, secondsLeft: 2 };
  return { ...IDLE, phase: "training", progress: { type: "progress", step, ...numbers }, ...more };
};

test("a training says how far it is four times, whatever comes between", () => {
  const said = new Set<string>();
  for (let step = 1; step < 80; step++) said.add(announcement(at(step), "en"));
  expect([...said]).toEqual([
    "Training.",
    "Training, step 20 of 80.",
    "Training, step 40 of 80.",
    "Training, step 60 of 80.",
  ]);
});

test("a validation since then is said with it", () => {
  const evaluation = { type: "evaluation", step: 40, metrics: { exactMatch: 0.75 }, best: true } as const;
  expect(announcement(at(41, { evaluation }), "en")).toBe("Training, step 40 of 80, right 75.0 %.");
  expect(announcement(at(61, { evaluation }), "zh-CN")).toBe("训练中，第 60 步，共 80 步。");
});

test("other phases are said by their names, and the end with what was measured", () => {
  const overall = { name: "all", count: 2000, right: 1990, share: 0.995, low: 0.99, high: 0.998 };
  expect(announcement(IDLE, "en")).toBe("");
  expect(announcement(at(3, { phase: "paused" }), "en")).toBe("Paused.");
  const test: TrainingState["test"] = { type: "test", overall, groups: [], metrics: {} };
  expect(announcement(at(80, { phase: "finished", test }), "en")).toBe("Finished, 99.50 %.");
});

test("other recipes are told by their own measure", () => {
  const request = { recipe: "translate" } as TrainingState["request"];
  const evaluation = { type: "evaluation", step: 40, metrics: { bleu: 12.345, exactMatch: 0 }, best: true } as const;
  const state = at(41, { evaluation, ...(request ? { request } : {}) });
  expect(announcement(state, "en")).toBe("Training, step 40 of 80, BLEU 12.35.");
  const overall = { name: "all", count: 10, right: 0, share: 0, low: 0, high: 0.3 };
  const test: TrainingState["test"] = { type: "test", overall, groups: [], metrics: { bleu: 3.5 } };
  expect(announcement({ ...state, phase: "finished", test }, "en")).toBe("Finished, BLEU 3.5.");
  expect(announcement({ ...state, phase: "measuring" }, "zh-CN")).toBe("正在读测试文本。");
  expect(announcement(at(80, { phase: "measuring" }), "en")).toBe("Reading the test texts.");
});
