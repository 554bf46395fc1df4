import type { Dim } from "../tensor/dim.ts";
import { type Outputs, sortNodes } from "../tensor/graph.ts";
import { apply, applyOne, type Body, type Node, type Tensor } from "../tensor/tensor.ts";

/** Operators that may be applied to some of their inputs first, and then to what that gives. */
const GROUPED: ReadonlySet<string> = new Set(["Concat", "Sum", "Max", "Min"]);

/** Consecutive parts, as few as can be and at most `most` in number where `items` are at most `most` squared. */
function parts<T>(items: readonly T[], most: number): T[][] {
  const size = Math.max(most, Math.ceil(items.length / most));
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function gather(node: Node, inputs: readonly Tensor[], most: number): Tensor {
  if (inputs.length <= most) return applyOne(node.operator, inputs, node.attributes);
  const gathered = parts(inputs, most).map((part) =>
    part.length === 1 ? (part[0] as Tensor) : gather(node, part, most),
  );
  return gather(node, gathered, most);
}

function scatter(source: Tensor, { sizes, axis }: { sizes: readonly number[]; axis: number }, most: number): Tensor[] {
  if (sizes.length <= most) return source.split(sizes, axis);
  const groups = parts(sizes, most);
  const totals = groups.map((group) => group.reduce((total, size) => total + size));
  return source.split(totals, axis).flatMap((piece, i) => {
    const group = groups[i] as number[];
    return group.length === 1 ? [piece] : scatter(piece, { sizes: group, axis }, most);
  });
}

/** The outputs of a node from these inputs, no node of it wider than `most`; undefined: it may stay as it is. */
function narrowed(node: Node, inputs: Node["inputs"], most: number): readonly Tensor[] | undefined {
  const { operator, attributes } = node;
  if (GROUPED.has(operator) && inputs.length > most) return [gather(node, inputs as Tensor[], most)];
  if (operator === "Split" && node.outputs.length > most) {
    const axis = attributes.axis as number;
    const sizes = node.outputs.map(({ shape }) => shape.at(axis) as Dim);
    if (sizes.every((size) => typeof size === "number")) return scatter(inputs[0] as Tensor, { sizes, axis }, most);
  }
  return undefined;
}

function narrowBody(node: Node, most: number): Node["attributes"] {
  const { body } = node.attributes as { body?: Body };
  if (!body) return node.attributes;
  const named = Object.fromEntries(body.outputs.map((output, i) => [String(i), output]));
  const outputs = narrow(named, most);
  if (body.outputs.every((output, i) => outputs[i] === output)) return node.attributes;
  return {
    ...node.attributes,
    body: { inputs: body.inputs, outputs: body.outputs.map((_, i) => outputs[i] as Tensor) },
  };
}

/**
 * The same outputs from nodes of at most `most` tensors in, or out: where an operator takes any number of inputs or gives any
 * number of outputs, a tree of it stands for a wide one. A WebGPU shader can bind some eight arrays only. Values change by
 * rounding only.
 */
export function narrow(outputs: Outputs, most: number): Outputs {
  const now = new Map<Tensor, Tensor>();
  const at = (tensor: Tensor) => now.get(tensor) ?? tensor;
  for (const node of sortNodes(Object.values(outputs))) {
    if (node.inputs.length === 0) continue;
    const inputs = node.inputs.map((tensor) => tensor && at(tensor));
    const attributes = narrowBody(node, most);
    const isChanged = attributes !== node.attributes || inputs.some((tensor, i) => tensor !== node.inputs[i]);
    const results =
      narrowed(node, inputs, most) ??
      (isChanged ? apply(node.operator, inputs, attributes, node.outputs.length) : node.outputs);
    for (const [i, output] of node.outputs.entries()) now.set(output, results[i] as Tensor);
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, at(tensor)]));
}
