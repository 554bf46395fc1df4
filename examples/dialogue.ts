/**
 * Yes or no? In the generator `questions` it is decided by the auxiliary and the subject together, `are you`, and by nothing else.
 * A model that is told the answers alone finds that out, and shows it: its `Yes` reads these two words.
 */
import assert from "node:assert/strict";
import { memoryFolder, openModel, recipes } from "fovea";
import { generators, text } from "fovea/data";
import { nodeBackend, nodeEngine } from "fovea/node";
import { type AttentionMap, renderTerminal } from "fovea/views";

const questions = generators.GENERATORS.find(({ name }) => name === "questions");
assert.ok(questions);
/** Questions of being only: they are learnt in seconds. */
function draw(split: "train" | "test", count: number): generators.Generated[] {
  const drawn = [...generators.distinctExamples(questions as generators.Generator, { seed: 7, split, count })];
  return drawn.filter(({ source }) => /\b(are|is|were|was) /.test(source));
}

const pairs = draw("train", 8000).map(({ source, target }) => `${source}\t${target}`);
const file = new TextEncoder().encode(["turn\treply", ...pairs].join("\n"));
const folder = memoryFolder(); // or nodeFolder("runs/dialogue")
const training = recipes.dialogue.train({
  folder,
  createEngine: nodeEngine,
  backend: nodeBackend,
  files: { train: ["questions.tsv"] },
  openSource: async (name) => text.memorySource(name, file),
  steps: 300,
  settings: {
    lowercase: "false",
    learningRate: "0.01",
    warmUp: "20",
    averaging: "0.97",
    validateEvery: "100",
    "model.embeddingDim": "32",
    "model.encoderDim": "32",
    "model.decoderDim": "32",
    "model.attentionDim": "32",
    "model.dropout": "0",
  },
});
for await (const event of training) {
  if (event.type === "evaluation") console.log(`step ${event.step}: perplexity ${event.metrics.perplexity.toFixed(3)}`);
}

const model = await openModel(folder, nodeBackend);
const asked = await model.explain("are you free tomorrow?");
console.log(renderTerminal(asked.map));

/** How much of the first word, `Yes` or `No`, was read from auxiliary and subject. */
function shareOnAsker({ columns, weights }: AttentionMap, question: string): number {
  const [start, end] = generators.askerSpan(question);
  const [auxiliary, subject] = [...question].slice(start, end).join("").split(" ");
  const place = columns.findIndex((word, i) => word === auxiliary && columns[i + 1] === subject);
  return weights[place] + weights[place + 1];
}

const held = draw("test", 400);
let [right, share] = [0, 0];
for (const { source, target } of held) {
  const { prediction, map } = await model.explain(source);
  if (prediction.output === target) right++;
  share += shareOnAsker(map, source) / held.length;
}
await model.close();
const percent = (100 * share).toFixed(0);
console.log(`${right} of ${held.length} held-out answers are right; their Yes or No reads ${percent} % from two words`);

assert.equal(asked.prediction.output, "Yes, I am free tomorrow.");
assert.ok(shareOnAsker(asked.map, "are you free tomorrow?") > 0.6);
assert.ok(right > 0.95 * held.length, `expected more than 95 % of ${held.length} right but found ${right}`);
assert.ok(share > 0.6, `expected more than 60 % to be read from auxiliary and subject but found ${percent}`);
