import { sameShape } from "../../tensor/dim.ts";
import { type Body, formatShape, product, ShapeError } from "../../tensor/index.ts";
import { scanAxis, scanParts } from "../../tensor/operators/control-flow.ts";
import type { Kernel, KernelTable, RunBody } from "./kernel.ts";
import { permute } from "./layout.ts";
import type { Value } from "./value.ts";

/** An axis moved to the front. */
function axisFirst(value: Value, axis: number): Value {
  return permute(
    value,
    [axis, ...value.shape.keys()].filter((a, i) => i === 0 || a !== axis),
  );
}

/** The elements of a scanned input, in the order in which the steps see them. */
function elementsOf(value: Value, axis: number, reverse: boolean): Value[] {
  const { data, shape, dtype } = axisFirst(value, axis);
  const [length, ...rest] = shape as [number, ...number[]];
  const size = product(rest);
  const all = Array.from({ length }, (_, i) => ({ data: data.subarray(i * size, (i + 1) * size), shape: rest, dtype }));
  return reverse ? all.reverse() : all;
}

function stacked(steps: readonly Value[], axis: number, reverse: boolean): Value {
  const [{ shape, dtype }] = steps as readonly [Value];
  const size = product(shape);
  const data = new Float64Array(steps.length * size);
  for (const [i, step] of steps.entries()) {
    if (!sameShape(step.shape, shape)) {
      throw new ShapeError(
        `Scan: expected every step to give one shape but found ${formatShape(shape)} and ${formatShape(step.shape)}`,
      );
    }
    data.set(step.data, (reverse ? steps.length - 1 - i : i) * size);
  }
  const front = { data, shape: [steps.length, ...shape], dtype };
  // Where the new axis is to stand, the others close up.
  const order = Array.from({ length: shape.length + 1 }, (_, to) => (to === axis ? 0 : to < axis ? to + 1 : to));
  return permute(front, order);
}

const scan: Kernel = (inputs, attributes, _, run) => {
  const body = attributes.body as Body;
  const parts = scanParts(inputs as readonly Value[], attributes);
  const isReversed = (name: string, i: number) => (attributes[name] as readonly number[] | undefined)?.[i] === 1;
  const lanes = parts.scanned.map((value, i) => {
    const axis = scanAxis(attributes, "scan_input_axes", i, value.shape.length);
    return elementsOf(value, axis, isReversed("scan_input_directions", i));
  });
  const lengths = lanes.map((lane) => lane.length);
  const [steps] = lengths as [number];
  if (steps === 0 || lengths.some((length) => length !== steps)) {
    throw new ShapeError(`Scan: expected inputs of one length of at least 1 but found ${lengths.join(", ")}`);
  }
  let states: readonly Value[] = parts.states;
  const count = body.outputs.length - states.length;
  const results: Value[][] = Array.from({ length: count }, () => []);
  for (let step = 0; step < steps; step++) {
    const elements = lanes.map((lane) => lane[step] as Value);
    const found = (run as RunBody)(body, [...states, ...elements, ...parts.captured]);
    states = found.slice(0, states.length);
    for (const [i, result] of found.slice(states.length).entries()) (results[i] as Value[]).push(result);
  }
  const outputs = results.map((steps, i) => {
    const axis = scanAxis(attributes, "scan_output_axes", i, (steps[0] as Value).shape.length + 1);
    return stacked(steps, axis, isReversed("scan_output_directions", i));
  });
  return [...states, ...outputs];
};

export const CONTROL_FLOW: KernelTable = { Scan: scan };
