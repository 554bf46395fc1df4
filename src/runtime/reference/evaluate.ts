import { sortNodes } from "../../tensor/graph.ts";
import {
  type Body,
  type Dim,
  formatShape,
  isUnknown,
  ModelError,
  type NdArray,
  type Node,
  ShapeError,
  type Tensor,
} from "../../tensor/index.ts";
import { FLOATS } from "../../tensor/operators/operator.ts";
import { KERNELS } from "./kernels.ts";
import { toNdArray, toValue, type Value } from "./value.ts";

/** Concrete values for leaves: by tensor (`Input`, `Parameter`, `Buffer`), or by the name of an `Input`. */
export type Feeds = ReadonlyMap<Tensor, NdArray> | Readonly<Record<string, NdArray>>;

type Symbols = Map<Dim, number>;

function run(
  node: Pick<Node, "operator" | "attributes" | "outputs">,
  inputs: readonly (Value | undefined)[],
  symbols: Symbols = new Map(),
): Value[] {
  const kernel = Object.hasOwn(KERNELS, node.operator) ? KERNELS[node.operator] : undefined;
  if (!kernel) throw new ModelError(`evaluate: expected an operator of the table but found ${node.operator}`);
  return kernel(inputs, node.attributes, node.outputs.length, (body, values) => runBody(body, values, symbols));
}

const bodyNodes = new WeakMap<Body, readonly Node[]>();

/** The outputs of a body for values of its inputs; dimensions are those of the graph around it. */
function runBody(body: Body, values: readonly Value[], symbols: Symbols): Value[] {
  const { inputs, outputs } = body;
  const nodes = bodyNodes.get(body) ?? sortNodes(outputs);
  bodyNodes.set(body, nodes);
  const state = new Run(symbols);
  for (const [i, tensor] of inputs.entries()) state.set(tensor, values[i] as Value);
  for (const node of nodes) state.compute(node);
  return outputs.map((tensor) => state.value(tensor));
}

/** Feeds by tensor, whichever way they are given. */
function* fedLeaves(nodes: readonly Node[], feeds: Feeds): Iterable<readonly [Tensor, NdArray]> {
  if (feeds instanceof Map) return yield* feeds as ReadonlyMap<Tensor, NdArray>;
  for (const { operator, attributes, outputs } of nodes) {
    const value = operator === "Input" ? (feeds as Record<string, NdArray>)[attributes.name as string] : undefined;
    if (value) yield [outputs[0] as Tensor, value];
  }
}

/** What is known of a run: fed leaves, and the symbols of their shapes. */
class Run {
  readonly #values = new Map<Tensor, Value>();
  readonly #symbols: Symbols;

  constructor(symbols: Symbols = new Map()) {
    this.#symbols = new Map(symbols);
  }

  /** @throws ShapeError for a value that is not of the leaf's type and shape */
  feed(tensor: Tensor, value: NdArray): void {
    const { shape, dtype } = tensor;
    const sameKind = value.dtype === dtype || (FLOATS.has(dtype) && FLOATS.has(value.dtype));
    const fits =
      shape.length === value.shape.length &&
      shape.every((dim, axis) => {
        const found = value.shape[axis] as number;
        if (typeof dim === "number") return dim === found;
        if (!this.#symbols.has(dim)) this.#symbols.set(dim, found);
        return isUnknown(dim) || this.#symbols.get(dim) === found;
      });
    if (!sameKind || !fits) {
      throw new ShapeError(
        `evaluate: expected ${nameOf(tensor.node)} to be ${dtype} ${formatShape(shape)} ` +
          `but found ${value.dtype} ${formatShape(value.shape)}`,
      );
    }
    this.#values.set(tensor, { ...toValue(value), dtype });
  }

  set(tensor: Tensor, value: Value): void {
    this.#values.set(tensor, value);
  }

  compute(node: Node): void {
    const first = node.outputs[0] as Tensor;
    if (this.#values.has(first)) return;
    if (node.operator === "Dim") {
      this.#values.set(first, { data: Float64Array.of(this.#size(node)), shape: [1], dtype: "int64" });
      return;
    }
    if (!Object.hasOwn(KERNELS, node.operator)) {
      const mend = node.attributes.inner ? "return it from the scan's step" : "add it to the feeds";
      throw new ModelError(`evaluate: expected a value for ${nameOf(node)} but found none; ${mend}`);
    }
    const results = run(
      node,
      node.inputs.map((input) => input && this.value(input)),
      this.#symbols,
    );
    for (const [index, tensor] of node.outputs.entries()) this.#values.set(tensor, results[index] as Value);
  }

  #size({ attributes }: Node): number {
    const found = this.#symbols.get(attributes.symbol as string);
    if (found === undefined) {
      throw new ModelError(`evaluate: expected a fed input with the dimension ${attributes.symbol} but found none`);
    }
    return found;
  }

  value(tensor: Tensor): Value {
    return this.#values.get(tensor) as Value;
  }
}

function nameOf({ operator, attributes }: Node): string {
  return attributes.name === undefined ? operator : `${operator} ${attributes.name}`;
}

/**
 * Computes a graph in float64, node by node, in plain TypeScript.
 *
 * @param outputs the tensors that are wanted, by name
 * @param feeds values of the leaves; floats of any type, `float64` to keep their precision
 * @returns floats as `float64`, whatever their type in the graph; integers and `bool` in their own type
 * @throws ModelError for a leaf without a value; ShapeError for a value that is not of the leaf's type and shape
 */
export function evaluate(outputs: Readonly<Record<string, Tensor>>, feeds: Feeds): Record<string, NdArray> {
  const nodes = sortNodes(Object.values(outputs));
  const state = new Run();
  for (const [tensor, value] of fedLeaves(nodes, feeds)) state.feed(tensor, value);
  for (const node of nodes) state.compute(node);
  const results = Object.entries(outputs).map(([name, tensor]): [string, NdArray] => {
    const value = state.value(tensor);
    return [name, toNdArray(value, FLOATS.has(value.dtype) ? "float64" : value.dtype)];
  });
  return Object.fromEntries(results);
}

/**
 * Computes one node from concrete inputs. Outputs have the types that the operator gives them; `float32` results are those of
 * float64 arithmetic, rounded once.
 */
export function evaluateNode(
  node: Pick<Node, "operator" | "attributes" | "outputs">,
  inputs: readonly (NdArray | undefined)[],
): NdArray[] {
  const results = run(
    node,
    inputs.map((input) => input && toValue(input)),
  );
  return results.slice(0, node.outputs.length).map((value) => toNdArray(value));
}
