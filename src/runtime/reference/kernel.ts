import { type Attributes, type Body, ModelError } from "../../tensor/index.ts";
import type { Value } from "./value.ts";

export type Inputs = readonly (Value | undefined)[];

/** Computes a graph inside a node. */
export type RunBody = (body: Body, inputs: readonly Value[]) => Value[];

/**
 * What an operator computes: its inputs in ONNX order, its attributes with defaults filled in, how many outputs are wanted, and
 * for operators with a graph inside how that is run.
 */
export type Kernel = (inputs: Inputs, attributes: Attributes, outputs: number, run?: RunBody) => Value[];

export type KernelTable = Readonly<Record<string, Kernel>>;

/** An input that must be there. */
export function given(inputs: Inputs, index: number): Value {
  const found = inputs[index];
  if (!found) throw new ModelError(`reference: expected input ${index} but found none`);
  return found;
}

/** The elements of an input of axes or sizes, or undefined where it is absent. */
export function list(inputs: Inputs, index: number): number[] | undefined {
  const found = inputs[index];
  return found && Array.from(found.data);
}
