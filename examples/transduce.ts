/**
 * A normaliser of one's own: quantities as people write them, `Three kilograms` or `3kgs`, rewritten as `3 kg`, character by
 * character. The pairs are made here; they might as well stand in a file, for `fovea train transduce --data quantities.tsv`.
 */
import assert from "node:assert/strict";
import { memoryFolder, openModel, Rng, recipes } from "fovea";
import { text } from "fovea/data";
import { nodeBackend, nodeEngine } from "fovea/node";
import { renderTerminal } from "fovea/views";

const NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const UNITS = {
  kg: ["kg", "kgs", "kilo", "kilos", "kilogram", "kilograms"],
  g: ["g", "gr", "gram", "grams"],
  km: ["km", "kilometre", "kilometres", "kilometers"],
  m: ["m", "metre", "metres", "meters"],
  l: ["l", "litre", "litres", "liters"],
};

const rng = new Rng(7, "quantities");
/** A tab between what is written and what is meant. */
function draw(): string {
  const number = 1 + rng.integer(rng.uniform() < 0.5 ? 12 : 999);
  const unit = rng.pick(Object.keys(UNITS) as (keyof typeof UNITS)[]);
  const isSpelled = number <= NUMBERS.length && rng.uniform() < 0.8;
  const written = isSpelled ? `${NUMBERS[number - 1]} ` : `${number}${rng.pick(["", " "])}`;
  const quantity = written + rng.pick(UNITS[unit]);
  return `${rng.pick([quantity, quantity[0].toUpperCase() + quantity.slice(1)])}\t${number} ${unit}`;
}

const lines = new Set(Array.from({ length: 4000 }, draw));
const file = new TextEncoder().encode([...lines].join("\n"));
const folder = memoryFolder(); // or nodeFolder("runs/quantities")
const training = recipes.transduce.train({
  folder,
  createEngine: nodeEngine,
  backend: nodeBackend,
  files: { train: ["quantities.tsv"] },
  openSource: async (name) => text.memorySource(name, file),
  // Enough for this, and over in seconds: the defaults are for whatever may come.
  steps: 300,
  settings: {
    learningRate: "0.01",
    averaging: "0.98",
    validateEvery: "100",
    "model.encoderDim": "32",
    "model.decoderDim": "64",
    "model.attentionDim": "32",
  },
});
let right = 0;
for await (const event of training) {
  if (event.type === "evaluation") {
    console.log(`step ${event.step}: ${(100 * event.metrics.exactMatch).toFixed(1)} % of the validation texts right`);
  }
  if (event.type === "test") right = event.overall.share;
}
console.log(`${(100 * right).toFixed(1)} % of the texts that were held out are right`);

const model = await openModel(folder, nodeBackend);
for await (const answer of model.predict(["Seven kilograms", "250gr", "12 kilometers", "a dozen eggs"])) {
  if ("output" in answer)
    console.log(`${answer.text} → ${answer.output}${answer.certain ? "" : ", but that is doubtful"}`);
}
const { prediction, map } = await model.explain("eleven kilometres");
await model.close();
console.log(renderTerminal(map));

assert.ok(right > 0.9, `expected more than 90 % right but found ${right}`);
assert.equal(prediction.output, "11 km");
assert.equal(map.columns.join(""), "eleven kilometres</s>");
