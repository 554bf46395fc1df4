import { inputsOf, type Outputs, sortNodes, substitute } from "../tensor/graph.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { GradientGraph } from "./engine.ts";

/** A whole training step as one graph: the update with the gradient graph in place of its inputs. */
export function stepGraph({ outputs }: GradientGraph, update: Outputs): { outputs: Outputs; next: Outputs } {
  const { gradient, loss, weight } = outputs as { gradient: Tensor; loss: Tensor; weight: Tensor };
  const replacements = new Map<Tensor, Tensor>();
  const inputs = inputsOf(sortNodes(Object.values(update)));
  for (const [name, value] of [
    ["gradient", gradient],
    ["weight", weight],
  ] as const) {
    const leaf = inputs.get(name);
    if (leaf) replacements.set(leaf, value);
  }
  return { outputs: { loss, weight }, next: substitute(update, replacements) };
}
