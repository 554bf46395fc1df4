// Above 250 lines: the backward scan is made of the forward one in one place.
import { ModelError } from "../../tensor/errors.ts";
import { substitute } from "../../tensor/graph.ts";
import { product } from "../../tensor/nd-array.ts";
import { type ScanParts, scanParts } from "../../tensor/operators/control-flow.ts";
import { FLOATS } from "../../tensor/operators/operator.ts";
import { bodyInput, closeOver } from "../../tensor/scan.ts";
import { apply, applyOne, type Body, concat, type Node, type Tensor, zeros } from "../../tensor/tensor.ts";
import { activeNodes, isOuterProduct, isRowSum, pullback } from "../gradient.ts";
import { type Flow, numericShape } from "./rule.ts";

/** Factors of weights' gradients may be kept from all steps, to be multiplied once, up to this size in numbers together. */
const MOST_KEPT = 4 * 2 ** 20;

const isFloat = (tensor: Tensor): boolean => FLOATS.has(tensor.dtype);
const zerosLike = ({ shape, dtype }: Tensor): Tensor => zeros(shape, dtype);

/** A `Scan` that is to be differentiated: what goes into the node, and the leaves that stand for it in the body. */
class ForwardScan {
  readonly node: Node;
  readonly body: Body;
  readonly fed: ScanParts<Tensor>;
  readonly own: ScanParts<Tensor>;
  readonly steps: number;
  readonly isReversed: boolean;
  /** The tensors of the body through which a gradient flows to an input for which one is wanted. */
  readonly active: ReadonlySet<Tensor>;

  constructor(node: Node, wanted: ReadonlySet<Tensor>) {
    this.node = node;
    this.body = node.attributes.body as Body;
    this.fed = scanParts(node.inputs as readonly Tensor[], node.attributes);
    this.own = scanParts(this.body.inputs, node.attributes);
    this.#requireKept();
    this.isReversed = this.#direction() === 1;
    for (const { shape } of [...this.fed.states, ...this.fed.scanned, ...this.body.outputs])
      numericShape("Scan", shape);
    this.steps = this.fed.scanned[0]?.shape[0] as number;
    this.active = this.#activeFrom(wanted);
  }

  /** The states of all steps must be among the outputs, and axes in front, as `scan` makes them. */
  #requireKept(): void {
    const { attributes } = this.node;
    const axes = [attributes.scan_input_axes, attributes.scan_output_axes].flat() as (number | undefined)[];
    if ((attributes.kept ?? 0) === this.own.states.length && !axes.some(Boolean)) return;
    throw new ModelError(
      "gradient of Scan: expected a scan over axis 0 that keeps its states but found another; build it with scan()",
    );
  }

  #direction(): number {
    const { scan_input_directions, scan_output_directions } = this.node.attributes as Record<string, readonly number[]>;
    const stacks = this.body.outputs.slice(this.own.states.length);
    const all = [
      ...this.own.scanned.map((_, i) => scan_input_directions?.[i] ?? 0),
      ...stacks.map((_, i) => scan_output_directions?.[i] ?? 0),
    ];
    if (new Set(all).size === 1) return all[0] as number;
    throw new ModelError(
      "gradient of Scan: expected one direction for all that it scans and stacks but found both; build it with scan()",
    );
  }

  /** A state that comes to depend on what is wanted carries a gradient, too. */
  #activeFrom(wanted: ReadonlySet<Tensor>): ReadonlySet<Tensor> {
    const { inputs, outputs } = this.body;
    const leaves = new Set(inputs.filter((leaf, i) => isFloat(leaf) && wanted.has(this.node.inputs[i] as Tensor)));
    for (;;) {
      const { active } = activeNodes(outputs, leaves);
      const more = this.own.states.filter((leaf, i) => active.has(outputs[i] as Tensor) && !leaves.has(leaf));
      if (more.length === 0) return active;
      for (const leaf of more) leaves.add(leaf);
    }
  }

  /** The states that hand gradients of the outputs on from step to step: those whose own is there, and those that it reaches. */
  carriers(gradients: readonly (Tensor | undefined)[]): number[] {
    const { outputs } = this.body;
    const stateOf = new Map(this.own.states.map((leaf, i) => [leaf, i]));
    const isGiven = (i: number) => gradients[i] !== undefined && this.active.has(outputs[i] as Tensor);
    const carriers = new Set([...stateOf.values()].filter(isGiven));
    const seen = new Set<Tensor>();
    const pending = outputs.filter((_, i) => isGiven(i));
    for (let at = pending.pop(); at; at = pending.pop()) {
      if (!this.active.has(at) || seen.has(at)) continue;
      seen.add(at);
      for (const input of at.node.inputs) if (input) pending.push(input);
      const state = stateOf.get(at);
      if (state === undefined) continue;
      carriers.add(state);
      pending.push(outputs[state] as Tensor);
    }
    return [...carriers].sort((a, b) => a - b);
  }

  /** What every step gave: its leaf for the backward body, and the stack of all steps. Nothing of it is computed anew. */
  given(): { tensor: Tensor; leaf: Tensor; stack: Tensor }[] {
    const { outputs } = this.body;
    return outputs.flatMap((tensor, i) => {
      const isComputed = tensor.node.inputs.length > 0 && outputs.lastIndexOf(tensor) === i;
      if (i < this.own.states.length || !isComputed) return [];
      const leaf = bodyInput(`given.${i}`, tensor.shape, tensor.dtype);
      return [{ tensor, leaf, stack: this.node.outputs[i] as Tensor }];
    });
  }

  /** The states that the steps started from: the kept ones, each a step later. */
  statesBefore(): Tensor[] {
    const { outputs } = this.node;
    const { states } = this.fed;
    return states.map((state, i) => {
      const stack = outputs[outputs.length - states.length + i] as Tensor;
      const first = state.unsqueeze(0);
      if (this.steps === 1) return first;
      return this.isReversed
        ? concat([stack.slice({ axis: 0, start: 1 }), first], 0)
        : concat([first, stack.slice({ axis: 0, end: this.steps - 1 })], 0);
    });
  }
}

/** What the backward body works on: gradients that come in, and those that it finds for inputs of the forward body. */
interface Backward {
  /** Which states carry a gradient from step to step. */
  readonly carriers: readonly number[];
  readonly stateGradients: readonly Tensor[];
  /** Which stacked outputs have one, and its element of the step. */
  readonly reached: readonly number[];
  readonly elements: readonly Tensor[];
  readonly found: ReadonlyMap<Tensor, Tensor>;
}

function backwardOf(forward: ForwardScan, gradients: readonly (Tensor | undefined)[]): Backward {
  const { body, own, active } = forward;
  const carriers = forward.carriers(gradients);
  const isReached = (i: number) => gradients[i] !== undefined && active.has(body.outputs[i] as Tensor);
  const reached = [...body.outputs.keys()].filter((i) => i >= own.states.length && isReached(i));
  const incoming = (i: number) => {
    const { shape, dtype } = body.outputs[i] as Tensor;
    return bodyInput(`gradient.${i}`, shape, dtype);
  };
  const [stateGradients, elements] = [carriers.map(incoming), reached.map(incoming)];
  const outputs = [...carriers, ...reached].map((i) => body.outputs[i] as Tensor);
  const seeds = [...stateGradients, ...elements].map((part, i) => [outputs[i] as Tensor, part] as const);
  const leaves = body.inputs.filter((leaf) => active.has(leaf));
  const parts = pullback(seeds, leaves);
  const found = leaves.flatMap((leaf, i) => (parts[i] ? [[leaf, parts[i]] as const] : []));
  return { carriers, stateGradients, reached, elements, found: new Map(found) };
}

/** `[steps stack… rows width]` → `[stack… steps·rows width]` */
function rowsOfAllSteps(x: Tensor): Tensor {
  const shape = x.shape as readonly number[];
  const [steps, rows, width] = [shape[0], shape.at(-2), shape.at(-1)] as [number, number, number];
  const stack = shape.slice(1, -2);
  const order = [...stack.map((_, axis) => axis + 1), 0, shape.length - 2, shape.length - 1];
  return x.transpose(order).reshape([...stack, steps * rows, width]);
}

/** What the gradient of a weight is made of, where it may as well be made once, after the last step; else undefined. */
function factorsOf(gradient: Tensor): readonly Tensor[] | undefined {
  if (isRowSum(gradient)) return [gradient.node.inputs[0] as Tensor];
  return isOuterProduct(gradient) ? (gradient.node.inputs as readonly Tensor[]) : undefined;
}

/** The gradient of a weight from the factors of all steps. */
function finish(gradient: Tensor, stackOf: ReadonlyMap<Tensor, Tensor>): Tensor {
  const factors = factorsOf(gradient) as readonly Tensor[];
  const [a, b] = factors.map((factor) => rowsOfAllSteps(stackOf.get(factor) as Tensor)) as [Tensor, Tensor?];
  return b ? applyOne(gradient.node.operator, [a, b], { transA: 1 }) : a.sum({ axes: 0 });
}

/** Which gradients are made after the last step: those of which all factors are stacked already, or cost little to keep. */
function madeAfterwards(
  gradients: readonly Tensor[],
  { steps, isStacked }: { steps: number; isStacked: (factor: Tensor) => boolean },
): { later: Set<Tensor>; kept: Set<Tensor> } {
  const kept = new Set<Tensor>();
  let spent = 0;
  const later = gradients.filter((gradient) => {
    const factors = factorsOf(gradient);
    if (!factors) return false;
    const more = factors.filter((factor) => !isStacked(factor) && !kept.has(factor));
    const cost = more.reduce((sum, { shape }) => sum + steps * product(shape as readonly number[]), 0);
    // Written so that no number, of a size that only a run knows, is too large.
    if (!(spent + cost <= MOST_KEPT)) return false;
    spent += cost;
    for (const factor of more) kept.add(factor);
    return true;
  });
  return { later: new Set(later), kept };
}

/** How the backward body finds what it reads. */
interface Readings {
  /** What it scans: its leaf, and the stack. */
  readonly scanned: ReadonlyMap<Tensor, Tensor>;
  /** Leaves of results of the forward steps. */
  readonly leafOf: ReadonlyMap<Tensor, Tensor>;
  /** Stacks over all steps that are there already. */
  readonly stackOf: ReadonlyMap<Tensor, Tensor>;
}

function readings(
  forward: ForwardScan,
  { reached, elements }: Backward,
  gradients: readonly (Tensor | undefined)[],
): Readings {
  const { fed, own } = forward;
  const [given, before] = [forward.given(), forward.statesBefore()];
  const scanned = new Map([
    ...own.states.map((leaf, i) => [leaf, before[i] as Tensor] as const),
    ...own.scanned.map((leaf, i) => [leaf, fed.scanned[i] as Tensor] as const),
    ...given.map(({ leaf, stack }) => [leaf, stack] as const),
    ...reached.map((i, k) => [elements[k] as Tensor, gradients[i] as Tensor] as const),
  ]);
  const stackOf = new Map([...scanned, ...given.map(({ tensor, stack }) => [tensor, stack] as const)]);
  return { scanned, stackOf, leafOf: new Map(given.map(({ tensor, leaf }) => [tensor, leaf])) };
}

/**
 * The gradient of a `Scan` is a `Scan` over the steps in the other order: its states are the gradients of the states, and each
 * step computes the forward step anew from the state that it started from. Gradients of tensors from outside are summed over the
 * steps, as one product afterwards where their factors are small. It keeps its states, so it has a gradient itself.
 */
export function scanGradient(
  node: Node,
  gradients: readonly (Tensor | undefined)[],
  flow: Flow,
): (Tensor | undefined)[] {
  const forward = new ForwardScan(node, flow.active);
  const { own, body, steps } = forward;
  const backward = backwardOf(forward, gradients);
  const { carriers, found } = backward;
  if (found.size === 0) return [];
  const read = readings(forward, backward, gradients);
  const gradientOf = (leaf: Tensor) => found.get(leaf) as Tensor;
  const [scanned, outside] = [own.scanned, own.captured].map((leaves) => leaves.filter((leaf) => found.has(leaf))) as [
    Tensor[],
    Tensor[],
  ];
  const { later, kept } = madeAfterwards(outside.map(gradientOf), { steps, isStacked: (x) => read.stackOf.has(x) });
  const summed = outside.filter((leaf) => !later.has(gradientOf(leaf)));
  const outputs = backwardScan(forward, {
    ...{ backward, read, gradients },
    sums: summed.map(gradientOf),
    stacks: [...scanned.map(gradientOf), ...kept],
  });
  const leaves = [...carriers.map((i) => own.states[i] as Tensor), ...summed, ...scanned];
  const made = new Map(leaves.map((leaf, i) => [leaf, outputs[i] as Tensor]));
  const stackOf = new Map([
    ...read.stackOf,
    ...[...kept].map((x, i) => [x, outputs[leaves.length + i] as Tensor] as const),
  ]);
  return body.inputs.map((leaf) => {
    const gradient = found.get(leaf);
    return gradient && (made.get(leaf) ?? finish(gradient, stackOf));
  });
}

interface Parts {
  readonly backward: Backward;
  readonly read: Readings;
  readonly gradients: readonly (Tensor | undefined)[];
  /** What is added up over the steps. */
  readonly sums: readonly Tensor[];
  /** What is given of every step. */
  readonly stacks: readonly Tensor[];
}

/** Gives the gradients of the states that carry one before the first step, the sums, the stacks, and its own states of all steps. */
function backwardScan(
  { fed, own, isReversed }: ForwardScan,
  { backward, read, gradients, sums, stacks }: Parts,
): Tensor[] {
  const { carriers, stateGradients, found } = backward;
  const totals = sums.map((sum) => bodyInput("sum", sum.shape, sum.dtype));
  const leaves = carriers.map((i) => own.states[i] as Tensor);
  const states = [
    ...leaves.map((leaf) => found.get(leaf) ?? zerosLike(leaf)),
    ...sums.map((sum, i) => (totals[i] as Tensor).add(sum)),
  ];
  const results = [...states, ...stacks, ...states];
  const now = substitute(Object.fromEntries(results.entries()), read.leafOf);
  const { body, captured } = closeOver(
    results.map((_, i) => now[i] as Tensor),
    [...stateGradients, ...totals, ...read.scanned.keys(), ...own.captured],
  );
  const first = carriers.map((i) => gradients[i] ?? zerosLike(fed.states[i] as Tensor));
  const direction = (length: number) => new Array<number>(length).fill(isReversed ? 0 : 1);
  return apply(
    "Scan",
    [...first, ...sums.map(zerosLike), ...read.scanned.values(), ...fed.captured, ...captured],
    {
      body,
      num_scan_inputs: read.scanned.size,
      captured: fed.captured.length + captured.length,
      kept: states.length,
      scan_input_directions: direction(read.scanned.size),
      scan_output_directions: direction(results.length - states.length),
    },
    results.length,
  );
}
