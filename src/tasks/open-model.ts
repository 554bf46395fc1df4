import type { Folder } from "../data/folder.ts";
import type { Backend } from "../runtime/backend.ts";
import { ModelError } from "../tensor/errors.ts";
import { CHECKPOINT_FILE } from "./checkpoint.ts";
import { METADATA } from "./dates/config.ts";
import { openDates, openDatesFile } from "./dates/open.ts";
import { type OnnxFile, onnxFileOf } from "./onnx-file.ts";
import type { OpenModel } from "./recipe.ts";
import { CUSTOM } from "./save.ts";

interface Opener {
  readonly folder: (folder: Folder, config: Uint8Array, backend: Backend) => Promise<OpenModel>;
  readonly file: (file: OnnxFile, backend: Backend) => Promise<OpenModel>;
}

const OPENERS: Readonly<Record<string, Opener>> = { dates: { folder: openDates, file: openDatesFile } };

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
  const found = typeof task === "string" ? task : JSON.stringify(task);
  const mend = task === CUSTOM ? "; a model of your own runs with prepare or ONNX Runtime (docs/model-folder.md)" : "";
  throw new ModelError(
    `model: expected ${folder.path} to be of a task (${Object.keys(OPENERS)}) but found ${found}${mend}`,
  );
}

/** The task of a model folder, as its `config.json` has it. @throws ModelError when that is damaged */
export function taskOf(folder: Folder, config: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(config))?.task;
  } catch (error) {
    throw new ModelError(
      `model: expected ${folder.path}/config.json to be JSON but found damage (${(error as Error).message})`,
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
  const task = Object.hasOwn(file.metadata, METADATA.task) ? file.metadata[METADATA.task] : undefined;
  const opener = openerOf(task);
  if (opener) return opener.file(file, backend);
  throw new ModelError(
    `model: expected ${file.file} to say in its metadata of which task it is (${Object.keys(OPENERS)}) but found ${task ?? "nothing"}; any other model is shown by openGraph`,
  );
}
