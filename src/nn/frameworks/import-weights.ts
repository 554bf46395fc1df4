import { evaluate } from "../../runtime/reference/index.ts";
import { formatShape, type Shape, sameShape } from "../../tensor/dim.ts";
import { ModelError } from "../../tensor/errors.ts";
import type { NdArray } from "../../tensor/nd-array.ts";
import { input, type Tensor } from "../../tensor/tensor.ts";
import type { Module, Parameter } from "../module.ts";
import { KERAS } from "./keras.ts";
import type { Framework, Take } from "./layout.ts";
import { PYTORCH } from "./pytorch.ts";

/** The frameworks whose weights can be read: one table each. */
export const FRAMEWORKS: Readonly<Record<"pytorch" | "keras", Framework>> = { pytorch: PYTORCH, keras: KERAS };

export type FrameworkName = keyof typeof FRAMEWORKS;

/**
 * Every parameter of a model as a graph over a framework's tensors.
 *
 * @param take a framework's tensor, by its full name and in the framework's shape
 */
export function parametersFrom(
  model: Module,
  framework: FrameworkName,
  take: (name: string, shape: Shape) => Tensor,
): Map<Parameter, Tensor> {
  const { layouts, path, separator } = FRAMEWORKS[framework];
  const made = new Map<Parameter, Tensor>();
  const fullName = (fields: readonly string[], name: string) =>
    fields.length > 0 ? path(fields) + separator + name : name;
  for (const [at, module] of model.modules()) {
    const fields = at === "" ? [] : at.split(".");
    // A layer's own parts (an LSTM's cells) have been made with it.
    if ([...module.parameters().values()].every((parameter) => made.has(parameter))) continue;
    const takeOwn: Take = (name, shape) => take(fullName(fields, name), shape);
    const row = layouts.find(({ layer }) => module instanceof layer);
    const parts = module.importFrom(framework, takeOwn) ?? row?.parameters(module, takeOwn) ?? [];
    for (const [parameter, tensor] of parts) if (parameter) made.set(parameter, tensor);
  }
  for (const [at, parameter] of model.parameters()) {
    const fields = at.split(".");
    if (!made.has(parameter)) made.set(parameter, take(path(fields), parameter.shape));
  }
  return made;
}

/**
 * Gives a model's parameters the values of weights that another framework saved: names, transposes, gate orders and biases are
 * converted. Parameters outside the known layers are taken as they are, under their path in the framework's spelling.
 *
 * @param tensors by the framework's names: PyTorch's `state_dict` keys, or the paths of Keras 3's variables
 * @throws ModelError for a tensor that is missing, that has another shape, or that the model does not have
 */
export function importWeights(model: Module, tensors: ReadonlyMap<string, NdArray>, framework: FrameworkName): void {
  const used = new Map<string, Tensor>();
  const made = parametersFrom(model, framework, (name, shape) => {
    const found = tensors.get(name);
    if (!found || !sameShape(found.shape, shape)) {
      throw new ModelError(
        `importWeights: expected a tensor ${name} ${formatShape(shape)} but found ${found ? formatShape(found.shape) : "none"}`,
      );
    }
    const leaf = used.get(name) ?? input(name, shape);
    used.set(name, leaf);
    return leaf;
  });
  const unused = [...tensors.keys()].filter((name) => !used.has(name));
  if (unused.length > 0) {
    throw new ModelError(`importWeights: expected tensors of the model only but found ${unused.join(", ")}`);
  }
  for (const [parameter, tensor] of made) {
    const { value } = evaluate({ value: tensor }, Object.fromEntries(tensors)) as { value: NdArray };
    const data = Float32Array.from(value.data as Float64Array);
    parameter.value = { data, shape: value.shape, dtype: "float32" };
  }
}
