import type { Dim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import {
  bodyInput,
  checkStates,
  type Named,
  type Scanned,
  type ScanOptions,
  scanNode,
  stepsOf,
} from "../tensor/scan.ts";
import { stack, type Tensor } from "../tensor/tensor.ts";
import { traceSteps } from "./trace.ts";

export interface UnrolledScanOptions<
  State extends Named<State>,
  Element extends Named<Element>,
  Output extends Named<Output>,
> extends ScanOptions<State, Element, Output> {
  /** Whether the steps are written out one after the other; default: up to `UNROLLED_STEPS` of them. */
  readonly unroll?: boolean;
}

/** So many steps are written out one after the other: `npm run bench:attention` measures where one node becomes faster. */
export const UNROLLED_STEPS = 64;

/** Whether a recurrence of this length is written out, unless it is told otherwise. */
export function isWrittenOut(steps: Dim): steps is number {
  return typeof steps === "number" && steps <= UNROLLED_STEPS;
}

/**
 * A recurrence over axis 0 of its inputs: `step` makes the next state and an output from the state and one element of each
 * input. A short one of known length is written out step by step, which runs fastest; a longer one, or one whose length is a
 * symbol, is one `Scan` node, whose size and preparation do not grow with the length. Both compute the same.
 *
 * A step may ask for noise (`dropout`, `uniformNoise`): of each there is one input for all steps, `[rows steps …]`. Weights that
 * are to be traced and values of buffers leave the step as outputs or states.
 *
 * @returns `last`, the state after all steps, and `output`, what the steps gave, stacked along a new axis 0
 * @throws ShapeError when there is no step, a state is left out or changes its shape or type, the inputs differ in length, or
 *   steps of unknown number are to be written out; ModelError for `trace` and `updateBuffer` in a step
 */
export function scan<State extends Named<State>, Element extends Named<Element>, Output extends Named<Output>>(
  options: UnrolledScanOptions<State, Element, Output>,
): Scanned<State, Output> {
  const steps = stepsOf(options.inputs);
  const { unroll = isWrittenOut(steps) } = options;
  if (!unroll) return asNode(options, steps);
  if (typeof steps === "number") return unrolled(options, steps);
  throw new ShapeError(
    `scan: expected a length in numbers to write its steps out but found ${steps}; leave out unroll`,
  );
}

function asNode<State extends Named<State>, Element extends Named<Element>, Output extends Named<Output>>(
  options: ScanOptions<State, Element, Output>,
  steps: Dim,
): Scanned<State, Output> {
  const inStep = traceSteps(steps);
  const noise = new Map<Tensor, Tensor>();
  const elementOf = (whole: Tensor) => {
    const [rows, , ...rest] = whole.shape as [Dim, Dim, ...Dim[]];
    const leaf = bodyInput("noise", [rows, ...rest], whole.dtype);
    noise.set(leaf, swapAxes(whole));
    return leaf;
  };
  const step: typeof options.step = (state, element) => inStep(elementOf, () => options.step(state, element));
  return scanNode({ ...options, step }, noise);
}

/** `[a b …]` → `[b a …]` */
function swapAxes(x: Tensor): Tensor {
  return x.transpose([1, 0, ...x.shape.keys()].filter((axis, i) => i < 2 || axis > 1));
}

function unrolled<State extends Named<State>, Element extends Named<Element>, Output extends Named<Output>>(
  { initial, inputs, step, reverse = false }: ScanOptions<State, Element, Output>,
  steps: number,
): Scanned<State, Output> {
  const pieces = Object.entries<Tensor>(inputs).map(([name, tensor]) => [name, elementsOf(tensor, 0)] as const);
  const inStep = traceSteps(steps);
  const noise = new Map<Tensor, Tensor[]>();
  let last: State = initial;
  const outputs: Output[] = [];
  for (let i = 0; i < steps; i++) {
    const at = reverse ? steps - 1 - i : i;
    const element = Object.fromEntries(pieces.map(([name, parts]) => [name, (parts[at] as Tensor).squeeze(0)]));
    const elementOf = (whole: Tensor) => {
      const parts = noise.get(whole) ?? elementsOf(whole, 1);
      noise.set(whole, parts);
      return (parts[at] as Tensor).squeeze(1);
    };
    const { state, output } = inStep(elementOf, () => step(last, element as Element));
    checkStates(initial, state);
    last = state;
    outputs.push(output);
  }
  return { last, output: stacked(reverse ? outputs.reverse() : outputs) };
}

/** The elements along an axis, each of length 1. */
function elementsOf(x: Tensor, axis: number): Tensor[] {
  const count = x.dim(axis) as number;
  return count === 1 ? [x] : x.split(new Array(count).fill(1), axis);
}

function stacked<Output extends Named<Output>>(outputs: readonly Output[]): Output {
  const names = Object.keys(outputs[0] as object) as (keyof Output)[];
  const all = names.map((name) => [name, outputs.map((output) => output[name] as Tensor)] as const);
  return Object.fromEntries(all.map(([name, tensors]) => [name, stack(tensors, 0)])) as Output;
}
