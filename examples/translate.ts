/**
 * German to English on sentences of a small grammar. German puts the verb at the end of a clause with `dass` and the time before the
 * object; English does neither. So whoever writes the English has to look ahead and back, which is what attention is for.
 */
import assert from "node:assert/strict";
import { memoryFolder, openModel, Rng, recipes } from "fovea";
import { text } from "fovea/data";
import { nodeBackend, nodeEngine } from "fovea/node";
import { renderTerminal } from "fovea/views";

const WHO = { "die Frau": "the woman", "der Mann": "the man", "das Kind": "the child", "mein Freund": "my friend" };
const WHAT = { "einen Hund": "a dog", "ein Haus": "a house", "die Katze": "the cat", "den Brief": "the letter" };
const VERBS = { sieht: "sees", sucht: "looks for", findet: "finds", malt: "paints", kennt: "knows" };
const WHEN = { heute: "today", oft: "often", "am Montag": "on Monday", morgens: "in the morning" };
const SAID = { "ich weiß": "I know", "sie sagt": "she says", "wir hoffen": "we hope" };

const rng = new Rng(7, "sentences");
function pick(words: Readonly<Record<string, string>>): [german: string, english: string] {
  return rng.pick(Object.entries(words));
}

/** German in one column, English in the other. */
function draw(): string {
  const [[who, whoEnglish], [what, whatEnglish], [verb, verbEnglish]] = [pick(WHO), pick(WHAT), pick(VERBS)];
  const [[when, whenEnglish], [said, saidEnglish]] = [pick(WHEN), pick(SAID)];
  const english = `${whoEnglish} ${verbEnglish} ${whatEnglish} ${whenEnglish}`;
  if (rng.uniform() < 0.5) return `${when} ${verb} ${who} ${what}.\t${english}.`;
  return `${said}, dass ${who} ${when} ${what} ${verb}.\t${saidEnglish} that ${english}.`;
}

const lines = new Set(Array.from({ length: 1500 }, draw));
const file = new TextEncoder().encode(["german\tenglish", ...lines].join("\n"));
const folder = memoryFolder(); // or nodeFolder("runs/translate")
const training = recipes.translate.train({
  folder,
  createEngine: nodeEngine,
  backend: nodeBackend,
  files: { train: ["sentences.tsv"], columns: { source: "german", target: "english" } },
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
let bleu = 0;
for await (const event of training) {
  if (event.type === "evaluation") console.log(`step ${event.step}: BLEU ${event.metrics.bleu.toFixed(1)}`);
  if (event.type === "test") bleu = event.metrics.bleu;
}
console.log(`BLEU on sentences that were held out: ${bleu.toFixed(1)}`);

const model = await openModel(folder, nodeBackend);
const { prediction, map } = await model.explain("ich weiß, dass das Kind oft einen Hund malt.");
await model.close();
console.log(renderTerminal(map));

/** Which word of the German was read most as a word of the English was written. */
function readFor(word: string): string {
  const row = map.rows.indexOf(word);
  const weights = map.columns.map((_, column) => map.weights[row * map.columns.length + column]);
  return map.columns[weights.indexOf(Math.max(...weights))];
}

assert.ok(bleu > 90, `expected a BLEU above 90 but found ${bleu}`);
assert.equal(prediction.output, "I know that the child paints a dog often.");
assert.equal(readFor("child"), "Kind");
assert.equal(readFor("paints"), "malt");
