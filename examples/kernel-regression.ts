/**
 * Attention as it began: an average of what is known, in which the near counts more. Reads an age off a table of three people,
 * then learns from noisy measurements how near is near.
 */
import assert from "node:assert/strict";
import { array, constant, numbers, prepare, Rng, type Tensor, Trainer } from "fovea";
import { attend, GaussianKernelAttention, gaussianKernel } from "fovea/attention";
import { adam, initialize, Module, meanSquaredError, trace } from "fovea/nn";
import { nodeBackend, nodeEngine } from "fovea/node";
import { evaluate } from "fovea/runtime";
import { range } from "fovea/tensor";
import { renderTerminal, tableText } from "fovea/views";

// Weight and height of three people, and their age. How old is somebody of 63 kg and 170 cm?
const people = [
  [50, 160],
  [65, 165],
  [60, 175],
];
const ages = [50, 23, 21];
const { output, weights } = evaluate(
  {
    ...attend({
      query: constant(array([63, 170], [1, 2])),
      key: constant(array(people.flat(), [3, 2])),
      value: constant(array(ages, [3, 1])),
      score: gaussianKernel({ variance: 6.166 }),
    }),
  },
  {},
);
const [age] = numbers(output);
const shares = numbers(weights);
const columns = ["person", "weight", "height", "age", "share"].map((name) => ({ name }));
const share = (i: number) => Math.round(1000 * shares[i]) / 1000;
console.log(tableText({ columns, rows: people.map((person, i) => ["ABC"[i], ...person, ages[i], share(i)]) }));
console.log(renderTerminal({ rows: [age.toFixed(1)], columns: [..."ABC"], weights: shares }));
assert.equal(age.toFixed(1), "22.2");
assert.deepEqual([share(0), share(1), share(2)], [0, 0.6, 0.4]);

// A wave, measured at 60 places with noise: too narrow a kernel repeats the noise, too wide a one flattens the wave.
const rng = new Rng(7, "measurements");
const wave = (x: number) => Math.sin(2 * x);
const places = Array.from({ length: 60 }, () => 6 * rng.uniform());
const measured = places.map((x) => wave(x) + 0.3 * rng.normal());

class Regression extends Module {
  attention: GaussianKernelAttention;

  constructor(variance: number) {
    super();
    this.attention = new GaussianKernelAttention({ variance });
  }

  /** `own` is the measurement that a query must not see: itself, while it learns. */
  forward({ x, own }: { x: Tensor; own: Tensor }) {
    const { output, weights } = this.attention.forward({
      query: x,
      key: constant(array(places, [60, 1])),
      value: constant(array(measured, [60, 1])),
      mask: range(60).unsqueeze(0).equal(own.unsqueeze(1)).not(),
    });
    trace("measurements", weights, "queryLen keyLen");
    return { y: output };
  }
}

const trainer = new Trainer({
  model: new Regression(1),
  loss: (model, { x, own, y }: Record<"x" | "own" | "y", Tensor>) => meanSquaredError(model.forward({ x, own }).y, y),
  optimizer: adam({ learningRate: 0.05 }),
  seed: 7,
  createEngine: nodeEngine,
});
const batch = {
  x: array(places, [60, 1]),
  own: array(
    places.map((_, i) => i),
    [60],
    "int32",
  ),
  y: array(measured, [60, 1]),
};
for await (const { step, loss } of trainer.fit(Array.from({ length: 200 }, () => batch))) {
  if (step % 50 === 0) console.log(step, loss.toFixed(4));
}

const heldOut = Array.from({ length: 500 }, (_, i) => (6 * (i + 0.5)) / 500);
async function errorOf(model: Regression): Promise<number> {
  initialize(model, 7); // gives only those a value that have none
  const types = { x: { shape: ["batch", 1], dtype: "float32" }, own: { shape: ["batch"], dtype: "int32" } } as const;
  const runner = await prepare(model, types, nodeBackend);
  const nobody = heldOut.map(() => -1);
  const { y } = await runner.run({ x: array(heldOut, [500, 1]), own: array(nobody, [500], "int32") });
  await runner.release();
  return numbers(y).reduce((sum, found, i) => sum + (found - wave(heldOut[i])) ** 2, 0) / 500;
}

const learned = Math.exp(Number(trainer.model.attention.logVariance.value?.data[0]));
const kernels = [];
for (const [name, variance] of Object.entries({ "too narrow": learned / 100, learned, "too wide": 100 * learned })) {
  const model = name === "learned" ? trainer.model : new Regression(variance);
  kernels.push({ name, variance, error: await errorOf(model) });
}
console.log(
  tableText({
    columns: [{ name: "kernel" }, { name: "σ²" }, { name: "held-out error" }],
    rows: kernels.map(({ name, variance, error }) => [name, variance, error]),
  }),
);
const [narrow, best, wide] = kernels.map(({ error }) => error);
assert.ok(best < 0.7 * narrow, "the learned kernel is not too narrow");
assert.ok(best < 0.7 * wide, "the learned kernel is not too wide");
