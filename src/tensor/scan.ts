import { type Dim, formatShape, isUnknown } from "./dim.ts";
import { ShapeError } from "./errors.ts";
import { sortNodes } from "./graph.ts";
import { agrees } from "./operators/control-flow.ts";
import { knownDims, shapeTensor } from "./symbolic-shape.ts";
import { apply, type Body, leaf, type Node, type Tensor } from "./tensor.ts";

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
 * @param added further inputs, which `step` adds as it is called: the leaf that it reads of each, and the whole
 * @throws ShapeError when there is no step, a state is left out or changes its shape or type, or the inputs differ in length
 */
export function scanNode<State extends Named<State>, Element extends Named<Element>, Output extends Named<Output>>(
  options: ScanOptions<State, Element, Output>,
  added: ReadonlyMap<Tensor, Tensor> = new Map(),
): Scanned<State, Output> {
  const { step, reverse = false } = options;
  const [initial, inputs] = [options.initial as Tensors, options.inputs as Tensors];
  stepsOf(inputs);
  const states = leavesLike(initial, "state", (tensor) => tensor.shape);
  const elements = leavesLike(inputs, "element", (tensor) => tensor.shape.slice(1));
  const given = step(states as State, elements as Element) as { state: Tensors; output: Tensors };
  checkStates(initial, given.state);
  const stateNames = Object.keys(initial);
  const outputNames = Object.keys(given.output);
  const next = stateNames.map((name) => given.state[name] as Tensor);
  // A state that is an output as well is stacked once.
  const shared = new Map(next.map((tensor, i) => [tensor, i]));
  const ownNames = outputNames.filter((name) => !shared.has(given.output[name] as Tensor));
  const results = [...next, ...ownNames.map((name) => given.output[name] as Tensor)];
  const scanned = [...Object.values(inputs), ...added.values()];
  const own = [...Object.values(states), ...Object.values(elements), ...added.keys()];
  const { body, captured } = closeOver([...results, ...next], own);
  const direction = (length: number) => new Array<number>(length).fill(reverse ? 1 : 0);
  const nodes = apply(
    "Scan",
    [...Object.values(initial), ...scanned, ...captured],
    {
      body,
      num_scan_inputs: scanned.length,
      captured: captured.length,
      // The states after each step come last: the gradient starts from them. What nothing reads is left out of a program.
      kept: next.length,
      scan_input_directions: direction(scanned.length),
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

/** How many steps a scan over these inputs has. @throws ShapeError for none, and where they differ */
export function stepsOf(inputs: Tensors): Dim {
  const [first, ...rest] = Object.entries(inputs);
  if (!first) throw new ShapeError("scan: expected at least one input to scan but found none");
  const scalar = [first, ...rest].find(([, { rank }]) => rank === 0);
  if (scalar) throw new ShapeError(`scan: expected ${scalar[0]} to have an axis to scan but found shape []`);
  const steps = first[1].shape[0] as Dim;
  if (steps === 0) throw new ShapeError(`scan: expected ${first[0]} to have at least one element but found none`);
  for (const [name, tensor] of rest) {
    const length = tensor.shape[0] as Dim;
    if (length === steps || isUnknown(length) || isUnknown(steps)) continue;
    throw new ShapeError(`scan: expected ${name} to have length ${steps}, as ${first[0]} has, but found ${length}`);
  }
  return steps;
}

/** @throws ShapeError unless a step hands every state on, of its shape and type */
export function checkStates(before: Tensors, after: Tensors): void {
  for (const [name, { shape, dtype }] of Object.entries(before)) {
    const next = after[name];
    if (next && agrees(next.shape, shape) && next.dtype === dtype) continue;
    const found = next ? `${next.dtype} ${formatShape(next.shape)}` : "none";
    throw new ShapeError(
      `scan: expected the step to hand on the state ${name} as ${dtype} ${formatShape(shape)} but found ${found}`,
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

/** An input of a body, of a name that no other has; `inner`, for it has no value outside. */
export function bodyInput(name: string, shape: Tensor["shape"], dtype: Tensor["dtype"]): Tensor {
  return leaf("Input", { name: `scan.${leafCount++}.${name}`, inner: 1 }, { shape, dtype });
}

/** A tensor from outside as a body has it for itself, where shape rules must see what it holds; else undefined. */
function localOf(tensor: Tensor): Tensor | undefined {
  const { node, rank, dtype } = tensor;
  if (node.operator === "Constant" || node.operator === "Dim") return tensor;
  const dims = rank < 2 && (dtype === "int32" || dtype === "int64") ? knownDims(tensor) : undefined;
  if (!dims || dims.some(isUnknown)) return undefined;
  const vector = shapeTensor(dims).cast(dtype);
  return rank === 0 ? vector.squeeze(0) : vector;
}

/**
 * A graph over its own inputs only: what it reads from outside becomes further inputs of the body.
 *
 * @param isOutside nodes that cannot depend on the body's inputs, where they are known: the search ends there
 */
export function closeOver(
  outputs: readonly Tensor[],
  own: readonly Tensor[],
  isOutside?: (node: Node) => boolean,
): { body: Body; captured: Tensor[] } {
  const inside = new Set<Tensor>(own);
  const captured = new Map<Tensor, Tensor>();
  const now = new Map<Tensor, Tensor>();
  const at = (tensor: Tensor): Tensor => {
    const known = now.get(tensor) ?? (inside.has(tensor) ? tensor : localOf(tensor));
    const found = known ?? bodyInput("outer", tensor.shape, tensor.dtype);
    if (!known) captured.set(tensor, found);
    now.set(tensor, found);
    return found;
  };
  for (const node of sortNodes(outputs, isOutside)) {
    if (!node.inputs.some((tensor) => tensor && inside.has(tensor))) continue;
    const inputs = node.inputs.map((tensor) => tensor && at(tensor));
    const isSame = inputs.every((tensor, i) => tensor === node.inputs[i]);
    const results = isSame ? node.outputs : apply(node.operator, inputs, node.attributes, node.outputs.length);
    for (const [i, output] of node.outputs.entries()) {
      inside.add(output);
      now.set(output, results[i] as Tensor);
    }
  }
  const results = outputs.map(at);
  return { body: { inputs: [...own, ...captured.values()], outputs: results }, captured: [...captured.keys()] };
}
