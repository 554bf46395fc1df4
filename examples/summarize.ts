/**
 * Headlines for short reports of a small grammar: `The mayor of Kiel opened a new bridge on Monday. …` → `Kiel: mayor opens bridge`.
 * What counts stands in one sentence, and the others have to be passed over.
 */
import assert from "node:assert/strict";
import { memoryFolder, openModel, Rng, recipes } from "fovea";
import { text } from "fovea/data";
import { nodeBackend, nodeEngine } from "fovea/node";
import { renderTerminal } from "fovea/views";

const WHO = ["mayor", "museum", "school", "police", "baker", "library"];
const TOWNS = ["Kiel", "Lyon", "Turin", "Oslo", "Porto", "Ghent", "York"];
const DID = { opened: "opens", found: "finds", bought: "buys", painted: "paints", closed: "closes" };
const WHAT = ["bridge", "garden", "boat", "clock", "house", "picture"];
const KIND = ["new", "small", "red", "very old"];
const WHEN = ["on Monday", "last week", "early this morning", "yesterday"];
const ASIDE = [
  "It rained.",
  "Many people came.",
  "Nobody had expected it.",
  "The weather was fine.",
  "There was music.",
];

const rng = new Rng(7, "reports");
/** The report, and its headline. */
function draw(): string {
  const [who, town, what] = [rng.pick(WHO), rng.pick(TOWNS), rng.pick(WHAT)];
  const [did, does] = rng.pick(Object.entries(DID));
  const report = `The ${who} of ${town} ${did} a ${rng.pick(KIND)} ${what} ${rng.pick(WHEN)}.`;
  const before = rng.uniform() < 0.5 ? `${rng.pick(ASIDE)} ` : "";
  return `${before}${report} ${rng.pick(ASIDE)}\t${town}: ${who} ${does} ${what}`;
}

const lines = new Set(Array.from({ length: 2000 }, draw));
const file = new TextEncoder().encode(["article\theadline", ...lines].join("\n"));
const folder = memoryFolder(); // or nodeFolder("runs/summarize")
const training = recipes.summarize.train({
  folder,
  createEngine: nodeEngine,
  backend: nodeBackend,
  files: { train: ["reports.tsv"] },
  openSource: async (name) => text.memorySource(name, file),
  steps: 200,
  settings: {
    sourceTokens: "word",
    targetTokens: "word",
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
let rougeL = 0;
for await (const event of training) {
  if (event.type === "evaluation") console.log(`step ${event.step}: ROUGE-L ${event.metrics.rougeL.toFixed(3)}`);
  if (event.type === "test") rougeL = event.metrics.rougeL;
}
console.log(`ROUGE-L on reports that were held out: ${rougeL.toFixed(3)}`);

const model = await openModel(folder, nodeBackend);
const { prediction, map } = await model.explain(
  "It rained. The baker of Turin painted a small boat last week. Many people came.",
);
await model.close();
console.log(renderTerminal(map));

/** How much of the headline's words was read from the sentence that counts: from `The` to its full stop. */
const first = map.columns.indexOf("The");
const last = map.columns.indexOf(".", first);
const words = [...map.rows.keys()].filter((row) => ![":", "</s>"].includes(map.rows[row]));
const shares = words.map((row) => {
  const weights = map.columns.map((_, column) => map.weights[row * map.columns.length + column]);
  return weights.slice(first, last + 1).reduce((sum, weight) => sum + weight, 0);
});

assert.ok(rougeL > 0.9, `expected a ROUGE-L above 0.9 but found ${rougeL}`);
assert.equal(prediction.output, "Turin: baker paints boat");
assert.ok(Math.min(...shares) > 0.7, `expected each word to be read from the sentence that counts but found ${shares}`);
