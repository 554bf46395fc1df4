import { gradient } from "../autodiff/gradient.ts";
import type { FlatParameters } from "../nn/flat.ts";
import type { WeightedLoss } from "../nn/losses.ts";
import type { Optimizer, Segment, UpdateArguments } from "../nn/optimizers.ts";
import { traceGraph } from "../nn/trace.ts";
import { simplify } from "../onnx/simplify.ts";
import { type Batch, type GradientGraph, rowsOf, SUM, type UpdateInPieces } from "../runtime/engine.ts";
import { evaluateNode } from "../runtime/reference/index.ts";
import type { Dim } from "../tensor/dim.ts";
import { inputsOf, type Outputs, sortNodes, substitute } from "../tensor/graph.ts";
import { applyOne, input, type Tensor } from "../tensor/tensor.ts";

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

/** The vectors of a step as inputs: all of each, or pieces of any one length. */
function vectorsOf(optimizer: Optimizer, size: Dim): Omit<UpdateArguments, "segments"> {
  return {
    parameters: input("parameters", [size]),
    gradient: input(SUM.gradient, [size]).div(input(SUM.weight, [])),
    slots: Object.fromEntries(optimizer.slots.map((name) => [name, input(name, [size])])),
  };
}

function nextBuffers({ buffers: { size } }: FlatParameters): Outputs {
  if (size === 0) return {};
  const mean = input(SUM.buffers, [size]).div(input(SUM.examples, []));
  return { buffers: input("buffers", [size]).add(mean) };
}

/** The optimiser's step from summed gradients: inputs `sum.gradient`, `sum.weight`, `parameters`, the slots and the scalars.
 * Buffers take the mean of what the workers found, weighted by their examples. */
export function updateGraph(flat: FlatParameters, optimizer: Optimizer): Outputs {
  const { parameters, slots } = optimizer.update({ ...vectorsOf(optimizer, flat.size), segments: flat.segments });
  return { parameters, ...slots, ...nextBuffers(flat) };
}

/** The same step in pieces, one graph for each kind of segment. Their squares are added piece by piece, which is more exact. */
export function updateInPieces(flat: FlatParameters, optimizer: Optimizer): UpdateInPieces {
  const vectors = vectorsOf(optimizer, "size");
  const weight = input(SUM.weight, []);
  const squares = input(SUM.squares, []).div(weight.mul(weight));
  const updates = new Map<string, Outputs>();
  const updateOf = (segment: Segment): Outputs => {
    const kind = `${segment.rate} ${segment.decay}`;
    const known = updates.get(kind);
    if (known) return known;
    const { parameters, slots } = optimizer.update({ ...vectors, squares, segments: [segment] });
    const update = { parameters, ...slots };
    updates.set(kind, update);
    return update;
  };
  const runs = flat.segments.map((segment) => ({ size: segment.size, update: updateOf(segment) }));
  const needed = inputsOf(sortNodes([...updates.values()].flatMap((update) => Object.values(update))));
  const ofPiece = applyOne("ReduceSumSquare", [input(SUM.gradient, ["size"])], { keepdims: 0 });
  return { squares: needed.has(SUM.squares) ? { [SUM.squares]: ofPiece } : {}, runs, rest: nextBuffers(flat) };
}
