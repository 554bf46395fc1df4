import { encodeText, type Folder } from "../data/folder.ts";
import { readSafetensors, writeSafetensors } from "../data/safetensors.ts";
import type { Module } from "../nn/module.ts";
import { formatShape, sameShape } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import { type ExportOptions, exportOnnx, type InputTypes, type NamedModel } from "./inference.ts";

const WEIGHTS = "model.safetensors";

/** The task of a model of one's own. */
export const CUSTOM = "custom";

/**
 * Writes a model of your own as a folder: `model.safetensors` (parameters and buffers by path), `onnx/model.onnx` (what
 * `exportOnnx` gives) and `config.json` (its inputs, and `config` as its `options`).
 *
 * @param options.types names, shapes and types of its inputs
 * @param options.config anything that JSON holds, to build the model again before `load`
 * @throws ModelError for a parameter without a value; DataError when the folder cannot be written
 */
export async function save(
  model: NamedModel,
  folder: Folder,
  { types, config = {}, ...options }: ExportOptions & { types: InputTypes; config?: object },
): Promise<void> {
  const onnx = exportOnnx(model, types, options);
  const values = [...model.parameters(), ...model.buffers()].flatMap(([name, { value }]) => {
    return value ? [[name, value] as const] : [];
  });
  await folder.write(WEIGHTS, writeSafetensors(new Map(values), { format: "fovea" }));
  await folder.write("onnx/model.onnx", onnx);
  const description = { fovea: 1, task: CUSTOM, inputs: types, options: config };
  await folder.write("config.json", encodeText(`${JSON.stringify(description, null, 2)}\n`));
}

/**
 * Gives a model the values that `save` wrote. They are set only when all of them fit.
 *
 * @throws ModelError where there are none, or a name or shape differs; DataError when the file is damaged
 */
export async function load(model: Module, folder: Folder): Promise<void> {
  const bytes = await folder.read(WEIGHTS);
  if (!bytes)
    throw new ModelError(`load: expected ${WEIGHTS} in ${folder.path} but found none; save a model there first`);
  const { tensors } = readSafetensors(bytes);
  const wanted = [...model.parameters(), ...model.buffers()];
  for (const [name, { shape, dtype }] of wanted) {
    const found = tensors.get(name);
    if (found && found.dtype === dtype && sameShape(found.shape, shape)) continue;
    const seen = found ? `${found.dtype} ${formatShape(found.shape)}` : "none";
    throw new ModelError(
      `load: expected ${name} to be ${dtype} ${formatShape(shape)} but found ${seen}; build the model as it was saved`,
    );
  }
  const extra = [...tensors.keys()].find((name) => !wanted.some(([known]) => known === name));
  if (extra !== undefined) throw new ModelError(`load: expected a parameter for ${extra} but found none in the model`);
  for (const [name, leaf] of wanted) {
    const value = tensors.get(name);
    if (value) leaf.value = value;
  }
}
