import { gradient } from "../autodiff/gradient.ts";
import type { FlatParameters } from "../nn/flat.ts";
import type { WeightedLoss } from "../nn/losses.ts";
import type { Optimizer } from "../nn/optimizers.ts";
import { traceGraph } from "../nn/trace.ts";
import { simplify } from "../onnx/simplify.ts";
import { type Batch, type GradientGraph, SUM } from "../runtime/engine.ts";
import { evaluateNode } from "../runtime/reference/index.ts";
import { type Outputs, substitute } from "../tensor/graph.ts";
import { input, type Tensor } from "../tensor/tensor.ts";

/** The loss of a batch, which `build` is given as graph inputs. */
export type BatchLoss = (batch: Readonly<Record<string, Tensor>>) => WeightedLoss;

/** Forward, loss and backward for batches of one shape. */
export function gradientGraph(flat: FlatParameters, loss: BatchLoss, like: Batch): GradientGraph {
  const batch = Object.fromEntries(
    Object.entries(like).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  );
  const traced = traceGraph({ training: true }, () => loss(batch));
  const { sum, weight } = simplify({ ...traced.result }, evaluateNode) as { sum: Tensor; weight: Tensor };
  const leaves = flat.trainable.map(({ parameter }) => parameter);
  const outputs = { [SUM.gradient]: flat.join(gradient(sum, leaves)), [SUM.loss]: sum, [SUM.weight]: weight };
  return { outputs: substitute(outputs, flat.leaves().pieces), noise: traced.noise };
}

/** The optimiser's step from summed gradients: inputs `sum.gradient`, `sum.weight`, `parameters`, the slots and the scalars. */
export function updateGraph(flat: FlatParameters, optimizer: Optimizer): Outputs {
  const size = flat.size;
  const slots = Object.fromEntries(optimizer.slots.map((name) => [name, input(name, [size])]));
  const next = optimizer.update({
    parameters: input("parameters", [size]),
    gradient: input(SUM.gradient, [size]).div(input(SUM.weight, [])),
    slots,
    segments: flat.segments,
  });
  return { parameters: next.parameters, ...next.slots };
}
