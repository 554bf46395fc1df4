import { expect, it } from "vitest";
import { ModelError } from "../tensor/errors.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { input } from "../tensor/tensor.ts";
import { DeviceLostError } from "./device-lost.ts";
import { type EngineFactory, SUM, type TrainingProgram } from "./engine.ts";
import { fallbackEngine } from "./fallback-engine.ts";
import { nodeBackend } from "./node.ts";
import { singleEngine } from "./single-engine.ts";

/** One parameter, which each step moves by half of the batch's mean. */
const program: TrainingProgram = {
  seed: 1,
  state: { parameters: array([1]) },
  update: { parameters: input("parameters", [1]).sub(input(SUM.gradient, [1]).mul(0.5)) },
  gradients: ({ x }) => {
    const mean = input("x", x?.shape as number[]).mean();
    return {
      outputs: {
        [SUM.gradient]: mean.reshape([1]),
        [SUM.loss]: mean.mul(input("parameters", [1]).sum()),
        [SUM.weight]: input("x", x?.shape as number[])
          .mul(0)
          .add(0.5)
          .sum(),
      },
      noise: new Map(),
    };
  },
};

const spare = singleEngine(nodeBackend);

/** An engine whose steps fail from one on. */
function failing(from: number, error: Error): EngineFactory {
  return async (...given) => {
    const engine = await spare(...given);
    const { step } = engine;
    let steps = 0;
    return Object.assign(engine, {
      step: (...taken: Parameters<typeof step>) => (steps++ >= from ? Promise.reject(error) : step(...taken)),
      close: () => Promise.reject(error),
    });
  };
}

async function train(createEngine: EngineFactory): Promise<{ losses: number[]; parameters: number[] }> {
  const engine = await createEngine(program, { workers: 1 });
  const losses: number[] = [];
  for (let step = 0; step < 5; step++) {
    losses.push((await engine.step({ x: array([step, step + 1]) }, { step, scalars: {} })).loss);
  }
  const parameters = numbers(engine.state.read("parameters") as NdArray);
  await engine.write({ parameters: array([7]) });
  expect(numbers(engine.state.read("parameters"))).toEqual([7]);
  await engine.close();
  return { losses, parameters };
}

const lost = new DeviceLostError("webgpu: lost");

it.each([0, 1, 3])("a device lost at step %i changes nothing but what computes, and that is told once", async (at) => {
  const told: Error[] = [];
  const first = failing(at, lost);
  expect(await train(fallbackEngine({ first, spare, onFallback: (error) => told.push(error) }))).toEqual(
    await train(spare),
  );
  expect(told).toEqual([lost]);
});

it("any other error is the caller's, and one of the spare engine, too", async () => {
  const error = new ModelError("run: expected ONNX Runtime to run the model but found: nothing");
  await expect(train(fallbackEngine({ first: failing(1, error), spare }))).rejects.toThrow(error);
  await expect(train(fallbackEngine({ first: failing(1, lost), spare: failing(1, lost) }))).rejects.toThrow(lost);
});

it("tells when it is closed, and only then", async () => {
  let closed = 0;
  const engine = await fallbackEngine({ first: spare, spare, onClose: () => closed++ })(program, { workers: 1 });
  await engine.step({ x: array([1, 2]) }, { step: 0, scalars: {} });
  expect(closed).toBe(0);
  await engine.close();
  expect(closed).toBe(1);
});
