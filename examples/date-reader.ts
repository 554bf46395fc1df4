/**
 * Opens a trained model folder, answers some dates and shows where it looked for one of them. Train one first:
 * `npm start`, or `npx fovea train dates`.
 *
 *     npm run examples -- date-reader runs/dates
 */
import assert from "node:assert/strict";
import { openModel } from "fovea";
import { nodeBackend, nodeFolder } from "fovea/node";
import { renderTerminal } from "fovea/views";

const folder = process.argv[2] ?? "runs/dates";
const model = await openModel(nodeFolder(folder), nodeBackend);

const texts = ["9 may 1998", "10.09.70", "the 29th of August 1958", "next tuesday", ""];
let answered = 0;
for await (const answer of model.predict(texts)) {
  if ("error" in answer) console.log(`${JSON.stringify(answer.text)}: ${answer.error}`);
  else
    console.log(`${JSON.stringify(answer.text)} → ${answer.output}${answer.certain ? "" : ", but that is doubtful"}`);
  answered++;
}

const { prediction, map } = await model.explain("the 29th of August 1958");
console.log(`\n${renderTerminal(map)}`);
await model.close();

assert.equal(answered, texts.length);
assert.equal(map.rows.join(""), prediction.output);
const firstRow = Array.from({ length: map.columns.length }, (_, column) => map.weights[column]);
assert.ok(Math.abs(firstRow.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-5, "a row of weights sums to 1");
