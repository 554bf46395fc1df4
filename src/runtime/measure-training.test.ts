import { expect, it } from "vitest";
import { ModelError } from "../tensor/errors.ts";
import type { Engine, EngineFactory } from "./engine.ts";
import { measureTraining, verdict } from "./measure-training.ts";

/** An engine whose first steps are slow. */
function engineOf({ slow, fast }: { slow: number; fast: number }): {
  createEngine: EngineFactory;
  steps: () => number;
} {
  let steps = 0;
  const engine: Engine = {
    workers: 1,
    state: {
      names: [],
      read: () => ({ data: new Float32Array(), shape: [0], dtype: "float32" }),
      write() {},
      undo() {},
    },
    step: async () => {
      await new Promise((resolve) => setTimeout(resolve, steps++ < 3 ? slow : fast));
      return { loss: 1, weight: 1 };
    },
    write: async () => undefined,
    close: async () => undefined,
  };
  return { createEngine: async () => engine, steps: () => steps };
}

async function train(createEngine: EngineFactory): Promise<void> {
  const engine = await createEngine(
    { seed: 1, state: {}, update: {}, gradients: () => ({ outputs: {}, noise: new Map() }) },
    { workers: 1 },
  );
  for (let step = 0; ; step++) await engine.step({}, { step, scalars: {} });
}

it("measures steps when the first ones are past, and ends the training", async () => {
  const { createEngine, steps } = engineOf({ slow: 600, fast: 5 });
  const time = await measureTraining(createEngine, train);
  expect(time).toBeGreaterThan(4);
  expect(time).toBeLessThan(300);
  expect(steps()).toBeGreaterThanOrEqual(8);
});

it("an error of the training is told", async () => {
  const { createEngine } = engineOf({ slow: 1, fast: 1 });
  const error = new ModelError("train: expected a finite loss but found NaN at step 1");
  await expect(measureTraining(createEngine, () => Promise.reject(error))).rejects.toThrow(error);
});

it("a training that ends too early has no time", async () => {
  const { createEngine } = engineOf({ slow: 1, fast: 1 });
  expect(await measureTraining(createEngine, async () => undefined)).toBeNaN();
});

it("what takes less time a step is chosen, and a tie or what was not measured is not", () => {
  expect(verdict(4.26, 18)).toEqual({ isFaster: true, why: "it took 4.3 ms a step, WASM 18 ms" });
  expect(verdict(92.4, 18)).toEqual({ isFaster: false, why: "WebGPU took 92 ms a step, WASM 18 ms" });
  expect(verdict(18, 18).isFaster).toBe(false);
  expect(verdict(Number.NaN, 18)).toEqual({ isFaster: false, why: "the training is too short to be measured" });
});
