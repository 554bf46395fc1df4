/**
 * Draws the README's picture: where a trained model looks for one of the article's dates. Needs `npm start` first, or the folder
 * of another model.
 *
 *     node scripts/draw-readme.mjs runs/dates
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openModel } from "fovea";
import { nodeBackend, nodeFolder } from "fovea/node";
import { renderSvg } from "fovea/views";

const TEXT = "the 29th of August 1958";
const ANSWER = "1958-08-29";
const IMAGES = join(dirname(fileURLToPath(import.meta.url)), "..", "docs", "images");

const model = await openModel(nodeFolder(process.argv[2] ?? "runs/dates"), nodeBackend);
const { prediction, map } = await model.explain(TEXT);
await model.close();
if (prediction.output !== ANSWER) {
  throw new Error(`draw-readme: expected a model that reads ${ANSWER} but found one that reads ${prediction.output}`);
}
mkdirSync(IMAGES, { recursive: true });
const file = join(IMAGES, "attention.svg");
writeFileSync(file, `${renderSvg({ ...map, title: `${TEXT} → ${ANSWER}` })}\n`);
console.log(`Written to ${file}`);
