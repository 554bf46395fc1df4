/** A training, and what it leaves, as code that does the same outside of the page. */
import { isRightShare, measureOf } from "../../state/measures.ts";
import type { TrainingRequest } from "../../worker/api.ts";
import { shellQuote } from "../look/code-snippets.ts";

const shellWord = (text: string) => (/^[\w./=:@%+-]+$/.test(text) ? text : shellQuote(text));

/** The command that trains with the same settings. It takes all steps: the stop rule and the watched texts are the page's. */
export function trainCommand(request: TrainingRequest, sample?: string): string {
  const { recipe, seed, steps, workers, settings, files } = request;
  const set = Object.entries(settings).map(([path, value]) => `--set ${shellWord(`${path}=${value}`)}`);
  const count = steps === undefined ? "" : ` --steps ${steps}`;
  const first = `npx fovea train ${recipe} --seed ${seed}${count} --workers ${workers}`;
  const command = [first, ...dataOptions(files), ...set].join(" \\\n  ");
  return sample === undefined ? command : `npx fovea generate ${sample} -o ${sample}.tsv\n${command}`;
}

function dataOptions(files: TrainingRequest["files"]): string[] {
  if (!files) return [];
  const { train, validation = [], test = [], columns = {}, skipBad = false } = files;
  const named = (option: string, names: readonly string[]) => names.map((name) => `--${option} ${shellWord(name)}`);
  return [
    ...named("data", train),
    ...named("validation", validation),
    ...named("test", test),
    ...Object.entries(columns).map(([role, column]) => `--column ${shellWord(`${role}=${column}`)}`),
    ...(skipBad ? ["--skip-bad"] : []),
  ];
}

/** A whole program for Node.js that trains with the same settings, watches the same texts, and stops by the same rule. */
export function trainProgram(request: TrainingRequest): string {
  const { recipe, seed, steps, workers, settings, probes, stopAt, files } = request;
  const isSteered = stopAt !== undefined;
  const measure = measureOf(recipe);
  const told = isRightShare(measure) ? "event.overall.share" : "event.metrics";
  return [
    `import { RECIPES${isSteered ? ", TrainingControl" : ""} } from "fovea";`,
    `import { nodeBackend, nodeEngine, nodeFolder${files ? ", nodeSource" : ""} } from "fovea/node";`,
    "",
    `const recipe = RECIPES.find(({ name }) => name === ${JSON.stringify(recipe)});`,
    'if (!recipe) throw new RangeError("this version of fovea has no such recipe");',
    ...(isSteered ? ["const control = new TrainingControl();", `control.stopAt = ${stopAt};`] : []),
    "const events = recipe.train({",
    `  folder: nodeFolder(${JSON.stringify(`runs/${recipe}`)}),`,
    "  createEngine: nodeEngine,",
    "  backend: nodeBackend,",
    ...(files
      ? [
          `  files: ${JSON.stringify(files)},`,
          `  openSource: (name) => nodeSource(name, { owner: ${JSON.stringify(recipe)} }),`,
        ]
      : []),
    ...(isSteered ? ["  control,"] : []),
    `  seed: ${seed},`,
    ...(steps === undefined ? [] : [`  steps: ${steps},`]),
    `  workers: ${workers},`,
    ...(Object.keys(settings).length > 0 ? [`  settings: ${JSON.stringify(settings)},`] : []),
    ...(probes.length > 0 ? [`  probes: ${JSON.stringify(probes)},`] : []),
    "});",
    "for await (const event of events) {",
    `  if (event.type === "evaluation") console.log(event.step, event.metrics.${measure});`,
    `  if (event.type === "test") console.log(${told});`,
    "}",
  ].join("\n");
}

/** A text for which a run's model may be asked. */
const textOf = (task: string) => (task === "dates" ? "3 May 1979" : "a text of your own");

/** Whether a model is measured on a test set that its recipe makes. */
const makesOwnData = (task: string) => task === "dates";

/** Commands that measure a run's model, ask it, and show what it attends to. */
export function runCommands(folder: string, task = "dates"): string {
  const word = shellWord(folder);
  const text = shellQuote(textOf(task));
  return [
    `npx fovea evaluate ${word}${makesOwnData(task) ? "" : " --data test.tsv"}`,
    `npx fovea predict ${word} ${text}`,
    `npx fovea explain ${word} ${text} -o attention.html`,
  ].join("\n");
}

/** The same as a whole program for Node.js. */
export function runProgram(folder: string, task = "dates"): string {
  return [
    'import { openModel } from "fovea";',
    'import { nodeBackend, nodeFolder } from "fovea/node";',
    'import { renderTerminal } from "fovea/views";',
    "",
    `const model = await openModel(nodeFolder(${JSON.stringify(folder)}), nodeBackend);`,
    ...(makesOwnData(task)
      ? [
          "for await (const event of model.evaluate()) {",
          '  if (event.type === "test") console.log(event.overall.share);',
          "}",
        ]
      : []),
    `const { prediction, map } = await model.explain(${JSON.stringify(textOf(task))});`,
    "console.log(prediction.output, prediction.confidence);",
    "console.log(renderTerminal(map));",
    "await model.close();",
  ].join("\n");
}

/** The command that goes on with a run that was interrupted. */
export function resumeCommand(task: string, folder: string): string {
  return `npx fovea train ${task} --resume --out ${shellWord(folder)}`;
}
