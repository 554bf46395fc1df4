import { inputsOf, type Outputs, sortNodes, substitute } from "../tensor/graph.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type GradientGraph, SUM } from "./engine.ts";

/** A whole training step as one graph: the update with the gradient graph in place of its inputs. */
export function stepGraph({ outputs }: GradientGraph, update: Outputs): { outputs: Outputs; next: Outputs } {
  const replacements = new Map<Tensor, Tensor>();
  const inputs = inputsOf(sortNodes(Object.values(update)));
  for (const name of [SUM.gradient, SUM.buffers, SUM.weight]) {
    const leaf = inputs.get(name);
    if (leaf) replacements.set(leaf, outputs[name] as Tensor);
  }
  const { [SUM.loss]: loss, [SUM.weight]: weight } = outputs as Record<string, Tensor>;
  return {
    outputs: { [SUM.loss]: loss as Tensor, [SUM.weight]: weight as Tensor },
    next: substitute(update, replacements),
  };
}
