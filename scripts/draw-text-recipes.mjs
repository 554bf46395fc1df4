/**
 * Draws the picture of docs/text-recipes.md: what the `Yes` of an answer was read from. Needs a model that has learnt the generator
 * `questions`:
 *
 *     fovea generate questions -o questions.tsv
 *     fovea train dialogue --data questions.tsv --set lowercase=false --out runs/questions
 *     node scripts/draw-text-recipes.mjs runs/questions
 */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openModel } from "fovea";
import { nodeBackend, nodeFolder } from "fovea/node";
import { renderSvg } from "fovea/views";

const QUESTION = "tell me, are you free tomorrow?";
const ANSWER = "Yes, I am free tomorrow.";
const FILE = join(dirname(fileURLToPath(import.meta.url)), "..", "docs", "images", "questions.svg");

const model = await openModel(nodeFolder(process.argv[2] ?? "runs/questions"), nodeBackend);
const { prediction, map } = await model.explain(QUESTION);
await model.close();
if (prediction.output !== ANSWER) {
  throw new Error(
    `draw-text-recipes: expected a model that answers ${ANSWER} but found one that answers ${prediction.output}`,
  );
}
writeFileSync(FILE, `${renderSvg(map)}\n`);
console.log(`Written to ${FILE}`);
