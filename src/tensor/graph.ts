import { ModelError } from "./errors.ts";
import { apply, type Node, type Tensor } from "./tensor.ts";

/** Named outputs, and the leaves of any kind that they are computed from. */
export type Outputs = Readonly<Record<string, Tensor>>;

/**
 * The nodes that the outputs need, each after its inputs; without those that are said to be outside, and what only they need.
 * Iterative: graphs are thousands of nodes deep.
 */
export function sortNodes(outputs: readonly Tensor[], isOutside: (node: Node) => boolean = () => false): Node[] {
  const sorted: Node[] = [];
  const state = new Map<Node, number>();
  const stack: Node[] = [];
  for (const { node } of outputs) if (!isOutside(node)) stack.push(node);
  stack.reverse();
  while (stack.length > 0) {
    const node = stack.at(-1) as Node;
    const next = state.get(node) ?? 0;
    if (next > node.inputs.length) {
      stack.pop();
      continue;
    }
    if (next === node.inputs.length) {
      state.set(node, next + 1);
      sorted.push(node);
      stack.pop();
      continue;
    }
    state.set(node, next + 1);
    const from = node.inputs[next]?.node;
    if (from && !state.has(from) && !isOutside(from)) stack.push(from);
  }
  return sorted;
}

/**
 * The `Input` leaves of a graph, by name and in order of first use.
 *
 * @throws ModelError for a leaf of a scan's step, which has no value outside of it
 */
export function inputsOf(nodes: readonly Node[]): Map<string, Tensor> {
  const inputs = new Map<string, Tensor>();
  for (const node of nodes) {
    if (node.attributes.inner) {
      const name = node.attributes.name as string;
      throw new ModelError(`graph: expected a scan's own tensors inside it but found ${name}; return it from the step`);
    }
    if (node.operator === "Input") inputs.set(node.attributes.name as string, node.outputs[0] as Tensor);
  }
  return inputs;
}

/** The same outputs with tensors replaced by others of their shape, and everything that depends on them rebuilt. */
export function substitute(outputs: Outputs, replacements: ReadonlyMap<Tensor, Tensor>): Outputs {
  const now = new Map(replacements);
  const at = (tensor: Tensor) => now.get(tensor) ?? tensor;
  for (const node of sortNodes(Object.values(outputs))) {
    const inputs = node.inputs.map((tensor) => tensor && at(tensor));
    if (inputs.every((tensor, i) => tensor === node.inputs[i])) continue;
    const rebuilt = apply(node.operator, inputs, node.attributes, node.outputs.length);
    for (const [i, output] of node.outputs.entries()) if (!now.has(output)) now.set(output, rebuilt[i] as Tensor);
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, at(tensor)]));
}

/**
 * The same outputs with each of some tensors changed: for a tensor `t` of `changes` all that read it read `change(t′)`, where `t′`
 * is `t` computed from what the changes before it have made. (`substitute` takes its replacements as they are.)
 */
export function transform(outputs: Outputs, changes: ReadonlyMap<Tensor, (tensor: Tensor) => Tensor>): Outputs {
  const now = new Map<Tensor, Tensor>();
  const at = (tensor: Tensor) => now.get(tensor) ?? tensor;
  for (const node of sortNodes(Object.values(outputs))) {
    const inputs = node.inputs.map((tensor) => tensor && at(tensor));
    const isSame = inputs.every((tensor, i) => tensor === node.inputs[i]);
    const results = isSame ? node.outputs : apply(node.operator, inputs, node.attributes, node.outputs.length);
    for (const [i, output] of node.outputs.entries()) {
      const result = results[i] as Tensor;
      const final = changes.get(output)?.(result) ?? result;
      if (final !== output) now.set(output, final);
    }
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, at(tensor)]));
}
