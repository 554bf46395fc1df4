import { describe, expect, it } from "vitest";
import { FlatParameters } from "../nn/flat.ts";
import { initialize } from "../nn/module.ts";
import { adamW } from "../nn/optimizers.ts";
import { type Batch, drawNoise, noiseInputs, SUM, scalarFeeds, shard } from "../runtime/engine.ts";
import { nodeBackend } from "../runtime/node.ts";
import { compile } from "../runtime/program.ts";
import { stepGraph } from "../runtime/step-graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { Toy, type ToyArray, toyBatch, toyLoss } from "./toy.fixture.ts";
import { gradientGraph, updateGraph } from "./training-graph.ts";

const backend = nodeBackend;

function setUp(dropout = 0) {
  const model = new Toy({ dropout });
  initialize(model, 1);
  const flat = new FlatParameters(model);
  const optimizer = adamW({ learningRate: 0.05, clipNorm: 0.3, weightDecay: 0.1 });
  const gradients = (batch: Batch) =>
    gradientGraph(flat, (leaves) => toyLoss(model, leaves as Record<ToyArray, Tensor>), batch);
  const zeros = Object.fromEntries(optimizer.slots.map((name) => [name, array(new Float32Array(flat.size))]));
  const newState = () => backend.createState({ ...flat.values(), ...zeros });
  return { flat, optimizer, gradients, update: updateGraph(flat, optimizer), newState };
}

const noiseOf = (noise: ReadonlyMap<string, Tensor>, step: number, firstExample = 0) => {
  const examples = [...noise.values()][0]?.shape[0] as number;
  return drawNoise(noiseInputs({ noise }, examples), { seed: 9, step, firstExample, examples });
};

describe("a training step", () => {
  it("in two graphs, gradient and update, is the step in one", async () => {
    const { optimizer, gradients, update, newState } = setUp(0.3);
    const like = gradients(toyBatch(7, 0));
    const [fusedState, splitState] = [newState(), newState()];
    const { outputs, next } = stepGraph(like, update);
    const fused = await compile(outputs, { backend, state: fusedState, next });
    const first = await compile(like.outputs, { backend, state: splitState });
    const second = await compile({}, { backend, state: splitState, next: update });
    for (let step = 0; step < 5; step++) {
      const feeds = { ...toyBatch(7, step), ...noiseOf(like.noise, step) };
      const scalars = scalarFeeds(optimizer.scalars(step));
      const whole = await fused.run({ ...feeds, ...scalars });
      const sums = await first.run(feeds);
      await second.run({ ...sums, ...scalars });
      for (const name of [SUM.loss, SUM.weight]) expectClose(sums[name], whole[name] as NdArray, "float32", name);
    }
    for (const name of ["parameters", ...optimizer.slots]) {
      expectClose(splitState.read(name), fusedState.read(name), "float32", name);
    }
    expect(fusedState.read("parameters")).not.toEqual(newState().read("parameters"));
    for (const program of [fused, first, second]) await program.release();
  });

  it("adds up: sums of two parts of a batch are the sums of the whole", async () => {
    const { gradients, newState } = setUp(0.3);
    const batch = toyBatch(7, 3);
    const state = newState();
    const sumsOf = async (part: Batch, firstExample: number) => {
      const { outputs, noise } = gradients(part);
      const program = await compile(outputs, { backend, state });
      const sums = await program.run({ ...part, ...noiseOf(noise, 2, firstExample) });
      await program.release();
      return sums;
    };
    const whole = await sumsOf(batch, 0);
    const parts = [await sumsOf(shard(batch, 0, 2), 0), await sumsOf(shard(batch, 1, 2), 3)];
    for (const name of [SUM.gradient, SUM.loss, SUM.weight]) {
      const [a, b] = parts.map((part) => part[name] as NdArray) as [NdArray, NdArray];
      const added = numbers(a).map((value, i) => value + Number(b.data[i]));
      expectClose(array(added, a.shape), whole[name] as NdArray, "float32", name);
    }
    expect(Number(whole[SUM.weight]?.data[0])).toBe(numbers(batch.weight).reduce((sum, x) => sum + x, 0));
  });

  it("keeps frozen parameters out of the gradient and of the optimiser, and reads them apart", () => {
    const { flat, gradients, newState } = setUp();
    expect(flat.frozen.slots.map(({ name }) => name)).toEqual(["embedding"]);
    expect(flat.trainable.slots.map(({ name }) => name)).toEqual(["hidden.weight", "hidden.bias", "head"]);
    expect(flat.size).toBe(5 * 7 + 7 + 7 * 3);
    expect(gradients(toyBatch(2, 0)).outputs[SUM.gradient]?.shape).toEqual([flat.size]);
    expect(newState().names).toEqual(["parameters", "frozen", "firstMoment", "secondMoment"]);
    expect(flat.segments).toEqual([
      { size: 35, rate: 1, decay: true },
      { size: 7, rate: 1, decay: false },
      { size: 21, rate: 0.5, decay: true },
    ]);
  });
});
