import type { Module } from "../nn/module.ts";
import { traceGraph } from "../nn/trace.ts";
import { type WriteOptions, writeModel } from "../onnx/write.ts";
import type { Backend } from "../runtime/backend.ts";
import { type Feeds, lower, Program } from "../runtime/program.ts";
import type { Shape } from "../tensor/dim.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import type { DType, NdArray } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";

/** Names, shapes and types of a model's inputs; a dimension that is a symbol, such as `"batch"`, stays open. */
export type InputTypes = Readonly<Record<string, { readonly shape: Shape; readonly dtype: DType }>>;

/** A module whose `forward` takes named tensors and gives named tensors. */
export type NamedModel = Module & {
  forward(inputs: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>>;
};

export interface ExportOptions extends Pick<WriteOptions, "opset"> {
  readonly metadata?: Readonly<Record<string, string>>;
  /** Arrays to write in place of the parameters' own values, by parameter name. */
  readonly values?: ReadonlyMap<string, NdArray>;
}

/**
 * A model as an ONNX inference graph: weights inside under their parameter names, what `forward` gives and every traced weight
 * tensor as outputs, the axes of the latter in `metadata_props` under `fovea.axes.NAME`.
 *
 * @throws ModelError for a parameter without a value, or a traced name that is an output's
 */
export function exportOnnx(model: NamedModel, types: InputTypes, options: ExportOptions = {}): Uint8Array {
  return exportGraph(model, types, { ...options, forward: (inputs) => model.forward(inputs) });
}

/** The same of a part of a model, such as its encoder: what `forward` makes of the inputs. */
export function exportGraph(
  model: Module,
  types: InputTypes,
  { forward, ...options }: ExportOptions & { readonly forward: NamedModel["forward"] },
): Uint8Array {
  const inputs = Object.fromEntries(
    Object.entries(types).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  );
  const { result, weights } = traceGraph({ training: false }, () => forward(inputs));
  const traced = Object.fromEntries(Object.entries(weights).map(([name, { tensor }]) => [name, tensor]));
  const twice = Object.keys(traced).find((name) => Object.hasOwn(result, name));
  if (twice !== undefined) {
    throw new ModelError(`export: expected traces named unlike the outputs but found ${twice} twice; rename the trace`);
  }
  const graph = lower({ ...result, ...traced });
  const axes = Object.entries(weights).map(([name, traced]) => [`fovea.axes.${name}`, traced.axes.join(" ")]);
  return writeModel(graph.outputs, {
    ...(options.opset === undefined ? {} : { opset: options.opset }),
    inputs: Object.values(inputs),
    metadata: { ...Object.fromEntries(axes), ...options.metadata },
    initializers: initializersOf(model, options.values),
  });
}

function initializersOf(model: Module, values: ExportOptions["values"]): NonNullable<WriteOptions["initializers"]> {
  const leaves = new Map<Tensor, { name: string; value: NdArray }>();
  for (const [name, parameter] of model.parameters()) {
    const value = values?.get(name) ?? parameter.value;
    if (!value)
      throw new ModelError(`export: expected a value for ${name} but found none; train or load the model first`);
    leaves.set(parameter, { name, value });
  }
  for (const [name, buffer] of model.buffers()) leaves.set(buffer, { name, value: buffer.value });
  return leaves;
}

/** A model ready to answer: `run(feeds)` gives its outputs (`Name`) and its traced weights. */
export interface Runner<Name extends string = never> {
  /** @throws ShapeError for a feed that is missing, of another shape or type than the input, at odds with another, or unknown */
  run(feeds: Feeds): Promise<Record<string, NdArray> & Record<Name, NdArray>>;
  release(): Promise<void>;
}

/** Prepares a model for inference: the exported graph, loaded. */
export async function prepare<M extends NamedModel>(
  model: M,
  types: InputTypes,
  backend: Backend,
): Promise<Runner<keyof ReturnType<M["forward"]> & string>> {
  const session = await backend.load(exportOnnx(model, types));
  const inputs = Object.entries(types).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)] as const);
  const program = new Program(session, [], 0, new Map(inputs));
  return {
    run: async (feeds) => {
      const strange = Object.keys(feeds).find((name) => !Object.hasOwn(types, name));
      if (strange !== undefined) {
        throw new ShapeError(`run: expected feeds named ${Object.keys(types).join(", ")} but found ${strange}`);
      }
      return program.run(feeds) as Promise<Record<string, NdArray> & Record<keyof ReturnType<M["forward"]>, NdArray>>;
    },
    release: () => program.release(),
  };
}
