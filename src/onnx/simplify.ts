import { type Outputs, sortNodes } from "../tensor/graph.ts";
import { type NdArray, product } from "../tensor/nd-array.ts";
import { ATTENTIONS } from "../tensor/operators/attention.ts";
import { CONTROL_FLOW } from "../tensor/operators/control-flow.ts";
import { CONVOLUTIONS } from "../tensor/operators/convolution.ts";
import type { OperatorTable } from "../tensor/operators/index.ts";
import { RECURRENCES } from "../tensor/operators/recurrent.ts";
import { type AttributeValue, apply, type Body, constant, type Node, type Tensor } from "../tensor/tensor.ts";
import { REWRITES } from "./rewrites.ts";

/** Computes one node whose inputs are all known. */
export type Evaluate = (node: Node, inputs: readonly NdArray[]) => readonly NdArray[];

/** One rewrite makes way for another; more than this has not been seen to help. */
const MOST_PASSES = 3;

/** What costs more than its inputs and outputs are large is left to the run: in a file of a few bytes it could take any time. */
const COSTLY: OperatorTable = { ...ATTENTIONS, ...CONTROL_FLOW, ...CONVOLUTIONS, ...RECURRENCES };

/** Larger constants are left to the run: they would only make the file larger. */
const LARGEST_FOLDED = 1024;

/**
 * The same outputs from fewer nodes: constants folded, common subexpressions shared, neutral operations dropped, transposes
 * and biases fused into products. Values change by rounding only.
 *
 * @param evaluate computes nodes whose inputs are constants; without it none is folded
 */
export function simplify(outputs: Outputs, evaluate?: Evaluate): Outputs {
  const simplifier = new Simplifier(evaluate);
  let current = outputs;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const before = current;
    current = simplifier.pass(current);
    if (Object.keys(before).every((name) => current[name] === before[name])) break;
  }
  return current;
}

class Simplifier {
  readonly #evaluate: Evaluate | undefined;
  readonly #ids = new Map<Tensor, number>();
  readonly #bodies = new Map<Body, Body>();

  constructor(evaluate: Evaluate | undefined) {
    this.#evaluate = evaluate;
  }

  pass(outputs: Outputs): Outputs {
    const order = sortNodes(Object.values(outputs));
    const uses = countUses(order, outputs);
    const replaced = new Map<Tensor, Tensor>();
    const seen = new Map<string, readonly Tensor[]>();
    const now = (tensor: Tensor) => replaced.get(tensor) ?? tensor;
    for (const node of order) {
      const inputs = node.inputs.map((tensor) => tensor && now(tensor));
      const results = this.#rebuild(node, inputs, uses);
      for (const [i, output] of node.outputs.entries()) {
        const result = results[i] as Tensor;
        const final = this.#share(result, seen);
        replaced.set(output, final);
        if (final !== output) uses.set(final, Math.max(uses.get(final) ?? 0, uses.get(output) ?? 0));
      }
    }
    return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, now(tensor)]));
  }

  /** The tensor itself, or an equal one that came before. Folding gives each output of a node a constant of its own. */
  #share(tensor: Tensor, seen: Map<string, readonly Tensor[]>): Tensor {
    const key = this.#key(tensor.node);
    if (key === undefined) return tensor;
    const before = seen.get(key);
    if (before) return before[tensor.index] as Tensor;
    seen.set(key, tensor.node.outputs);
    return tensor;
  }

  /** A node with the graph inside it simplified, once. */
  #simplifyBody(node: Node): Node["attributes"] {
    const { body } = node.attributes as { body?: Body };
    if (!body) return node.attributes;
    let simpler = this.#bodies.get(body);
    if (!simpler) {
      const named = Object.fromEntries(body.outputs.map((tensor, i) => [String(i), tensor]));
      const found = simplify(named, this.#evaluate);
      simpler = { inputs: body.inputs, outputs: body.outputs.map((_, i) => found[i] as Tensor) };
      this.#bodies.set(body, simpler).set(simpler, simpler);
    }
    return simpler.outputs.every((tensor, i) => tensor === body.outputs[i])
      ? node.attributes
      : { ...node.attributes, body: simpler };
  }

  #rebuild(node: Node, inputs: readonly (Tensor | undefined)[], uses: ReadonlyMap<Tensor, number>): readonly Tensor[] {
    if (inputs.length === 0) return node.outputs;
    const folded = this.#fold(node, inputs);
    if (folded) return folded;
    const rewritten = REWRITES[node.operator]?.({
      inputs: inputs as readonly Tensor[],
      attributes: node.attributes,
      output: node.outputs[0] as Tensor,
      used: (tensor) => uses.get(tensor) ?? 0,
    });
    if (rewritten) return [rewritten];
    const attributes = this.#simplifyBody(node);
    if (attributes === node.attributes && inputs.every((tensor, i) => tensor === node.inputs[i])) return node.outputs;
    return apply(node.operator, inputs, attributes, node.outputs.length);
  }

  #fold(node: Node, inputs: readonly (Tensor | undefined)[]): Tensor[] | undefined {
    if (!this.#evaluate || node.operator === "ConstantOfShape" || Object.hasOwn(COSTLY, node.operator))
      return undefined;
    const values = inputs.map((tensor) => constantValue(tensor));
    if (values.some((value) => value === undefined || isHollow(value))) return undefined;
    const shapes = node.outputs.map(({ shape }) => shape);
    if (shapes.flat().some((dim) => typeof dim === "string")) return undefined;
    const sizes = shapes.map((shape) => product(shape as number[]));
    if (sizes.some((size) => size === 0 || size > LARGEST_FOLDED)) return undefined;
    return this.#evaluate(node, values as NdArray[]).map((value) => constant(value));
  }

  /** Equal keys mean equal values. Leaves are told apart by identity, small constants by content. */
  #key(node: Node): string | undefined {
    if (node.operator === "Constant") {
      const { data, shape, dtype } = node.attributes.value as NdArray;
      return data.length <= LARGEST_FOLDED
        ? `${dtype}[${shape}]${Array.from(data as ArrayLike<number | bigint>, numberText)}`
        : undefined;
    }
    if (node.operator === "Input") {
      const { shape, dtype } = node.outputs[0] as Tensor;
      return `Input ${node.attributes.name} ${dtype}[${shape}]`;
    }
    if (node.operator === "Dim") return `Dim ${node.attributes.symbol}`;
    if (node.inputs.length === 0 || node.attributes.body || node.attributes.pullback) return undefined;
    const inputs = node.inputs.map((tensor) => (tensor ? this.#id(tensor) : ""));
    return `${node.operator}(${inputs})${JSON.stringify(node.attributes, attributeText)}${node.outputs.length}`;
  }

  #id(tensor: Tensor): number {
    const id = this.#ids.get(tensor) ?? this.#ids.size;
    this.#ids.set(tensor, id);
    return id;
  }
}

function attributeText(_: string, value: AttributeValue): unknown {
  if (typeof value === "number") return numberText(value);
  return typeof value === "object" && "data" in value
    ? `${value.dtype}[${value.shape}]${Array.from(value.data, numberText)}`
    : value;
}

/** A number's own text: JSON knows no infinity, and a string no −0. */
function numberText(value: number | bigint): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Whether an array has no elements but may have any number of rows. */
function isHollow({ data, shape }: NdArray): boolean {
  return data.length === 0 && shape.length > 1;
}

function constantValue(tensor: Tensor | undefined): NdArray | undefined {
  return tensor?.node.operator === "Constant" ? (tensor.node.attributes.value as NdArray) : undefined;
}

function countUses(order: readonly Node[], outputs: Outputs): Map<Tensor, number> {
  const uses = new Map<Tensor, number>();
  const count = (tensor: Tensor | undefined) => tensor && uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  for (const node of order) node.inputs.forEach(count);
  Object.values(outputs).forEach(count);
  return uses;
}
