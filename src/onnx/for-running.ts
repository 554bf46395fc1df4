import { type Outputs, sortNodes } from "../tensor/graph.ts";
import { scanParts } from "../tensor/operators/control-flow.ts";
import { apply, type Body, type Node, type Tensor } from "../tensor/tensor.ts";

/** What of a `Scan` is needed: indices of its body's outputs and inputs, in order. */
interface Kept {
  readonly outputs: readonly number[];
  readonly inputs: readonly number[];
}

/** A state that feeds itself only, a stack that nothing reads, and what only they need are left out. */
function keptOf(node: Node, used: ReadonlySet<Tensor>): Kept {
  const body = node.attributes.body as Body;
  const { states, scanned } = scanParts(body.inputs, node.attributes);
  const live = new Set(node.outputs.flatMap((output, i) => (used.has(output) ? [i] : [])));
  const stateOf = new Map(states.map((leaf, i) => [leaf.node, i]));
  const reached = new Set<Node>();
  const pending = [...live].map((i) => body.outputs[i]?.node);
  for (let at = pending.pop(); at; at = pending.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    for (const input of inputsRead(at)) if (input) pending.push(input.node);
    const state = stateOf.get(at);
    if (state === undefined) continue;
    live.add(state);
    pending.push(body.outputs[state]?.node);
  }
  const isScanned = (i: number) => i >= states.length && i < states.length + scanned.length;
  const isNeeded = (leaf: Tensor, i: number) => (i < states.length ? live.has(i) : reached.has(leaf.node));
  const needed = body.inputs.flatMap((leaf, i) => (isNeeded(leaf, i) ? [i] : []));
  // Something must say how many steps there are.
  const inputs = needed.some(isScanned) ? needed : [...needed, states.length].sort((a, b) => a - b);
  return { outputs: [...live].sort((a, b) => a - b), inputs };
}

function pruned(node: Node, kept: Kept, inputs: readonly Tensor[]): Tensor[] {
  const { attributes } = node;
  const body = attributes.body as Body;
  const { states, scanned } = scanParts(body.inputs, attributes);
  const scans = kept.inputs.filter((i) => i >= states.length && i < states.length + scanned.length);
  const stacks = kept.outputs.filter((i) => i >= states.length);
  const some = (name: string, of: readonly number[]) => {
    const all = attributes[name] as readonly number[] | undefined;
    return all && all.length > 0 ? { [name]: of.map((i) => all[i - states.length] as number) } : {};
  };
  const results = forRunning(
    Object.fromEntries(kept.outputs.map((i, place) => [String(place), body.outputs[i] as Tensor])),
  );
  return apply(
    node.operator,
    inputs,
    {
      ...attributes,
      body: {
        inputs: kept.inputs.map((i) => body.inputs[i] as Tensor),
        outputs: kept.outputs.map((_, place) => results[place] as Tensor),
      },
      num_scan_inputs: scans.length,
      captured: kept.inputs.filter((i) => i >= states.length + scanned.length).length,
      kept: 0,
      ...some("scan_input_axes", scans),
      ...some("scan_input_directions", scans),
      ...some("scan_output_axes", stacks),
      ...some("scan_output_directions", stacks),
    },
    kept.outputs.length,
  );
}

/** Whether a node only tells the gradient what to do. */
function isMark({ operator, attributes }: Node): boolean {
  return operator === "Identity" && Boolean(attributes.stopGradient || attributes.pullback);
}

/** What a node needs to be run: of a mark only what it hands on. */
function inputsRead(node: Node): Node["inputs"] {
  return isMark(node) ? node.inputs.slice(0, 1) : node.inputs;
}

/**
 * The same outputs for a graph that is not differentiated any more: without what tells the gradient what to do, and without what
 * scans compute for nothing.
 */
export function forRunning(outputs: Outputs): Outputs {
  const order = sortNodes(Object.values(outputs));
  if (!order.some((node) => node.operator === "Scan" || isMark(node))) return outputs;
  const used = new Set(Object.values(outputs));
  const kept = new Map<Node, Kept>();
  for (const node of [...order].reverse()) {
    if (!node.outputs.some((output) => used.has(output))) continue;
    const needs = node.operator === "Scan" ? keptOf(node, used) : undefined;
    if (needs) kept.set(node, needs);
    const read = needs ? needs.inputs.map((i) => node.inputs[i]) : inputsRead(node);
    for (const tensor of read) if (tensor) used.add(tensor);
  }
  return rebuilt(outputs, { order, used, kept });
}

interface Plan {
  readonly order: readonly Node[];
  readonly used: ReadonlySet<Tensor>;
  readonly kept: ReadonlyMap<Node, Kept>;
}

function rebuilt(outputs: Outputs, { order, used, kept }: Plan): Outputs {
  const now = new Map<Tensor, Tensor>();
  const at = (tensor: Tensor) => now.get(tensor) ?? tensor;
  for (const node of order) {
    if (node.inputs.length === 0 || !node.outputs.some((output) => used.has(output))) continue;
    const needs = kept.get(node);
    const inputs = node.inputs.map((tensor) => tensor && at(tensor));
    if (isMark(node)) now.set(node.outputs[0] as Tensor, inputs[0] as Tensor);
    else if (needs) {
      const results = pruned(
        node,
        needs,
        needs.inputs.map((i) => inputs[i] as Tensor),
      );
      for (const [place, i] of needs.outputs.entries()) now.set(node.outputs[i] as Tensor, results[place] as Tensor);
    } else if (inputs.some((tensor, i) => tensor !== node.inputs[i])) {
      const results = apply(node.operator, inputs, node.attributes, node.outputs.length);
      for (const [i, output] of node.outputs.entries()) now.set(output, results[i] as Tensor);
    }
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, at(tensor)]));
}
