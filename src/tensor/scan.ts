import { type Dim, isUnknown } from "./dim.ts";
import { ShapeError } from "./errors.ts";
import { sortNodes, substitute } from "./graph.ts";
import { FLOATS } from "./operators/operator.ts";
import { knownDims } from "./symbolic-shape.ts";
import { apply, type Body, input, type Tensor } from "./tensor.ts";

/** Tensors by name, as a record or an interface. */
export type Named<T> = { readonly [Name in keyof T]: Tensor };

type Tensors = Readonly<Record<string, Tensor>>;

export interface ScanOptions<State extends Named<State>, Element extends Named<Element>, Output extends Named<Output>> {
  /** The first state. */
  readonly initial: State;
  /** Tensors of one length along axis 0; each step sees one element of it. */
  readonly inputs: Element;
  readonly step: (state: State, element: Element) => { readonly state: State; readonly output: Output };
  /** From the last element to the first; outputs keep the places of their elements. Default: false. */
  readonly reverse?: boolean;
}

export interface Scanned<State, Output> {
  /** The state after the last step. */
  readonly last: State;
  /** What the steps gave, stacked along a new axis 0. */
  readonly output: Output;
}

/**
 * A recurrence as one `Scan` node: `step` is written once, and runs for each element of the inputs. It may read any tensor from
 * outside. Its gradient is a second `Scan`, which computes each step anew from its state.
 *
 * @throws ShapeError when a state changes its shape or type, or the inputs differ in length
 */
export function scanNode<State extends Named<State>, Element extends Named<Element>, Output extends Named<Output>>(
  options: ScanOptions<State, Element, Output>,
): Scanned<State, Output> {
  const { step, reverse = false } = options;
  const [initial, inputs] = [options.initial as Tensors, options.inputs as Tensors];
  checkLengths(inputs);
  const states = leavesLike(initial, "state", (tensor) => tensor.shape);
  const elements = leavesLike(inputs, "element", (tensor) => tensor.shape.slice(1));
  const given = step(states as State, elements as Element) as { state: Tensors; output: Tensors };
  const stateNames = Object.keys(initial);
  const outputNames = Object.keys(given.output);
  const next = stateNames.map((name) => given.state[name] as Tensor);
  // A state that is an output as well is stacked once.
  const shared = new Map(next.map((tensor, i) => [tensor, i]));
  const ownNames = outputNames.filter((name) => !shared.has(given.output[name] as Tensor));
  const results = [...next, ...ownNames.map((name) => given.output[name] as Tensor)];
  const own = [...Object.values(states), ...Object.values(elements)];
  const { body, captured } = closeOver([...results, ...next], own);
  const count = Object.keys(inputs).length;
  const direction = (length: number) => new Array<number>(length).fill(reverse ? 1 : 0);
  const nodes = apply(
    "Scan",
    [...Object.values(initial), ...Object.values(inputs), ...captured],
    {
      body,
      num_scan_inputs: count,
      captured: captured.length,
      // The states after each step come last: the gradient starts from them. What nothing reads is left out of a program.
      kept: next.length,
      scan_input_directions: direction(count),
      scan_output_directions: direction(results.length),
    },
    body.outputs.length,
  );
  const placeOf = (name: string) => {
    const i = shared.get(given.output[name] as Tensor);
    return i === undefined ? next.length + ownNames.indexOf(name) : results.length + i;
  };
  const last = stateNames.map((name, i) => [name, nodes[i] as Tensor]);
  const output = outputNames.map((name) => [name, nodes[placeOf(name)] as Tensor]);
  return { last: Object.fromEntries(last) as State, output: Object.fromEntries(output) as Output };
}

function checkLengths(inputs: Tensors): void {
  const [first, ...rest] = Object.entries(inputs);
  if (!first) throw new ShapeError("scan: expected at least one input to scan but found none");
  for (const [name, tensor] of rest) {
    const lengths = [tensor.shape[0], first[1].shape[0]] as Dim[];
    if (lengths[0] === lengths[1] || lengths.some(isUnknown)) continue;
    throw new ShapeError(
      `scan: expected ${name} to have length ${first[1].shape[0]}, as ${first[0]} has, but found ${tensor.shape[0]}`,
    );
  }
}

let leafCount = 0;

function leavesLike(
  tensors: Tensors,
  kind: string,
  shapeOf: (tensor: Tensor) => Tensor["shape"],
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      bodyInput(`${kind}.${name}`, shapeOf(tensor), tensor.dtype),
    ]),
  );
}

/** An input of a body, of a name that no other has. */
export function bodyInput(name: string, shape: Tensor["shape"], dtype: Tensor["dtype"]): Tensor {
  return input(`scan.${leafCount++}.${name}`, shape, dtype);
}

/** Whether a tensor may stay inside a body though it does not depend on it: what shape rules read must be seen there. */
function staysInside(tensor: Tensor): boolean {
  if (tensor.node.operator === "Constant") return true;
  return !FLOATS.has(tensor.dtype) && knownDims(tensor) !== undefined && tensor.node.operator !== "Shape";
}

/** A graph over its own inputs only: what it reads from outside becomes further inputs of the body. */
export function closeOver(outputs: readonly Tensor[], own: readonly Tensor[]): { body: Body; captured: Tensor[] } {
  const inside = new Set<Tensor>(own);
  const outside = new Map<Tensor, Tensor>();
  const capture = (tensor: Tensor) => {
    if (inside.has(tensor) || outside.has(tensor) || staysInside(tensor)) return;
    outside.set(tensor, bodyInput("outer", tensor.shape, tensor.dtype));
  };
  for (const node of sortNodes(outputs)) {
    if (!node.inputs.some((tensor) => tensor && inside.has(tensor))) continue;
    for (const output of node.outputs) inside.add(output);
    for (const tensor of node.inputs) if (tensor) capture(tensor);
  }
  for (const output of outputs) capture(output);
  const named = Object.fromEntries(outputs.map((output, i) => [String(i), output]));
  const closed = substitute(named, outside);
  const body: Body = { inputs: [...own, ...outside.values()], outputs: outputs.map((_, i) => closed[i] as Tensor) };
  return { body, captured: [...outside.keys()] };
}
