import type { Evaluate } from "../onnx/simplify.ts";
import { evaluateNode } from "../runtime/reference/index.ts";
import { formatShape } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import { type Outputs, sortNodes, transform } from "../tensor/graph.ts";
import { array } from "../tensor/nd-array.ts";
import { scanAxis, scanParts } from "../tensor/operators/control-flow.ts";
import { type Body, constant, type Node, type Tensor } from "../tensor/tensor.ts";
import { costOf, costOfStep, elements } from "./operator-cost.ts";

/** Elements of the largest tensor. */
const LARGEST = 2 ** 25;
/** Elements of all tensors together. */
const MOST_ELEMENTS = 2 ** 28;
/** What a run may take in a page, as `costOf` counts it. */
const MOST_SECONDS = 4;
/** Numbers that may be read to fold constants, and that may come of it. */
const MOST_READ = 2e7;
const MOST_FOLDED = 5e5;
/** Nodes of a graph, which take up to some ten thousandths of a second each to read and to prepare. */
export const MOST_NODES = 20_000;
/** How often the nodes inside scans may run together. */
export const MOST_RUNS = 2e5;
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

/** Operators that read no more than they give, however large the table is that they read from. */
const LOOK_UP = new Set(["Gather", "GatherElements", "GatherND", "Slice", "Shape", "Size"]);

/** Computes nodes whose inputs are known, until that has been too much. */
export function boundedEvaluate(): Evaluate {
  let read = 0;
  let folded = 0;
  return (node, inputs) => {
    if (!LOOK_UP.has(node.operator)) read += inputs.reduce((sum, { data }) => sum + data.length, 0);
    within("numbers to fold", read, MOST_READ);
    folded += node.outputs.reduce((sum, output) => sum + elements(output), 0);
    within("numbers that are folded", folded, MOST_FOLDED);
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
  const used = { elements: 0, seconds: 0 };
  count(sortNodes(Object.values(outputs)), 1, used);
}

function count(nodes: readonly Node[], times: number, used: { elements: number; seconds: number }): void {
  for (const node of nodes) {
    const sizes = node.outputs.map((output) => sizeOf(output, node));
    used.elements += sizes.reduce((sum, size) => sum + size, 0);
    used.seconds += times * costOf(node) * 1e-9;
    within("elements in all its tensors", used.elements, MOST_ELEMENTS);
    within("seconds of computing", used.seconds, MOST_SECONDS);
    const { body } = node.attributes as { body?: Body };
    if (!body) continue;
    const runs = times * stepsOf(node);
    count(sortNodes(body.outputs), runs, used);
    used.seconds += runs * costOfStep(body) * 1e-9;
    within("seconds of computing", used.seconds, MOST_SECONDS);
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

/** How often the body of a node runs. */
function stepsOf(node: Node): number {
  const { scanned } = scanParts(node.inputs as readonly Tensor[], node.attributes);
  const [first] = scanned as readonly [Tensor];
  return (first.shape.at(scanAxis(node.attributes, "scan_input_axes", 0, first.rank)) ?? 1) as number;
}
