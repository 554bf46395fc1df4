/**
 * Trains the dates recipe and tells when the model first answers 99.9 % of 10,000 test dates rightly: seconds since the process
 * started, less the time spent on those tests. Prints one JSON line.
 *
 *     node bench/time-to-accuracy.mjs [--seed 1] [--workers 2] [--per-format 0]
 */
import { parseArgs } from "node:util";
import { DATE_FORMATS, DateGenerator } from "../dist/data/dates/index.js";
import { memoryFolder } from "../dist/data/folder.js";
import { readSafetensors } from "../dist/data/safetensors.js";
import { DateNormalizer } from "../dist/models/date-normalizer/date-normalizer.js";
import { nodeBackend, nodeEngine } from "../dist/node.js";
import { heldOut } from "../dist/tasks/dates/batches.js";
import { exportDates } from "../dist/tasks/dates/folder.js";
import { DateReader, readAll } from "../dist/tasks/dates/reader.js";
import { dateSettings } from "../dist/tasks/dates/settings.js";
import { openModel, RECIPES } from "../dist/tasks/index.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: "2" },
    "per-format": { type: "string", default: "0" },
  },
});
const seed = Number(values.seed);
const workers = Number(values.workers);
const settings = dateSettings({ seed, workers });
const model = new DateNormalizer({ ...settings.model, vocabulary: 39 });
const test = heldOut("test", 10_000, 123_456_789);

async function testAccuracy(parameters) {
  const { bytes, alphabet, symbols } = exportDates(model, parameters, settings);
  const reader = new DateReader(await nodeBackend.load(bytes), alphabet, symbols);
  let right = 0;
  for await (const { part, readings } of readAll(reader, test)) {
    right += part.filter(({ iso }, row) => reader.output(readings, row) === iso).length;
  }
  await reader.release();
  return right / test.length;
}

const folder = memoryFolder();
const result = { seed, workers, secondsTo999: null, stepTo999: null };
let apart = 0;
for await (const event of RECIPES[0].train({
  folder,
  createEngine: nodeEngine,
  backend: nodeBackend,
  seed,
  workers,
  settings: { validateEvery: "100" },
})) {
  const now = performance.now() - apart;
  if (event.type === "checkpoint" && event.step > 0 && result.secondsTo999 === null) {
    const { tensors, metadata } = readSafetensors(await folder.read("checkpoint.safetensors"));
    const progress = JSON.parse(metadata.progress);
    if (progress.best.step === event.step && progress.best.exactMatch >= 0.997) {
      const best = [...tensors]
        .filter(([name]) => name.startsWith("best/"))
        .map(([name, value]) => [name.slice(5), value]);
      const accuracy = await testAccuracy(new Map(best));
      if (accuracy >= 0.999)
        Object.assign(result, { secondsTo999: now / 1000, stepTo999: event.step, accuracyThen: accuracy });
    }
    apart = performance.now() - now;
  }
  if (event.type === "test") Object.assign(result, { exactMatch: event.overall.share, metrics: event.metrics });
  if (event.type === "test") result.focus = event.focus;
  if (event.type === "examples")
    result.articleRight = event.examples.filter((one) => one.output === one.expected).length;
  if (event.type === "saved") result.secondsInAll = now / 1000;
}
result.peakMemoryMb = process.resourceUsage().maxRSS / 1024;

const perFormat = Number(values["per-format"]);
if (perFormat > 0) {
  const trained = await openModel(folder, nodeBackend);
  const generator = new DateGenerator({ seed: 987_654_321, split: "test" });
  const shares = [];
  for (const { name } of DATE_FORMATS) {
    const examples = Array.from({ length: perFormat }, (_, index) => generator.example(index, name));
    let right = 0;
    let row = 0;
    for await (const answer of trained.predict(examples.map(({ text }) => text))) {
      if (answer.output === examples[row++].iso) right++;
    }
    shares.push({ name, share: right / perFormat });
  }
  shares.sort((a, b) => a.share - b.share);
  result.perFormat = {
    count: perFormat,
    worst: shares.slice(0, 5),
    mean: shares.reduce((sum, { share }) => sum + share, 0) / shares.length,
  };
  await trained.close();
}
process.stdout.write(`${JSON.stringify(result)}\n`);
