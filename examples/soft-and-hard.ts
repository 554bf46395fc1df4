/**
 * Soft attention averages, hard attention chooses: the same questions answered both ways, from a table of three people and on a
 * task in which each query asks for one key.
 */
import assert from "node:assert/strict";
import { array, constant, numbers, prepare, type Tensor, Trainer } from "fovea";
import { attend, gaussianKernel, hardmax, type Normalize, scaledDot, softmax } from "fovea/attention";
import { knownAnswers } from "fovea/data";
import { adam, crossEntropy, Linear, Module, trace } from "fovea/nn";
import { nodeBackend, nodeEngine } from "fovea/node";
import { evaluate } from "fovea/runtime";
import { renderTerminal, rowEntropy, tableText } from "fovea/views";

// Weight and height of three people, and their age. How old is somebody of 63 kg and 170 cm?
function ageBy(normalize: Normalize): number {
  const { output } = evaluate(
    {
      ...attend({
        query: constant(array([63, 170], [1, 2])),
        key: constant(array([50, 160, 65, 165, 60, 175], [3, 2])),
        value: constant(array([50, 23, 21], [3, 1])),
        score: gaussianKernel({ variance: 6.166 }),
        normalize,
      }),
    },
    {},
  );
  return numbers(output)[0];
}

const [mixed, nearest] = [ageBy(softmax), ageBy(hardmax)];
console.log(`soft: ${mixed.toFixed(1)} years; hard: ${nearest} years, the nearest row`);
assert.equal(mixed.toFixed(1), "22.2"); // 0.6 · 23 + 0.4 · 21
assert.equal(nearest, 23);

/** Trains with soft weights, which have gradients; answers with either. */
class LookUp extends Module {
  query = new Linear({ inputDim: 8, outputDim: 8, bias: false });
  readout = new Linear({ inputDim: 8, outputDim: 8 });
  normalize: Normalize = softmax;

  forward({ query, key, value, mask }: Record<string, Tensor>) {
    const { normalize } = this;
    const asked = this.query.forward(query);
    const { output, weights } = attend({ query: asked, key, value, mask, score: scaledDot(), normalize });
    trace("reading", weights, "batch queryLen keyLen");
    const logits = this.readout.forward(output);
    return { logits, answer: logits.argMax() };
  }
}

const draw = (first: number, count: number) => knownAnswers.drawProblems("content", { seed: 7, first, count });
const trainer = new Trainer({
  model: new LookUp(),
  loss: (model, { label, ...batch }) => crossEntropy(model.forward(batch).logits, label),
  optimizer: adam({ learningRate: 0.03 }),
  seed: 7,
  createEngine: nodeEngine,
});
const batches = Array.from({ length: 100 }, (_, step) => knownAnswers.problemBatch(draw(64 * step, 64)));
for await (const { step, loss } of trainer.fit(batches)) {
  if (step % 25 === 0) console.log(step, loss.toFixed(4));
}

const problems = draw(64 * 100, 500);
const { label, ...feeds } = knownAnswers.problemBatch(problems);
async function judge(normalize: Normalize) {
  const model = trainer.model;
  model.normalize = normalize;
  const types = {
    query: { shape: ["batch", 3, 8], dtype: "float32" },
    key: { shape: ["batch", 7, 8], dtype: "float32" },
    value: { shape: ["batch", 7, 8], dtype: "float32" },
    mask: { shape: ["batch", 1, 7], dtype: "bool" },
  } as const;
  const runner = await prepare(model, types, nodeBackend);
  const { answer, reading } = await runner.run(feeds);
  await runner.release();
  const right = numbers(answer).filter((symbol, i) => symbol === label.data[i]).length;
  const weights = numbers(reading);
  const rows = Array.from({ length: 1500 }, (_, i) => weights.slice(7 * i, 7 * i + 7));
  const [{ rows: asked, columns }] = problems;
  console.log(renderTerminal({ rows: asked, columns, weights: weights.slice(0, 21) }));
  return { accuracy: right / 1500, entropy: rows.reduce((sum, row) => sum + rowEntropy(row), 0) / 1500 };
}

const soft = await judge(softmax);
const hard = await judge(hardmax);
console.log(
  tableText({
    columns: [{ name: "weights" }, { name: "accuracy" }, { name: "entropy in bits" }],
    rows: Object.entries({ soft, hard }).map(([name, { accuracy, entropy }]) => [name, accuracy, entropy]),
  }),
);
assert.ok(soft.accuracy > 0.9 && hard.accuracy > 0.9, "both look up most answers");
assert.ok(soft.entropy > 0.1, "soft weights are spread");
assert.equal(hard.entropy, 0);
