/**
 * Trains each mechanism on its example (`demonstrate`) and draws where it looks, for the pages of `docs/mechanisms/`: a picture
 * each, and the numbers in `measured.json`. Numbers differ a little between processors, so this is no part of the checks. Needs
 * `npm run build`; afterwards `node scripts/check-docs.mjs --write` puts the numbers into the pages.
 *
 *     node scripts/draw-mechanisms.mjs
 *     node scripts/draw-mechanisms.mjs additive softmax
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MECHANISMS } from "fovea/attention";
import { nodeBackend, nodeEngine } from "fovea/node";
import { demonstrate } from "fovea/tasks";
import { renderSvg } from "fovea/views";
import { MEASURED, PAGES, percent, readMeasured } from "./mechanism-pages.mjs";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !MECHANISMS.some((mechanism) => mechanism.name === name));
if (unknown.length > 0) {
  console.error(`draw-mechanisms: expected names of mechanisms but found ${unknown.join(", ")}; fovea list mechanisms`);
  process.exit(2);
}

const rounded = (share) => Math.round(share * 1e4) / 1e4;

function picture({ name, example }, { problem, weights }) {
  const { rows, columns } = problem;
  const map = { title: `${name} on ${example.task}`, axes: "queries", rows, columns, weights };
  return `${renderSvg(map, { values: true })}\n`;
}

mkdirSync(PAGES, { recursive: true });
const baselines = new Map();
const chosen = MECHANISMS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
for (const [index, mechanism] of chosen.entries()) {
  const { name, example } = mechanism;
  process.stdout.write(`${index + 1} of ${chosen.length}: ${name} on ${example.task} … `);
  const started = performance.now();
  const shown = await demonstrate(mechanism, { createEngine: nodeEngine, backend: nodeBackend, baselines });
  writeFileSync(join(PAGES, `${name}.svg`), picture(mechanism, shown));
  const { accuracy, onTarget, uniform } = shown;
  const numbers = {
    task: example.task,
    accuracy: rounded(accuracy),
    onTarget: rounded(onTarget),
    uniform: { accuracy: rounded(uniform.accuracy), onTarget: rounded(uniform.onTarget) },
  };
  keep(name, numbers);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${percent(accuracy)} right, ${percent(onTarget)} on the right key, ${seconds} s`);
}

/** Written after each mechanism, so that what is done stays done; those that are no more go. */
function keep(name, numbers) {
  const all = { ...readMeasured(), [name]: numbers };
  const listed = MECHANISMS.filter((mechanism) => mechanism.name in all);
  const measured = Object.fromEntries(listed.map((mechanism) => [mechanism.name, all[mechanism.name]]));
  writeFileSync(MEASURED, `${JSON.stringify(measured, null, 2)}\n`);
}
