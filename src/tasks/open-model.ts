import type { Folder } from "../data/folder.ts";
import type { Backend } from "../runtime/backend.ts";
import { ModelError } from "../tensor/errors.ts";
import { CHECKPOINT_FILE } from "./checkpoint.ts";
import { METADATA } from "./dates/config.ts";
import { openDates, openDatesFile } from "./dates/open.ts";
import { DAMAGE_MEND } from "./model-json.ts";
import { checkGraph, type OnnxFile, onnxFileOf } from "./onnx-file.ts";
import { type OpenGraph, openGraph } from "./open-graph.ts";
import type { TextTask } from "./open-text.ts";
import type { OpenModel } from "./recipe.ts";
import { CUSTOM } from "./save.ts";

/** A model of a task; or any other, whose attention can be looked at. */
export type Opened =
  | { readonly kind: "task"; readonly model: OpenModel }
  | { readonly kind: "graph"; readonly graph: OpenGraph };

interface Opener {
  readonly folder: (folder: Folder, config: Uint8Array, backend: Backend) => Promise<OpenModel>;
  /** A model of this task that is one file, where it can be. */
  readonly file?: (file: OnnxFile, backend: Backend) => Promise<OpenModel>;
}

/** Their code comes when it is needed: a page that shows other models need not load it. */
const openText =
  (task: TextTask): Opener["folder"] =>
  async (folder, config, backend) =>
    (await import("./open-text.ts")).openText(task, { folder, config, backend });

const OPENERS: Readonly<Record<string, Opener>> = {
  dates: { folder: openDates, file: openDatesFile },
  classify: { folder: openText("classify") },
  transduce: { folder: openText("transduce") },
  translate: { folder: openText("translate") },
  dialogue: { folder: openText("dialogue") },
  summarize: { folder: openText("summarize") },
};

const KNOWN_TASKS = Object.keys(OPENERS).join(", ");

const NETWORK = "onnx/model.onnx";

function openerOf(task: unknown): Opener | undefined {
  return typeof task === "string" && Object.hasOwn(OPENERS, task) ? OPENERS[task] : undefined;
}

/**
 * Opens a model folder; or a folder that holds nothing but the ONNX file of one, whatever its name.
 *
 * @throws ModelError when it is missing, damaged or of a task that is not known
 */
export async function openModel(folder: Folder, backend: Backend): Promise<OpenModel> {
  const config = await folder.read("config.json");
  if (!config) return openWithoutConfig(folder, backend);
  const task = taskOf(folder, config);
  const opener = openerOf(task);
  if (opener) return opener.folder(folder, config, backend);
  const found = typeof task === "string" ? task : (JSON.stringify(task) ?? "none; is it a folder of fovea train?");
  const mend =
    task === CUSTOM
      ? "; a model of your own is shown by fovea studio and openGraph, and runs with prepare or ONNX Runtime (docs/model-folder.md)"
      : "";
  throw new ModelError(`model: expected ${folder.path} to be of a task (${KNOWN_TASKS}) but found ${found}${mend}`);
}

/**
 * Opens whatever there is to look at: the model of a task, as `openModel`; a model of one's own that `save` has written; or any
 * ONNX file that stands alone. (A task that is not known is looked at as a graph.)
 *
 * @throws ModelError when it is missing or damaged
 */
export async function openAnything(folder: Folder, backend: Backend): Promise<Opened> {
  const config = await folder.read("config.json");
  if (config && taskOf(folder, config) === CUSTOM) {
    const bytes = await folder.read(NETWORK);
    if (bytes) return { kind: "graph", graph: await graphOf(`${folder.path}/${NETWORK}`, bytes, backend) };
    throw new ModelError(`model: expected ${NETWORK} in ${folder.path} but found none; write it with save`);
  }
  const file = config ? undefined : await onnxFileOf(folder);
  if (!file) return { kind: "task", model: await openModel(folder, backend) };
  if (openerOf(taskIn(file))?.file) return { kind: "task", model: await openFile(file, backend) };
  return { kind: "graph", graph: await graphOf(file.file, file.bytes, backend) };
}

async function graphOf(file: string, bytes: Uint8Array, backend: Backend): Promise<OpenGraph> {
  try {
    return await openGraph(bytes, backend);
  } catch (error) {
    throw new ModelError(`model: expected ${file} to load but found: ${(error as Error).message}`, { cause: error });
  }
}

/** The task of an ONNX file, as its metadata has it. */
function taskIn({ metadata }: OnnxFile): string | undefined {
  return Object.hasOwn(metadata, METADATA.task) ? metadata[METADATA.task] : undefined;
}

/** The task of a model folder, as its `config.json` has it. @throws ModelError when that is damaged */
export function taskOf(folder: Folder, config: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(config))?.task;
  } catch (error) {
    throw new ModelError(
      `model: expected ${folder.path}/config.json to be JSON but found damage (${(error as Error).message}); ${DAMAGE_MEND}`,
    );
  }
}

async function openWithoutConfig(folder: Folder, backend: Backend): Promise<OpenModel> {
  if (await folder.read(CHECKPOINT_FILE)) {
    throw new ModelError(
      `model: expected a finished training in ${folder.path} but found an interrupted one; go on with fovea train … --resume --out ${folder.path}`,
    );
  }
  const file = await onnxFileOf(folder);
  if (file) return openFile(file, backend);
  throw new ModelError(
    `model: expected a model folder at ${folder.path} but found no config.json; train one: fovea train dates`,
  );
}

async function openFile(file: OnnxFile, backend: Backend): Promise<OpenModel> {
  const task = taskIn(file);
  const opener = openerOf(task);
  if (opener?.file) return opener.file(file, backend);
  checkGraph(file);
  throw new ModelError(
    `model: expected ${file.file} to say in its metadata of which task it is (${KNOWN_TASKS}) but found ${task ?? "nothing"}; any other model is shown by openGraph`,
  );
}
