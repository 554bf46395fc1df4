import { ModelError } from "../../tensor/errors.ts";
import { product } from "../../tensor/nd-array.ts";
import { type ScanParts, scanParts } from "../../tensor/operators/control-flow.ts";
import { FLOATS } from "../../tensor/operators/operator.ts";
import { bodyInput, closeOver } from "../../tensor/scan.ts";
import { apply, applyOne, type Body, concat, type Node, type Tensor, zeros } from "../../tensor/tensor.ts";
import { isOuterProduct, isRowSum, pullback } from "../gradient.ts";
import { numericShape } from "./rule.ts";

/** Factors of a weight's gradient may be kept from all steps, to be multiplied once, up to this size in numbers. */
const MOST_KEPT = 4 * 2 ** 20;

const isFloat = (tensor: Tensor): boolean => FLOATS.has(tensor.dtype);
const zerosLike = ({ shape, dtype }: Tensor): Tensor => zeros(shape, dtype);

/** What the backward body gives of one tensor from outside, and how its gradient is made of that after the last step. */
interface Share {
  /** Stacked over the steps. */
  readonly kept: readonly Tensor[];
  readonly finish: (stacks: readonly Tensor[]) => Tensor;
}

/** `[steps stack… rows width]` → `[stack… steps·rows width]` */
function rowsOfAllSteps(x: Tensor): Tensor {
  const shape = x.shape as readonly number[];
  const [steps, rows, width] = [shape[0], shape.at(-2), shape.at(-1)] as [number, number, number];
  const stack = shape.slice(1, -2);
  const order = [...stack.map((_, axis) => axis + 1), 0, shape.length - 2, shape.length - 1];
  return x.transpose(order).reshape([...stack, steps * rows, width]);
}

/** The weight gradient of all steps as one product (or sum), where keeping its factors costs little; else undefined. */
function sharedAfterwards(gradient: Tensor, steps: number): Share | undefined {
  const { operator, inputs } = gradient.node;
  const isSum = isRowSum(gradient);
  if (!isSum && !isOuterProduct(gradient)) return undefined;
  const kept = (isSum ? inputs.slice(0, 1) : inputs) as readonly Tensor[];
  const size = kept.reduce((sum, { shape }) => sum + product(shape as readonly number[]), 0);
  if (steps * size > MOST_KEPT) return undefined;
  return {
    kept,
    finish: (stacks) => {
      const [a, b] = stacks.map(rowsOfAllSteps) as [Tensor, Tensor];
      return isSum ? a.sum({ axes: 0 }) : applyOne(operator, [a, b], { transA: 1 });
    },
  };
}

/** A `Scan` that is to be differentiated: what goes into the node, and the leaves that stand for it in the body. */
class ForwardScan {
  readonly node: Node;
  readonly body: Body;
  readonly given: ScanParts<Tensor>;
  readonly own: ScanParts<Tensor>;
  readonly steps: number;
  readonly isReversed: boolean;

  constructor(node: Node) {
    this.node = node;
    this.body = node.attributes.body as Body;
    this.given = scanParts(node.inputs as readonly Tensor[], node.attributes);
    this.own = scanParts(this.body.inputs, node.attributes);
    this.#requireKept();
    this.steps = numericShape("Scan", (this.given.scanned[0] as Tensor).shape)[0] as number;
    this.isReversed = (node.attributes.scan_input_directions as readonly number[] | undefined)?.[0] === 1;
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

  /** The states that the steps started from: the kept ones, each a step later. */
  statesBefore(): Tensor[] {
    const { outputs } = this.node;
    const { states } = this.given;
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

/** What the backward body works on: gradients that come in, and those that it finds for each input of the forward body. */
interface Backward {
  /** Which states have a gradient. */
  readonly states: readonly number[];
  readonly stateGradients: readonly Tensor[];
  /** Which stacked outputs have one, and its element of the step. */
  readonly reached: readonly number[];
  readonly elements: readonly Tensor[];
  readonly found: ScanParts<Tensor>;
}

function backwardOf({ body, own }: ForwardScan, gradients: readonly (Tensor | undefined)[]): Backward {
  const indices = [...body.outputs.keys()].filter((i) => isFloat(body.outputs[i] as Tensor));
  const states = indices.filter((i) => i < own.states.length);
  const reached = indices.filter((i) => i >= own.states.length && gradients[i]);
  const incoming = (i: number) => {
    const { shape, dtype } = body.outputs[i] as Tensor;
    return bodyInput(`gradient.${i}`, shape, dtype);
  };
  const [stateGradients, elements] = [states.map(incoming), reached.map(incoming)];
  const outputs = [...states, ...reached].map((i) => body.outputs[i] as Tensor);
  const seeds = [...stateGradients, ...elements].map((part, i) => [outputs[i] as Tensor, part] as const);
  const wanted = { states: states.map((i) => own.states[i] as Tensor), scanned: own.scanned.filter(isFloat) };
  const all = pullback(seeds, [...wanted.states, ...wanted.scanned, ...own.captured.filter(isFloat)]);
  const [first, second] = [wanted.states.length, wanted.states.length + wanted.scanned.length];
  const found = { states: all.slice(0, first), scanned: all.slice(first, second), captured: all.slice(second) };
  return { states, stateGradients, reached, elements, found };
}

/**
 * The gradient of a `Scan` is a `Scan` over the steps in the other order: its states are the gradients of the states, and each
 * step computes the forward step anew from the state that it started from. Gradients of tensors from outside are summed over the
 * steps, as one product afterwards where their factors are small.
 */
export function scanGradient(node: Node, gradients: readonly (Tensor | undefined)[]): (Tensor | undefined)[] {
  const forward = new ForwardScan(node);
  const { given, own, isReversed } = forward;
  const { states, stateGradients, reached, elements, found } = backwardOf(forward, gradients);
  const shares = found.captured.map((gradient) => sharedAfterwards(gradient, forward.steps));
  const sums = found.captured.filter((_, i) => !shares[i]);
  const totals = sums.map((sum) => bodyInput("sum", sum.shape, sum.dtype));
  const kept = [...new Set(shares.flatMap((share) => share?.kept ?? []))];
  const moved = sums.map((sum, i) => (totals[i] as Tensor).add(sum));
  const { body, captured } = closeOver(
    [...found.states, ...moved, ...found.scanned, ...kept],
    [...stateGradients, ...totals, ...own.states, ...own.scanned, ...elements, ...own.captured],
  );
  const first = states.map((i) => gradients[i] ?? zerosLike(given.states[i] as Tensor));
  const scanned = [...forward.statesBefore(), ...given.scanned, ...reached.map((i) => gradients[i] as Tensor)];
  const direction = (length: number) => new Array<number>(length).fill(isReversed ? 0 : 1);
  const results = apply(
    "Scan",
    [...first, ...sums.map(zerosLike), ...scanned, ...given.captured, ...captured],
    {
      body,
      num_scan_inputs: scanned.length,
      captured: given.captured.length + captured.length,
      scan_input_directions: direction(scanned.length),
      scan_output_directions: direction(found.scanned.length + kept.length),
    },
    body.outputs.length,
  );
  const [ofStates, ofSums] = [results.splice(0, first.length), results.splice(0, sums.length)];
  const ofScanned = results.splice(0, found.scanned.length);
  const stacks = new Map(kept.map((tensor, i) => [tensor, results[i] as Tensor]));
  const stacksOf = (share: Share) => share.kept.map((tensor) => stacks.get(tensor) as Tensor);
  const ofCaptured = shares.map((share) => (share ? share.finish(stacksOf(share)) : (ofSums.shift() as Tensor)));
  const inOrder = (leaves: readonly Tensor[], from: Tensor[]) =>
    leaves.map((leaf) => (isFloat(leaf) ? from.shift() : undefined));
  return [...inOrder(own.states, ofStates), ...inOrder(own.scanned, ofScanned), ...inOrder(own.captured, ofCaptured)];
}
