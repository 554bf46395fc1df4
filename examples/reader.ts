/**
 * The README's model: twelve symbols, one of which is a mark; which letter stands after it? Trains for a second, and shows where
 * it looks.
 */
import assert from "node:assert/strict";
import { array, numbers, prepare, Rng, type Tensor, Trainer } from "fovea";
import { AdditiveAttention } from "fovea/attention";
import { adam, crossEntropy, Linear, Lstm, Module, normal, Parameter, trace } from "fovea/nn";
import { nodeBackend, nodeEngine } from "fovea/node";
import { renderTerminal } from "fovea/views";

class Reader extends Module {
  encoder = new Lstm({ inputDim: 27, hiddenDim: 16, bidirectional: true });
  question = new Parameter([1, 32], { initializer: normal(0.1) });
  attention = new AdditiveAttention({ queryDim: 32, keyDim: 32, hiddenDim: 16 });
  classifier = new Linear({ inputDim: 32, outputDim: 26 });

  forward({ text }: { text: Tensor }) {
    const key = this.encoder.forward(text).output;
    const { output, weights } = this.attention.forward({ query: this.question, key, value: key });
    trace("reading", weights, "batch queryLen keyLen");
    const logits = this.classifier.forward(output.squeeze(1));
    return { logits, answer: logits.argMax() };
  }
}

const rng = new Rng(7, "letters");
function draw(count: number) {
  const texts = Array.from({ length: count }, () => Array.from({ length: 12 }, () => rng.integer(26)));
  for (const text of texts) text[rng.integer(11)] = 26; // the mark
  const labels = texts.map((text) => text[text.indexOf(26) + 1]);
  return { text: array(texts.flat(), [count, 12], "int32"), label: array(labels, [count], "int32") };
}

const trainer = new Trainer({
  model: new Reader(),
  loss: (model, { text, label }: Record<"text" | "label", Tensor>) =>
    crossEntropy(model.forward({ text }).logits, label),
  optimizer: adam({ learningRate: 0.02 }),
  seed: 7,
  createEngine: nodeEngine,
});
for await (const { step, loss } of trainer.fit(Array.from({ length: 300 }, () => draw(64)))) {
  if (step % 100 === 0) console.log(step, loss.toFixed(4));
}

const types = { text: { shape: ["batch", 12], dtype: "int32" } } as const;
const reader = await prepare(trainer.model, types, nodeBackend);
const { text, label } = draw(1000);
const { answer, reading } = await reader.run({ text });
const right = numbers(answer).filter((letter, row) => letter === label.data[row]).length;
console.log(`${right} of 1000 right`);
const letters = numbers(text).map((symbol) => "abcdefghijklmnopqrstuvwxyz*"[symbol]);
const weights = numbers(reading);
console.log(renderTerminal({ rows: ["answer"], columns: letters.slice(0, 12), weights: weights.slice(0, 12) }));
assert.ok(right > 950, `expected more than 950 of 1000 right but found ${right}`);

const looked = numbers(label).filter((_, row) => {
  const mark = letters.indexOf("*", 12 * row);
  const ofRow = weights.slice(12 * row, 12 * row + 12);
  return ofRow.indexOf(Math.max(...ofRow)) === mark + 1 - 12 * row;
}).length;
assert.ok(
  looked > 950,
  `expected to look at the letter after the mark in more than 950 of 1000 texts but found ${looked}`,
);
