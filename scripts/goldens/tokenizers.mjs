/**
 * Writes `test/goldens/fixtures/tokenizer-LEVEL.json`, learnt from the texts beside them: `npm run build:library`, then
 * `node scripts/goldens/tokenizers.mjs`. Then `python scripts/goldens/tokenizers_golden.py`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { TokenizerLearner } from "../../dist/data/text/tokenizer-learner.js";

const FOLDER = resolve(import.meta.dirname, "../../test/goldens/fixtures");
const OPTIONS = [
  { level: "character" },
  { level: "word", minCount: 1, lowercase: true },
  { level: "byte-pair", size: 240 },
];

const { learn } = JSON.parse(readFileSync(`${FOLDER}/tokenizer-texts.json`, "utf8"));
for (const options of OPTIONS) {
  const learner = new TokenizerLearner(options);
  for (const text of learn) learner.add(text);
  writeFileSync(`${FOLDER}/tokenizer-${options.level}.json`, `${JSON.stringify(learner.finish().tokenizer)}\n`);
}
