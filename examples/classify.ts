/**
 * Reviews of a small grammar: three things are judged, and the label is what most of the judgements are. The model is told the label
 * alone, and its weights show which words it was read from.
 */
import assert from "node:assert/strict";
import { memoryFolder, openModel, Rng, recipes } from "fovea";
import { text } from "fovea/data";
import { nodeBackend, nodeEngine } from "fovea/node";
import { renderTerminal } from "fovea/views";

const JUDGED = {
  good: ["delicious", "charming", "splendid", "excellent", "wonderful", "lovely"],
  bad: ["awful", "boring", "terrible", "disgusting", "dreadful", "dull"],
};
const WHAT = ["soup", "film", "hotel", "service", "music", "room", "book", "bread", "garden", "museum"];
const ASIDE = [
  "we came by train",
  "it was raining",
  "my sister had booked it",
  "we stayed for an hour",
  "the door was blue",
];

const rng = new Rng(7, "reviews");
/** A review, its label, and the words that decide. */
function draw() {
  const judgements = Array.from({ length: 3 }, () => rng.pick(["good", "bad"] as const));
  const label = judgements.filter((judgement) => judgement === "good").length > 1 ? "good" : "bad";
  const words = judgements.map((judgement) => rng.pick(JUDGED[judgement]));
  const judged = words.map((word) => {
    const what = rng.pick(WHAT);
    return rng.pick([`the ${what} was ${word}`, `${word} ${what}`, `we found the ${what} ${word}`]);
  });
  const parts = [...judged, ...Array.from({ length: 1 + rng.integer(3) }, () => rng.pick(ASIDE))];
  const review = Array.from(rng.permutation(parts.length), (place) => parts[place]).join(", ");
  return { review, label, words };
}

const [held, known] = [200, 3800].map((count) => Array.from({ length: count }, draw));
const lines = known.map(({ review, label }) => `"${review}",${label}`);
const file = new TextEncoder().encode(["review,label", ...lines].join("\n"));
const folder = memoryFolder(); // or nodeFolder("runs/reviews")
const training = recipes.classify.train({
  folder,
  createEngine: nodeEngine,
  backend: nodeBackend,
  files: { train: ["reviews.csv"] },
  openSource: async (name) => text.memorySource(name, file),
  steps: 300,
  settings: {
    learningRate: "0.01",
    averaging: "0.97",
    validateEvery: "100",
    "model.embeddingDim": "32",
    "model.encoderDim": "32",
    "model.attentionDim": "32",
  },
});
for await (const event of training) {
  if (event.type === "evaluation") console.log(`step ${event.step}: accuracy ${event.metrics.accuracy.toFixed(3)}`);
}

const model = await openModel(folder, nodeBackend);
const review = "awful soup, it was raining, we found the room lovely, the music was charming";
console.log(renderTerminal((await model.explain(review)).map));

let [right, looked] = [0, 0];
for (const { review, label, words } of held) {
  const { prediction, map } = await model.explain(review);
  if (prediction.output === label) right++;
  const weights = Array.from(map.weights);
  if (words.includes(map.columns[weights.indexOf(Math.max(...weights))])) looked++;
}
await model.close();
console.log(
  `${right} of ${held.length} held-out reviews are right; in ${looked} a word that decides has the largest weight`,
);

assert.ok(right > 0.95 * held.length, `expected more than 95 % of ${held.length} right but found ${right}`);
assert.ok(looked > 0.9 * held.length, `expected to look at a word that decides in more than 90 % but found ${looked}`);
