import { gradient } from "../autodiff/gradient.ts";
import type { FlatParameters } from "../nn/flat.ts";
import type { WeightedLoss } from "../nn/losses.ts";
import type { Optimizer } from "../nn/optimizers.ts";
import { traceGraph } from "../nn/trace.ts";
import { simplify } from "../onnx/simplify.ts";
import { type Batch, type GradientGraph, rowsOf, SUM } from "../runtime/engine.ts";
import { evaluateNode } from "../runtime/reference/index.ts";
import { type Outputs, substitute } from "../tensor/graph.ts";
import { input, type Tensor } from "../tensor/tensor.ts";

/** The loss of a batch, which `build` is given as graph inputs. */
export type BatchLoss = (batch: Readonly<Record<string, Tensor>>) => WeightedLoss;

/** Forward, loss and backward, and new values of buffers, for batches of one shape. */
export function gradientGraph(flat: FlatParameters, lossOf: BatchLoss, like: Batch): GradientGraph {
  const batch = Object.fromEntries(
    Object.entries(like).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  );
  const traced = traceGraph({ training: true }, () => lossOf(batch));
  const updated = flat.buffers.slots.map(({ name, leaf }) => [name, traced.updates.get(leaf) ?? leaf] as const);
  const { result } = traced;
  const forward = { ...Object.fromEntries(updated), [SUM.loss]: result.sum, [SUM.weight]: result.weight };
  const known = simplify(forward, evaluateNode);
  const { [SUM.loss]: loss, [SUM.weight]: weight } = known as Record<string, Tensor>;
  const leaves = flat.trainable.slots.map(({ leaf }) => leaf);
  const outputs: Record<string, Tensor> = {
    [SUM.gradient]: flat.trainable.join(gradient(loss as Tensor, leaves)),
    [SUM.loss]: loss as Tensor,
    [SUM.weight]: weight as Tensor,
  };
  if (updated.length > 0) {
    const buffers = flat.buffers.join(updated.map(([name]) => known[name] as Tensor));
    const before = flat.buffers.join(flat.buffers.slots.map(({ leaf }) => leaf));
    outputs[SUM.buffers] = buffers.sub(before).mul(rowsOf(like));
  }
  return { outputs: substitute(outputs, flat.pieces()), noise: traced.noise };
}

/** The optimiser's step from summed gradients: inputs `sum.gradient`, `sum.weight`, `parameters`, the slots and the scalars.
 * Buffers take the mean of what the workers found, weighted by their examples. */
export function updateGraph(flat: FlatParameters, optimizer: Optimizer): Outputs {
  const size = flat.size;
  const slots = Object.fromEntries(optimizer.slots.map((name) => [name, input(name, [size])]));
  const weight = input(SUM.weight, []);
  const next = optimizer.update({
    parameters: input("parameters", [size]),
    gradient: input(SUM.gradient, [size]).div(weight),
    slots,
    segments: flat.segments,
  });
  const { size: bufferSize } = flat.buffers;
  const moved = () => input("buffers", [bufferSize]).add(input(SUM.buffers, [bufferSize]).div(input(SUM.examples, [])));
  const buffers: Outputs = bufferSize > 0 ? { buffers: moved() } : {};
  return { parameters: next.parameters, ...next.slots, ...buffers };
}
