/** A training, and what it leaves, as code that does the same outside of the page. */
import type { TrainingRequest } from "../../worker/api.ts";
import { shellQuote } from "../look/code-snippets.ts";

const shellWord = (text: string) => (/^[\w./=:@%+-]+$/.test(text) ? text : shellQuote(text));

/** The command that trains with the same settings. It takes all steps: the stop rule and the watched texts are the page's. */
export function trainCommand({ recipe, seed, steps, workers, settings }: TrainingRequest): string {
  const set = Object.entries(settings).map(([path, value]) => `--set ${shellWord(`${path}=${value}`)}`);
  return [`npx fovea train ${recipe} --seed ${seed} --steps ${steps} --workers ${workers}`, ...set].join(" \\\n  ");
}

/** A whole program for Node.js that trains with the same settings, watches the same texts, and stops by the same rule. */
export function trainProgram({ recipe, seed, steps, workers, settings, probes, stopAt }: TrainingRequest): string {
  const isSteered = stopAt !== undefined;
  return [
    `import { RECIPES${isSteered ? ", TrainingControl" : ""} } from "fovea";`,
    'import { nodeBackend, nodeEngine, nodeFolder } from "fovea/node";',
    "",
    `const recipe = RECIPES.find(({ name }) => name === ${JSON.stringify(recipe)});`,
    'if (!recipe) throw new RangeError("this version of fovea has no such recipe");',
    ...(isSteered ? ["const control = new TrainingControl();", `control.stopAt = ${stopAt};`] : []),
    "const events = recipe.train({",
    `  folder: nodeFolder(${JSON.stringify(`runs/${recipe}`)}),`,
    "  createEngine: nodeEngine,",
    "  backend: nodeBackend,",
    ...(isSteered ? ["  control,"] : []),
    `  seed: ${seed},`,
    `  steps: ${steps},`,
    `  workers: ${workers},`,
    ...(Object.keys(settings).length > 0 ? [`  settings: ${JSON.stringify(settings)},`] : []),
    ...(probes.length > 0 ? [`  probes: ${JSON.stringify(probes)},`] : []),
    "});",
    "for await (const event of events) {",
    '  if (event.type === "evaluation") console.log(event.step, event.metrics.exactMatch);',
    '  if (event.type === "test") console.log(event.overall.share);',
    "}",
  ].join("\n");
}

/** A text for which a run's model may be asked. */
const TEXT = "3 May 1979";

/** Commands that measure a run's model, ask it, and show what it attends to. */
export function runCommands(folder: string): string {
  const word = shellWord(folder);
  return [
    `npx fovea evaluate ${word}`,
    `npx fovea predict ${word} ${shellQuote(TEXT)}`,
    `npx fovea explain ${word} ${shellQuote(TEXT)} -o attention.html`,
  ].join("\n");
}

/** The same as a whole program for Node.js. */
export function runProgram(folder: string): string {
  return [
    'import { openModel } from "fovea";',
    'import { nodeBackend, nodeFolder } from "fovea/node";',
    'import { renderTerminal } from "fovea/views";',
    "",
    `const model = await openModel(nodeFolder(${JSON.stringify(folder)}), nodeBackend);`,
    "for await (const event of model.evaluate()) {",
    '  if (event.type === "test") console.log(event.overall.share);',
    "}",
    `const { prediction, map } = await model.explain(${JSON.stringify(TEXT)});`,
    "console.log(prediction.output, prediction.confidence);",
    "console.log(renderTerminal(map));",
    "await model.close();",
  ].join("\n");
}

/** The command that goes on with a run that was interrupted. */
export function resumeCommand(task: string, folder: string): string {
  return `npx fovea train ${task} --resume --out ${shellWord(folder)}`;
}
