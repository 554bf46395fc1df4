/**
 * Times Adam's passes over a flat vector of 20 million parameters, and says how near they come to the memory's speed.
 * Prints one JSON line.
 */
import { adam } from "../dist/nn/index.js";
import { nodeBackend } from "../dist/node.js";
import { compile } from "../dist/runtime/index.js";
import { input } from "../dist/tensor/index.js";

const SIZE = 20_000_000;
const STEPS = 15;
const zero = () => ({ data: new Float32Array(SIZE).fill(0.01), shape: [SIZE], dtype: "float32" });
const optimizer = adam({ learningRate: 1e-3 });
const state = nodeBackend.createState({ parameters: zero(), firstMoment: zero(), secondMoment: zero() });
const { parameters, slots } = optimizer.update({
  parameters: input("parameters", [SIZE]),
  gradient: input("gradient", [SIZE]),
  slots: { firstMoment: input("firstMoment", [SIZE]), secondMoment: input("secondMoment", [SIZE]) },
  segments: [{ size: SIZE, rate: 1, decay: false }],
});
const program = await compile({}, { backend: nodeBackend, state, next: { parameters, ...slots } });
const gradient = zero();
const times = [];
for (let step = 0; step < STEPS; step++) {
  const scalars = Object.entries(optimizer.scalars(step))
    .filter(([name]) => name !== "learningRate")
    .map(([name, value]) => [name, { data: Float32Array.of(value), shape: [], dtype: "float32" }]);
  const start = performance.now();
  await program.run({ gradient, ...Object.fromEntries(scalars) });
  times.push(performance.now() - start);
}
const target = new Float32Array(SIZE);
const copies = Array.from({ length: 5 }, () => {
  const start = performance.now();
  target.set(gradient.data);
  return performance.now() - start;
});
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const bytesASecond = (2 * 4 * SIZE) / (median(copies) / 1000);
process.stdout.write(
  `${JSON.stringify({
    name: "adam, 20M parameters",
    nodes: program.nodeCount,
    medianMs: median(times),
    copyGBs: bytesASecond / 1e9,
    fusedLimitMs: ((7 * 4 * SIZE) / bytesASecond) * 1000,
  })}\n`,
);
