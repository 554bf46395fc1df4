import { gradient } from "../autodiff/gradient.ts";
import type { FlatParameters } from "../nn/flat.ts";
import type { WeightedLoss } from "../nn/losses.ts";
import type { Module } from "../nn/module.ts";
import type { Optimizer } from "../nn/optimizers.ts";
import { traceGraph } from "../nn/trace.ts";
import { simplify } from "../onnx/simplify.ts";
import { evaluateNode } from "../runtime/reference/index.ts";
import { inputsOf, type Outputs, sortNodes, substitute } from "../tensor/graph.ts";
import type { DType, NdArray } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";

/** Shape and type of each array of a batch. */
export type BatchTypes = Readonly<Record<string, { readonly shape: readonly number[]; readonly dtype: DType }>>;

export type Batch = Readonly<Record<string, NdArray>>;

/** The loss of a batch: what `forward` of the model gives, and the batch itself as graph inputs. */
export type BatchLoss = (model: Module, batch: Readonly<Record<string, Tensor>>) => WeightedLoss;

/** Outputs of a gradient graph: sums over the batch, to be added over batches and workers and divided once. */
export interface GradientGraph {
  /** `gradient` `[size]`, `loss` `[]`, `weight` `[]`; inputs: the batch's arrays, noise, `parameters`, `frozen`. */
  readonly outputs: Outputs;
  readonly noise: ReadonlyMap<string, Tensor>;
}

/** Forward, loss and backward for batches of one shape. */
export function gradientGraph(model: Module, flat: FlatParameters, loss: BatchLoss, types: BatchTypes): GradientGraph {
  const batch = Object.fromEntries(
    Object.entries(types).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  );
  const traced = traceGraph({ training: true }, () => loss(model, batch));
  const { sum, weight } = simplify({ ...traced.result }, evaluateNode) as { sum: Tensor; weight: Tensor };
  const leaves = flat.trainable.map(({ parameter }) => parameter);
  const outputs = { gradient: flat.join(gradient(sum, leaves)), loss: sum, weight };
  return { outputs: substitute(outputs, flat.leaves().pieces), noise: traced.noise };
}

/** The optimiser's step from summed gradients: inputs `gradient`, `weight`, `parameters`, the slots and the scalars. */
export function updateGraph(flat: FlatParameters, optimizer: Optimizer): Outputs {
  const size = flat.size;
  const slots = Object.fromEntries(optimizer.slots.map((name) => [name, input(name, [size])]));
  const next = optimizer.update({
    parameters: input("parameters", [size]),
    gradient: input("gradient", [size]).div(input("weight", [])),
    slots,
    segments: flat.segments,
  });
  return { parameters: next.parameters, ...next.slots };
}

/** A whole training step as one graph: the update with the gradient graph in place of its inputs. */
export function stepGraph(gradients: GradientGraph, update: Outputs): { outputs: Outputs; next: Outputs } {
  const { gradient, loss, weight } = gradients.outputs as { gradient: Tensor; loss: Tensor; weight: Tensor };
  const names = new Map<string, Tensor>([
    ["gradient", gradient],
    ["weight", weight],
  ]);
  return { outputs: { loss, weight }, next: replaceInputs(update, names) };
}

function replaceInputs(outputs: Outputs, values: ReadonlyMap<string, Tensor>): Outputs {
  const replacements = new Map<Tensor, Tensor>();
  for (const [name, leaf] of inputsOf(sortNodes(Object.values(outputs)))) {
    const value = values.get(name);
    if (value) replacements.set(leaf, value);
  }
  return substitute(outputs, replacements);
}
