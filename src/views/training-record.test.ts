import { expect, test } from "vitest";
import { TrainingRecord } from "./training-record.ts";

const progress = (step: number, loss: number) => {
  const rest = { steps: 60, learningRate: 0.1, examplesPerSecond: 30, secondsLeft: 4 };
  return { type: "progress", step, loss, ...rest } as const;
};

const history = (losses: readonly number[]) => {
  const train = losses.map((loss, i) => ({ step: i + 1, loss, learningRate: 0.1 * (i + 1) }));
  return new TextEncoder().encode(JSON.stringify({ history: { train, validation: [{ step: 2, exactMatch: 0.5 }] } }));
};

test("the last loss of a history is the one that the training told, not that of the last batch", () => {
  const record = new TrainingRecord();
  record.add(progress(1, 8));
  record.add(progress(3, 7.123));
  record.readHistory(history([8, 2, 1]));
  const loss = record.curves().find(({ panel }) => panel === "loss");
  expect(loss?.x).toEqual([1, 2, 3]);
  expect(loss?.y[0]).toBe(8);
  expect(loss?.y[1]).toBeCloseTo(7.7, 12);
  expect(loss?.y[2]).toBe(7.123);
});

test("only the loss of batches is noisy: rates and measures are drawn as they are", () => {
  const record = new TrainingRecord();
  record.readHistory(history([8, 2]));
  expect(record.curves().map(({ name, noisy }) => [name, noisy])).toEqual([
    ["training loss", true],
    ["validation exact match", false],
    ["learning rate", false],
  ]);
});

test("what is no history changes nothing", () => {
  const record = new TrainingRecord();
  record.add(progress(1, 8));
  for (const text of ["{}", '{"history":null}', '{"history":{"train":3}}']) {
    record.readHistory(new TextEncoder().encode(text));
  }
  record.readHistory(undefined);
  expect(record.warnings).toEqual([]);
});
