/**
 * What one does with a model: train, predict, evaluate, explain, export, as async generators of typed events (`events.ts`,
 * the one protocol). Portable: files, sessions and workers are handed in. May import everything but `views/` and `cli/`.
 */
import type { Folder } from "../data/folder.ts";
import type { Backend } from "../runtime/backend.ts";
import { ModelError } from "../tensor/errors.ts";
import { CHECKPOINT_FILE } from "./checkpoint.ts";
import { dates } from "./dates/index.ts";
import { openDates } from "./dates/open.ts";
import type { OpenModel, Recipe } from "./recipe.ts";
import { CUSTOM } from "./save.ts";

export {
  type Demonstrated,
  type DemonstrateOptions,
  type Demonstration,
  demonstrate,
} from "./demonstrate.ts";
export type * from "./events.ts";
export { exportOnnx, type InputTypes, type NamedModel, prepare, type Runner } from "./inference.ts";
export { InterruptedError, type OpenModel, type Recipe, type TrainOptions } from "./recipe.ts";
export { load, save } from "./save.ts";
export { type NamedBatch, type StepEvent, Trainer, type TrainerOptions } from "./trainer.ts";

/** Every recipe that `fovea train` knows. */
export const RECIPES: readonly Recipe[] = [dates];

const OPENERS: Readonly<Record<string, typeof openDates>> = { dates: openDates };

/** Opens a model folder. @throws ModelError when it is missing, damaged or of a task that is not known */
export async function openModel(folder: Folder, backend: Backend): Promise<OpenModel> {
  const config = await folder.read("config.json");
  if (!config && (await folder.read(CHECKPOINT_FILE))) {
    throw new ModelError(
      `model: expected a finished training in ${folder.path} but found an interrupted one; go on with fovea train … --resume --out ${folder.path}`,
    );
  }
  if (!config) {
    throw new ModelError(
      `model: expected a model folder at ${folder.path} but found no config.json; train one: fovea train dates`,
    );
  }
  let task: unknown;
  try {
    task = JSON.parse(new TextDecoder().decode(config))?.task;
  } catch (error) {
    throw new ModelError(
      `model: expected ${folder.path}/config.json to be JSON but found damage (${(error as Error).message})`,
    );
  }
  const open = typeof task === "string" && Object.hasOwn(OPENERS, task) ? OPENERS[task] : undefined;
  if (!open) {
    const found = typeof task === "string" ? task : JSON.stringify(task);
    const mend =
      task === CUSTOM ? "; a model of your own runs with prepare or ONNX Runtime (docs/model-folder.md)" : "";
    throw new ModelError(
      `model: expected ${folder.path} to be of a task (${Object.keys(OPENERS)}) but found ${found}${mend}`,
    );
  }
  return open(folder, config, backend);
}
