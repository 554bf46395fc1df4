import type { Evaluate } from "../onnx/simplify.ts";
import { evaluateNode } from "../runtime/reference/index.ts";
import { formatShape } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import { type Outputs, sortNodes, transform } from "../tensor/graph.ts";
import { array } from "../tensor/nd-array.ts";
import { scanAxis, scanParts } from "../tensor/operators/control-flow.ts";
import { type Body, constant, type Node, type Tensor } from "../tensor/tensor.ts";

/** Elements of the largest tensor. */
const LARGEST = 2 ** 25;
/** Elements of all tensors together. */
const MOST_ELEMENTS = 2 ** 28;
/** Multiplications and additions, counted roughly: some seconds in a page. */
const MOST_WORK = 4e9;
/** Numbers that may be read to fold constants. */
const MOST_FOLDED = 1e8;
/** How often dimensions that were found out may lead to others. */
const MOST_PASSES = 16;

/**
 * The same outputs of a graph whose inputs have sizes, with shapes that follow from these as constants, so that every dimension
 * that can be known is known.
 *
 * @param simplified folds constants
 */
export function withKnownShapes(outputs: Outputs, simplified: (outputs: Outputs) => Outputs): Outputs {
  let current = simplified(outputs);
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const shapes = sortNodes(Object.values(current)).flatMap((node): [Tensor, () => Tensor][] => {
      const known = node.operator === "Shape" ? shapeOf(node) : undefined;
      return known ? [[node.outputs[0] as Tensor, () => constant(array(known, [known.length], "int64"))]] : [];
    });
    if (shapes.length === 0) break;
    current = simplified(transform(current, new Map(shapes)));
  }
  return current;
}

/** Computes nodes whose inputs are known, until it has read too many numbers. */
export function boundedEvaluate(): Evaluate {
  let read = 0;
  return (node, inputs) => {
    read += inputs.reduce((sum, { data }) => sum + data.length, 0);
    within("numbers to fold", read, MOST_FOLDED);
    return evaluateNode(node, inputs);
  };
}

function shapeOf({ inputs: [tensor], attributes }: Node): number[] | undefined {
  const { start = 0, end } = attributes as { start?: number; end?: number };
  const dims = (tensor as Tensor).shape.slice(start, end);
  return dims.every((dim) => typeof dim === "number") ? (dims as number[]) : undefined;
}

/**
 * Makes sure that a graph from a stranger can be run: a file of a few bytes could ask for any amount of memory and time.
 *
 * @throws ModelError for one that takes too much, and for tensors whose sizes only a run can tell
 */
export function checkWork(outputs: Outputs): void {
  const used = { elements: 0, work: 0 };
  count(sortNodes(Object.values(outputs)), 1, used);
}

function count(nodes: readonly Node[], times: number, used: { elements: number; work: number }): void {
  for (const node of nodes) {
    const sizes = node.outputs.map((output) => sizeOf(output, node));
    used.elements += sizes.reduce((sum, size) => sum + size, 0);
    used.work += times * workOf(node, sizes);
    within("elements in all its tensors", used.elements, MOST_ELEMENTS);
    within("operations", used.work, MOST_WORK);
    const { body } = node.attributes as { body?: Body };
    if (body) count(sortNodes(body.outputs), times * stepsOf(node), used);
  }
}

function within(what: string, found: number, limit: number): void {
  if (found <= limit) return;
  throw new ModelError(
    `graph: expected at most ${limit.toLocaleString("en")} ${what} but found more; choose smaller sizes`,
  );
}

function sizeOf({ shape }: Tensor, { operator }: Node): number {
  const open = shape.find((dim) => typeof dim === "string");
  if (open !== undefined) {
    throw new ModelError(
      `graph: expected sizes that follow from those of the inputs but found ${operator} give ${formatShape(shape).slice(0, 99)}`,
    );
  }
  const size = (shape as readonly number[]).reduce((total, dim) => total * dim, 1);
  within(`elements in what ${operator} gives`, size, LARGEST);
  return size;
}

const elements = (tensor: Tensor | undefined) =>
  tensor ? (tensor.shape as readonly number[]).reduce((total, dim) => total * dim, 1) : 0;
const dim = (tensor: Tensor | undefined, axis: number) => (tensor?.shape.at(axis) ?? 1) as number;

/** Operators whose work is more than their inputs and outputs are large, or less. */
const WORK: Readonly<Record<string, (node: Node, size: number) => number>> = {
  MatMul: ({ inputs: [a] }, size) => size * dim(a, -1),
  FusedMatMul: ({ inputs: [a] }, size) => size * Math.max(dim(a, -1), dim(a, -2)),
  Gemm: ({ inputs: [a] }, size) => size * Math.max(dim(a, -1), dim(a, -2)),
  Conv: ({ inputs: [, w] }, size) => (size * elements(w)) / Math.max(1, dim(w, 0)),
  LSTM: recurrence,
  GRU: recurrence,
  RNN: recurrence,
  Attention: ({ inputs: [q, k, , , past] }, size) => (elements(q) + size) * (dim(k, -2) + (past ? dim(past, -2) : 0)),
  LinearAttention: ({ inputs: [q, k, v] }, size) =>
    (elements(q) + elements(k) + size) * Math.max(dim(k, -1), dim(v, -1)),
  TopK: ({ inputs: [x] }) => 32 * elements(x),
  Gather: (_, size) => size,
  GatherElements: (_, size) => size,
  GatherND: (_, size) => size,
};

function recurrence({ inputs: [x, w, r] }: Node): number {
  return dim(x, 0) * dim(x, 1) * (elements(w) + elements(r));
}

function workOf(node: Node, sizes: readonly number[]): number {
  const size = sizes.reduce((sum, one) => sum + one, 0);
  const own = Object.hasOwn(WORK, node.operator) ? WORK[node.operator]?.(node, size) : undefined;
  return (
    own ??
    Math.max(
      size,
      node.inputs.reduce((sum, tensor) => sum + elements(tensor), 0),
    )
  );
}

/** How often the body of a node runs. */
function stepsOf(node: Node): number {
  const { scanned } = scanParts(node.inputs as readonly Tensor[], node.attributes);
  const [first] = scanned as readonly [Tensor];
  return dim(first, scanAxis(node.attributes, "scan_input_axes", 0, first.rank));
}
