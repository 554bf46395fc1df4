import { availableParallelism } from "node:os";
import { encodeText, type Folder } from "../data/folder.ts";
import { nodeFolder } from "../data/node-folder.ts";
import { nodeSource } from "../data/node-source.ts";
import type { TaskEvent } from "../tasks/events.ts";
import type { InterruptedError, Recipe, TrainingFiles } from "../tasks/recipe.ts";
import { testFacts } from "../views/measure-text.ts";
import { reportHtml } from "../views/report.ts";
import { TrainingRecord } from "../views/training-record.ts";
import { trainingReport } from "../views/training-report.ts";
import { type Context, pathFrom } from "./context.ts";
import { choicesFor, didYouMean } from "./did-you-mean.ts";
import { EventDisplay, factLines } from "./event-display.ts";
import { EventLog } from "./event-log.ts";
import { EXIT, type ExitCode, exitCodeOf } from "./exit-codes.ts";
import { alternatives, quoted } from "./option-values.ts";
import { chooseOutFolder, type OutFolder } from "./out-folder.ts";
import { UsageError } from "./usage-error.ts";

export interface TrainOptions {
  readonly data?: readonly string[];
  readonly validation?: readonly string[];
  readonly test?: readonly string[];
  readonly column?: Readonly<Record<string, string>>;
  readonly skipBad?: boolean;
  readonly model?: string;
  readonly out?: string;
  readonly seed?: number;
  readonly steps?: number;
  readonly batch?: number;
  readonly workers?: number;
  readonly set?: Readonly<Record<string, string>>;
  readonly resume?: boolean;
}

interface Run {
  readonly recipe: Recipe;
  readonly options: TrainOptions;
  readonly context: Context;
}

const REPORT_FILE = "report.html";

/** Trains a model by a recipe into a folder, shows what was measured, and leaves a report in the folder. */
export async function train(name: string, given: TrainOptions, context: Context): Promise<ExitCode> {
  const recipe = recipeNamed(name, await context.loadRecipes());
  const options = withModel(recipe, given);
  checkSettings(recipe, options.set ?? {});
  checkFiles(recipe, options);
  const { out, resume } = options;
  const place = await chooseOutFolder({ recipe: recipe.name, out, resume }, context);
  const run = { recipe, options, context };
  try {
    return await trainInto(place, run);
  } catch (error) {
    if (exitCodeOf(error) !== EXIT.interrupted) throw error;
    await showInterruption(error as InterruptedError, place, run);
    return EXIT.interrupted;
  } finally {
    await place.release();
  }
}

async function trainInto(place: OutFolder, { recipe, options, context }: Run): Promise<ExitCode> {
  const folder = nodeFolder(pathFrom(context, place.path));
  const { set: settings = {}, seed, steps, batch, resume = false } = options;
  const workers = workersFor(recipe, options);
  const signal = context.interruption();
  const display = new EventDisplay(context);
  signal.addEventListener("abort", () => {
    void display.notice("Stopping after this step; a second signal stops at once.");
  });
  const record = new TrainingRecord();
  const log = new EventLog(place.absolute, {
    resume,
    onFailure: ({ message }) => void display.notice(`warning: training goes on without its log (${message})`),
  });
  const engine = await context.loadEngine();
  const given = { settings, seed, steps, batch, workers, resume, signal, files: filesOf(options) };
  const openSource = (name: string) => nodeSource(pathFrom(context, name), { owner: recipe.name, name });
  const events = judged(recipe.train({ folder, openSource, ...engine, ...withoutUndefined(given) }));
  let fault = "";
  try {
    for await (const event of events) {
      record.add(event);
      await log.add(event);
      await display.show(event);
    }
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error);
    throw error;
  } finally {
    await display.end();
    await log.end(fault);
  }
  await writeReport(folder, record);
  await showEnd(place, record, { recipe, options, context });
  return EXIT.done;
}

/** The events of a recipe. What it has against its settings it says before the first; later such errors are the program's. */
async function* judged(events: AsyncGenerator<TaskEvent, void>): AsyncGenerator<TaskEvent, void> {
  const first = await events.next().catch((error: unknown) => {
    const isAboutSettings = error instanceof RangeError || error instanceof SyntaxError;
    if (isAboutSettings && /^\w+: expected /.test(error.message)) throw new UsageError(error.message, { cause: error });
    throw error;
  });
  if (first.done) return;
  yield first.value;
  yield* events;
}

async function writeReport(folder: Folder, record: TrainingRecord): Promise<void> {
  record.readHistory(await folder.read("metrics.json"));
  await folder.write(REPORT_FILE, encodeText(reportHtml(trainingReport(record))));
}

/** Where everything is, and what to do with it. */
async function showEnd({ path }: OutFolder, record: TrainingRecord, { recipe, options, context }: Run): Promise<void> {
  const { stdout, stderr, program } = context;
  const measured = record.test ? testFacts(record.test).slice(0, 1) : [];
  await stdout.write(factLines([...measured, ["model", path], ["report", `${path}/${REPORT_FILE}`]]));
  const texts = record.examples?.examples.map(({ text }) => text) ?? [];
  const { title = "", columns = [] } = record.examples?.maps[0] ?? {};
  const shown = texts.find((text) => title.startsWith(`${text} → `)) ?? (columns.join("") || texts[0]);
  const folder = shellWord(path);
  const commands = [
    ...(texts[0] === undefined ? [] : [`predict ${folder} ${shellWord(texts[0])}`]),
    ...(shown === undefined ? [] : [`explain ${folder} ${shellWord(shown)} -o attention.html`]),
    `evaluate ${folder}${recipe.roles ? ` --data ${shellWord(options.test?.[0] ?? "test.tsv")}` : ""}`,
  ];
  await stderr.write(`\nNext, try:\n${commands.map((command) => `  ${program} ${command}\n`).join("")}`);
}

async function showInterruption(error: InterruptedError, { path }: OutFolder, { recipe, context }: Run): Promise<void> {
  const { stderr, program } = context;
  await stderr.line(`fovea: ${error.message}`);
  await stderr.write(`\nGo on with:\n  ${program} train ${recipe.name} --resume --out ${shellWord(path)}\n`);
}

/** `--model` is a setting like others, under a shorter name. @throws UsageError for a recipe of one model only */
function withModel({ name, settings }: Recipe, { model, ...options }: TrainOptions): TrainOptions {
  if (model === undefined) return options;
  if (!Object.hasOwn(settings, "model.type")) {
    throw new UsageError(`train: expected no --model for ${name}, which has one, but found ${quoted(model)}`);
  }
  return { ...options, set: { ...options.set, "model.type": model } };
}

/** @throws UsageError where a recipe is given no data, or data that it does not take */
function checkFiles({ name, roles }: Recipe, options: TrainOptions): void {
  const { data = [], validation, test, column, resume } = options;
  const given = Object.entries({
    "--data": options.data,
    "--validation": validation,
    "--test": test,
    "--column": column,
    "--skip-bad": options.skipBad,
  });
  const found = given.find(([, value]) => value !== undefined)?.[0];
  if (!roles) {
    if (found === undefined) return;
    throw new UsageError(`train: expected no ${found} for ${name}, which makes its own data`);
  }
  const names = roles.filter(({ optional }) => !optional).map((role) => role.name);
  if (data.length === 0 && !resume) {
    throw new UsageError(
      `train: expected a file of ${names.join(" and ")} for ${name} but found none; give one with --data, as --data ${name}.tsv`,
    );
  }
  const most = Math.max(data.length, validation?.length ?? 0, test?.length ?? 0);
  if (most > names.length) {
    throw new UsageError(
      `train: expected at most ${names.length} files side by side, one for each of ${names.join(", ")}, but found ${most}`,
    );
  }
  const stranger = Object.keys(column ?? {}).find((role) => !roles.some((known) => known.name === role));
  if (stranger === undefined) return;
  const known = roles.map((role) => role.name);
  throw new UsageError(
    `train: expected --column to name ${alternatives(known)} but found ${quoted(stranger)}${didYouMean(stranger, known)}`,
  );
}

function filesOf({ data, validation, test, column, skipBad }: TrainOptions): TrainingFiles | undefined {
  return data && withoutUndefined({ train: data, validation, test, columns: column, skipBad });
}

/** @throws UsageError for a recipe that is not there */
function recipeNamed(name: string, recipes: readonly Recipe[]): Recipe {
  const found = recipes.find((recipe) => recipe.name === name);
  if (found) return found;
  const names = recipes.map((recipe) => recipe.name);
  throw new UsageError(
    `train: expected a recipe (${alternatives(names)}) but found ${quoted(name)}${didYouMean(name, names)}`,
  );
}

/** @throws UsageError for a setting that the recipe has not; values are the recipe's to judge */
function checkSettings({ name, settings }: Recipe, changes: Readonly<Record<string, string>>): void {
  const known = Object.keys(settings);
  for (const path of Object.keys(changes)) {
    if (known.includes(path)) continue;
    const { choices, hint } = choicesFor(path, known);
    throw new UsageError(`train: expected --set to name a setting of ${name}${choices} but found ${path}${hint}`);
  }
}

/**
 * Two, where nothing else is said and there are as many cores, and as many examples to share. A training that is resumed goes
 * on with as many as it was begun with.
 *
 * @throws UsageError for more workers than a step has examples
 */
function workersFor(recipe: Recipe, { workers, batch, set = {}, resume }: TrainOptions): number | undefined {
  const examples = batch ?? Number(set.batch ?? recipe.settings.batch ?? Number.POSITIVE_INFINITY);
  if (workers !== undefined && workers > examples) {
    throw new UsageError(`train: expected --workers to be at most the batch (${examples}) but found ${workers}`);
  }
  if (resume || set.workers !== undefined) return workers;
  return workers ?? Math.max(1, Math.min(2, availableParallelism(), examples || 1));
}

function withoutUndefined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

/** A word as a shell reads it back. */
function shellWord(text: string): string {
  if (/^[\w./:@%+-]+$/.test(text)) return text;
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}
