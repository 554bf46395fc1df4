/** The numbers of a training as one file of JSON: what was trained on what, how it went, and how good it is. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text as texts } from "../../dist/data/index.js";
import { nodeBackend, nodeFolder, nodeSource } from "../../dist/node.js";
import { openModel, RECIPES } from "../../dist/tasks/index.js";
import { commitAndMachine } from "../machine.mjs";

const ROOT = new URL("../..", import.meta.url).pathname;

/** The settings of a trained model, by the paths that `--set` takes. */
export function settingsOf({ training, limits, decoding, model }, recipe) {
  const all = { ...training, ...limits, ...decoding };
  for (const [name, value] of Object.entries(model)) all[`model.${name}`] = value;
  const { settings } = RECIPES.find(({ name }) => name === recipe);
  return Object.fromEntries(Object.keys(settings).map((path) => [path, all[path]]));
}

/** The pairs of the test set. */
async function pairsOf(files, recipe) {
  const { roles } = RECIPES.find(({ name }) => name === recipe);
  const sources = [];
  for (const { name, path } of files) sources.push(await nodeSource(path, { owner: "reproduce", name }));
  const examples = await texts.openExamples(sources, { owner: "reproduce", roles });
  const pairs = [];
  for await (const { fields } of examples.examples()) pairs.push({ source: fields.source, target: fields.target });
  await examples.close();
  return pairs;
}

/** What the row wants to know of the trained model beyond the recipe's own test. */
async function furtherOf({ measure, recipe }, { path, files, test }) {
  if (!measure) return {};
  const model = await openModel(nodeFolder(path), nodeBackend);
  try {
    return await measure({ model, path, recipe, pairs: await pairsOf(files.test, recipe), test });
  } finally {
    await model.close();
  }
}

/** What only the process that trained knows: a later one takes it from the numbers that are there. */
function memoryOf(name, { wasTrained, before }) {
  const peakMemoryMb = wasTrained ? readResults(before, name)?.peakMemoryMb : process.resourceUsage().maxRSS / 1024;
  return peakMemoryMb === undefined ? {} : { peakMemoryMb };
}

/**
 * The numbers of a training that has come to its end.
 *
 * @param options.wasTrained whether it had come to its end before this process
 * @param options.before the folder of the numbers that were there before
 */
export async function resultsOf(name, entry, { path, files, events, wasTrained, before }) {
  const standing = events.standing();
  const json = (file) => JSON.parse(readFileSync(join(path, file), "utf8"));
  const { test, bestStep, trainingSeconds, parameters, history } = json("metrics.json");
  const settings = settingsOf(json("config.json"), entry.recipe);
  const memory = memoryOf(name, { wasTrained, before });
  const { intervals, ...further } = await furtherOf(entry, { path, files, test });
  const seconds = new Map(
    standing.filter(({ type }) => type === "evaluation").map((event) => [event.step, event.seconds]),
  );
  const { type: _, time: __, ...data } = standing.find(({ type }) => type === "data") ?? {};
  return {
    name,
    shows: entry.shows,
    recipe: entry.recipe,
    written: new Date().toISOString(),
    ...commitAndMachine(ROOT),
    seed: settings.seed,
    ...(entry.like ? { like: entry.like } : {}),
    ...(entry.published ? { published: entry.published } : {}),
    data,
    warnings: standing.flatMap((event) => (event.type === "warning" ? [event.message] : [])),
    settings,
    parameters,
    steps: history.validation.at(-1).step,
    bestStep,
    trainingSeconds,
    wholeSeconds: events.seconds(),
    ...memory,
    validation: history.validation.map(({ step, ...metrics }) => ({ step, seconds: seconds.get(step), ...metrics })),
    test: { ...test, type: undefined, intervals: { ...test.intervals, ...intervals } },
    ...further,
  };
}

/** @param results a folder */
export function writeResults(results, { name, ...rest }) {
  mkdirSync(results, { recursive: true });
  const file = join(results, `${name}.json`);
  writeFileSync(`${file}.unfinished`, `${JSON.stringify({ name, ...rest }, null, 2)}\n`);
  renameSync(`${file}.unfinished`, file);
  return file;
}

/** The numbers that lie in a folder, or undefined. */
export function readResults(results, name) {
  try {
    return JSON.parse(readFileSync(join(results, `${name}.json`), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
