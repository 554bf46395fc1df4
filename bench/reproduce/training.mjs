/** Trains a name's model into its folder, from where it was interrupted, and ends it in time. */
import { availableParallelism } from "node:os";
import { readSafetensors } from "../../dist/data/index.js";
import { nodeBackend, nodeEngine, nodeFolder, nodeSource } from "../../dist/node.js";
import { RECIPES, TrainingControl } from "../../dist/tasks/index.js";

const CHECKPOINT = "checkpoint.safetensors";

/** Where a checkpoint stands, or undefined where there is none. */
async function standOf(folder) {
  const bytes = await folder.read(CHECKPOINT);
  if (!bytes) return undefined;
  const { step, seconds } = JSON.parse(readSafetensors(bytes).metadata.progress);
  return { step, seconds };
}

/** Whether a training has come to its end. */
export async function isTrained(path) {
  return (await nodeFolder(path).list()).includes("config.json");
}

const texts = (settings) => Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));

/** Names of files with where they lie: checkpoints keep the names, which hold wherever the data folder is. */
function filesOf(files) {
  const all = Object.values(files).flat();
  const paths = new Map(all.map(({ name, path }) => [name, path]));
  const named = Object.entries(files).map(([part, list]) => [part, list.map(({ name }) => name)]);
  return { files: Object.fromEntries(named), pathOf: (name) => paths.get(name) };
}

/**
 * The events of a training.
 *
 * @param options.path the model's folder
 * @param options.files what to learn from, as `data.mjs` gives it
 * @param options.settings beside the recipe's own
 * @param options.minutes of training, over all interruptions, after which it ends; undefined: no such end
 * @param options.steps after which it ends, whatever its schedule says
 */
export async function* training({ recipe: name, path, files, settings, seed, minutes, steps, workers, signal }) {
  const recipe = RECIPES.find((candidate) => candidate.name === name);
  const folder = nodeFolder(path);
  const stand = await standOf(folder);
  const control = new TrainingControl();
  const { files: named, pathOf } = filesOf(files);
  const began = stand
    ? {}
    : { seed, workers: workers ?? Math.min(2, availableParallelism()), settings: texts(settings) };
  const events = recipe.train({
    folder,
    createEngine: nodeEngine,
    backend: nodeBackend,
    openSource: (file) => nodeSource(pathOf(file), { owner: name, name: file }),
    files: named,
    resume: stand !== undefined,
    control,
    signal,
    ...began,
  });
  let start;
  for await (const event of events) {
    if (event.type === "start") {
      start = performance.now();
      // Told of each step, it ends after the very one that is wanted.
      if (steps > event.step) control.takeSteps(steps - event.step);
    }
    const seconds = (stand?.seconds ?? 0) + (performance.now() - start) / 1000;
    if (seconds >= 60 * (minutes ?? Number.POSITIVE_INFINITY) || event.step >= steps) control.finish();
    yield event;
  }
}
