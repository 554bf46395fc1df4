/**
 * `npm run reproduce -- NAME`: trains what the documents quote numbers of, on the sets of the data folder (FOVEA_DATA), and writes
 * the numbers to bench/results/NAME.json with settings, seed, seconds, machine and commit. The run lies in runs/reproduce/NAME and
 * goes on by itself after an interruption. Another seed has a folder and a file of its own.
 *
 *     npm run reproduce                     lists the names
 *     npm run reproduce -- NAME [--seed 1] [--minutes 45] [--workers 2] [--set PATH=VALUE] [--out DIR] [--results DIR]
 *     npm run reproduce -- --table          tables of the numbers that are there, as Markdown
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { didYouMean } from "../../dist/cli/did-you-mean.js";
import { Events } from "./events.mjs";
import { NAMES } from "./names.mjs";
import { readResults, resultsOf, writeResults } from "./results.mjs";
import { markdownTables } from "./tables.mjs";
import { isTrained, training } from "./training.mjs";
import { equalSettings } from "./twins.mjs";

const ROOT = new URL("../..", import.meta.url).pathname;
const DEFAULT_SEED = 1;
const say = (text) => process.stderr.write(`${text}\n`);

/** What the user can mend: told without a stack. */
class UsageError extends Error {}

const OPTIONS = {
  out: { type: "string" },
  results: { type: "string", default: join(ROOT, "bench/results") },
  seed: { type: "string", default: String(DEFAULT_SEED) },
  minutes: { type: "string" },
  workers: { type: "string" },
  set: { type: "string", multiple: true, default: [] },
  table: { type: "boolean" },
};

function numberOf(option, value, least) {
  const number = Number(value);
  if (Number.isFinite(number) && number >= least) return number;
  throw new UsageError(`reproduce: expected --${option} to be a number of ${least} or more but found ${value}`);
}

function settingsGiven(list) {
  return Object.fromEntries(
    list.map((text) => {
      const at = text.indexOf("=");
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      throw new UsageError(`reproduce: expected --set PATH=VALUE but found ${text}`);
    }),
  );
}

function dataFolder({ made }) {
  if (made) return "";
  const { FOVEA_DATA: folder } = process.env;
  if (!folder) {
    throw new UsageError(
      "reproduce: expected the environment variable FOVEA_DATA to name the data folder but found it unset; set it, as FOVEA_DATA=../shared/data",
    );
  }
  if (existsSync(folder)) return resolve(folder);
  throw new UsageError(`reproduce: expected FOVEA_DATA to name a folder but found none at ${folder}`);
}

/** How a name is trained: by its row, or as the model that it is compared with. */
function planOf(name, { results, seed, minutes }) {
  const entry = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  if (!entry) {
    const known = Object.keys(NAMES);
    throw new UsageError(
      `reproduce: expected a name but found ${name}${didYouMean(name, known) || `; known are ${known.join(", ")}`}`,
    );
  }
  if (!entry.like) return { settings: entry.settings ?? {}, minutes: minutes ?? entry.minutes };
  const other = fileNameOf(entry.like, seed);
  const reference = readResults(results, other);
  if (!reference) {
    throw new UsageError(
      `reproduce: expected the numbers of ${other}, which ${name} is compared with, but found none; npm run reproduce -- ${entry.like} first`,
    );
  }
  // Steps of training, and nothing else, end it where the other was ended.
  const settings = { ...equalSettings(reference, entry.change), patience: 1_000_000 };
  return { settings, steps: reference.steps, minutes };
}

const fileNameOf = (name, seed) => (seed === DEFAULT_SEED ? name : `${name}-seed-${seed}`);

/** So often, in milliseconds, it is told how far the training is. */
const TELL_EVERY = 60_000;
let told = Number.NEGATIVE_INFINITY;

function showProgress({ step, steps, loss, examplesPerSecond, secondsLeft }) {
  if (performance.now() - told < TELL_EVERY) return;
  told = performance.now();
  const left = `${(secondsLeft / 60).toFixed(0)} min left`;
  say(`step ${step} of ${steps}, loss ${loss.toFixed(3)}, ${examplesPerSecond.toFixed(0)} examples/s, ${left}`);
}

function show(event) {
  if (event.type === "progress") showProgress(event);
  if (event.type === "start")
    say(`${event.parameters.toLocaleString("en")} parameters, step ${event.step} of ${event.steps}`);
  if (event.type === "data")
    say(`${event.train} to learn from, ${event.validation} to validate, ${event.test} to test`);
  if (event.type === "warning") say(`warning: ${event.message}`);
  if (event.type === "test") say(`test: ${JSON.stringify(event.metrics)}`);
  if (event.type !== "evaluation") return;
  const metrics = Object.entries(event.metrics).map(([metric, value]) => `${metric} ${value.toPrecision(4)}`);
  say(`step ${event.step}, ${event.seconds.toFixed(0)} s: ${metrics.join(", ")}${event.best ? " (best)" : ""}`);
}

async function reproduce(name, { out, results, seed, minutes, workers, set }) {
  const plan = planOf(name, { results, seed, minutes });
  const entry = NAMES[name];
  const folder = out ?? join(ROOT, "runs/reproduce", fileNameOf(name, seed));
  const path = join(folder, "model");
  const files = await entry.data({ data: dataFolder(entry), out: join(folder, "data") });
  const events = new Events(folder);
  const wasTrained = await isTrained(path);
  if (wasTrained) say(`${path} is trained: measuring it; remove ${folder} to train anew`);
  else {
    events.begin();
    const settings = { ...plan.settings, ...set };
    for await (const event of training({
      ...plan,
      recipe: entry.recipe,
      path,
      files,
      seed,
      workers,
      settings,
      signal: interruption(),
    })) {
      events.add(event);
      show(event);
    }
  }
  const found = await resultsOf(fileNameOf(name, seed), entry, { path, files, events, wasTrained, before: results });
  say(`numbers: ${writeResults(results, found)}`);
}

/** The first signal ends the training behind a checkpoint; a second one ends the process. */
function interruption() {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => controller.abort());
  return controller.signal;
}

function listNames() {
  const width = Math.max(...Object.keys(NAMES).map(({ length }) => length));
  for (const [name, { shows, minutes, like, published }] of Object.entries(NAMES)) {
    const beside = published ? `; published: ${published.value} (${published.what})` : "";
    process.stdout.write(`${name.padEnd(width)}  ${shows}${minutes && !like ? `; ${minutes} minutes` : ""}${beside}\n`);
  }
}

async function main() {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  if (values.table)
    return void process.stdout.write(`${markdownTables((name) => readResults(values.results, name))}\n`);
  if (positionals.length === 0) return listNames();
  if (positionals.length > 1) throw new UsageError(`reproduce: expected one name but found ${positionals.join(", ")}`);
  await reproduce(positionals[0], {
    out: values.out,
    results: values.results,
    seed: numberOf("seed", values.seed, 0),
    minutes: values.minutes && numberOf("minutes", values.minutes, 0),
    workers: values.workers && numberOf("workers", values.workers, 1),
    set: settingsGiven(values.set),
  });
}

try {
  await main();
} catch (error) {
  if (error.name === "InterruptedError") {
    say(`${error.message.replace(/;.*/, "")}; the same command goes on`);
    process.exitCode = 130;
  } else if (error instanceof UsageError || error.code?.startsWith("ERR_PARSE_ARGS")) {
    say(error.message);
    process.exitCode = 2;
  } else throw error;
}
