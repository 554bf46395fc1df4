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

/** An attribute of one number for each scanned input or output; default: 0 for all. */
export function scanAxis(attributes: Attributes, name: string, index: number, rank: number): number {
  const axis = (attributes[name] as readonly number[] | undefined)?.[index] ?? 0;
  return axis < 0 ? axis + rank : axis;
}

function agrees(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i] || isUnknown(dim) || isUnknown(b[i] as Dim));
}

function inferScan(inputs: readonly (Tensor | undefined)[], attributes: Attributes): TensorType[] {
  const body = attributes.body as Body;
  const given = inputs.map((_, i) => required("Scan", inputs, i));
  const { states, scanned } = scanParts(given, attributes);
  const [first] = scanned;
  if (!first || given.length !== body.inputs.length || body.outputs.length < states.length) {
    const found = `${given.length} inputs for a body of ${body.inputs.length}, ${scanned.length} of them scanned`;
    throw new ShapeError(
      `Scan: expected one input for each of its body's, at least one of them scanned, but found ${found}`,
    );
  }
  for (const [i, state] of states.entries()) {
    const next = body.outputs[i] as Tensor;
    if (agrees(next.shape, state.shape) && next.dtype === state.dtype) continue;
    throw new ShapeError(
      `Scan: expected state ${i} to stay ${state.dtype} ${formatShape(state.shape)} but found ${next.dtype} ${formatShape(next.shape)}`,
    );
  }
  const length = first.shape[scanAxis(attributes, "scan_input_axes", 0, first.rank)] as Dim;
  const stacked = body.outputs.slice(states.length).map(({ shape, dtype }, i) => {
    const axis = scanAxis(attributes, "scan_output_axes", i, shape.length + 1);
    return { shape: shape.toSpliced(axis, 0, length), dtype };
  });
  return [...states.map(({ shape, dtype }) => ({ shape, dtype })), ...stacked];
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
