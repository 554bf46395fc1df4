import { type Dim, formatShape, isUnknown, type Shape } from "../dim.ts";
import { ShapeError } from "../errors.ts";
import type { Attributes, Body, Tensor, TensorType } from "../tensor.ts";
import { type OperatorTable, required } from "./operator.ts";

/** How the inputs of a `Scan` divide: states first, then what is scanned, then what the body takes from outside. */
export interface ScanParts<T> {
  readonly states: readonly T[];
  readonly scanned: readonly T[];
  readonly captured: readonly T[];
}

export function scanParts<T>(all: readonly T[], { num_scan_inputs = 0, captured = 0 }: Attributes): ScanParts<T> {
  const last = all.length - (captured as number);
  const middle = last - (num_scan_inputs as number);
  return { states: all.slice(0, middle), scanned: all.slice(middle, last), captured: all.slice(last) };
}

/** The axis of a scanned input, or of a stacked output. @throws ShapeError for one that is not there */
export function scanAxis(attributes: Attributes, name: string, index: number, rank: number): number {
  const axis = (attributes[name] as readonly number[] | undefined)?.[index] ?? 0;
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw new ShapeError(`Scan: expected ${name} from ${-rank} to ${rank - 1} but found ${axis}`);
}

/** Whether two shapes may be the same in a run. */
export function agrees(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i] || isUnknown(dim) || isUnknown(b[i] as Dim));
}

/** Lists of one number for each scanned input, or each stacked output; left out, all are 0. */
function checkLists(attributes: Attributes, side: "input" | "output", count: number): void {
  for (const kind of ["axes", "directions"]) {
    const name = `scan_${side}_${kind}`;
    const values = (attributes[name] as readonly number[] | undefined) ?? [];
    if (values.length > 0 && values.length !== count) {
      throw new ShapeError(`Scan: expected ${name} to have ${count} numbers but found ${values.length}`);
    }
    const strange = values.find((value) => kind === "directions" && value !== 0 && value !== 1);
    if (strange !== undefined) throw new ShapeError(`Scan: expected ${name} of 0 or 1 but found ${strange}`);
  }
}

/** How many steps there are: the length of what is scanned, where one of it is known. */
export function scanLength(scanned: readonly Tensor[], attributes: Attributes): Dim {
  const lengths = scanned.map(({ shape }, i) => shape[scanAxis(attributes, "scan_input_axes", i, shape.length)] as Dim);
  const length = lengths.find((dim) => !isUnknown(dim)) ?? (lengths[0] as Dim);
  if (length === 0 || lengths.some((dim) => dim !== length && !isUnknown(dim))) {
    throw new ShapeError(`Scan: expected inputs of one length of at least 1 but found ${lengths.join(", ")}`);
  }
  return length;
}

function checkStates(states: readonly Tensor[], body: Body): void {
  for (const [i, state] of states.entries()) {
    const next = body.outputs[i] as Tensor;
    if (agrees(next.shape, state.shape) && next.dtype === state.dtype) continue;
    throw new ShapeError(
      `Scan: expected state ${i} to stay ${state.dtype} ${formatShape(state.shape)} but found ${next.dtype} ${formatShape(next.shape)}`,
    );
  }
}

function inferScan(inputs: readonly (Tensor | undefined)[], attributes: Attributes): TensorType[] {
  const body = attributes.body as Body;
  const given = inputs.map((_, i) => required("Scan", inputs, i));
  const { states, scanned } = scanParts(given, attributes);
  if (scanned.length === 0 || given.length !== body.inputs.length || body.outputs.length < states.length) {
    const found = `${given.length} inputs for a body of ${body.inputs.length}, ${scanned.length} of them scanned`;
    throw new ShapeError(
      `Scan: expected one input for each of its body's, at least one of them scanned, but found ${found}`,
    );
  }
  checkStates(states, body);
  const stacked = body.outputs.slice(states.length);
  checkLists(attributes, "input", scanned.length);
  checkLists(attributes, "output", stacked.length);
  const length = scanLength(scanned, attributes);
  const stacks = stacked.map(({ shape, dtype }, i) => {
    const axis = scanAxis(attributes, "scan_output_axes", i, shape.length + 1);
    return { shape: shape.toSpliced(axis, 0, length), dtype };
  });
  return [...states.map(({ shape, dtype }) => ({ shape, dtype })), ...stacks];
}

/** Operators with a graph inside. */
export const CONTROL_FLOW: OperatorTable = {
  /**
   * Runs its body once for each element of the scanned inputs: states go in and come out again, further outputs are stacked.
   * `captured`, which ONNX does not have, counts the last inputs: tensors from outside that the body reads at every step.
   */
  Scan: {
    versions: [9, 11, 16, 19, 21, 23, 24, 25],
    attributes: {
      body: ["graph"],
      num_scan_inputs: ["int"],
      scan_input_axes: ["ints"],
      scan_input_directions: ["ints"],
      scan_output_axes: ["ints"],
      scan_output_directions: ["ints"],
    },
    infer: inferScan,
  },
};
