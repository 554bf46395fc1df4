import type { Dim, Shape } from "../../tensor/dim.ts";
import { sameShape } from "../../tensor/dim.ts";
import { ModelError } from "../../tensor/errors.ts";
import type { Node, Tensor } from "../../tensor/tensor.ts";

/** What is differentiated by, and the tensors through which a gradient flows there. */
export interface Flow {
  readonly wanted: ReadonlySet<Tensor>;
  readonly active: ReadonlySet<Tensor>;
}

/**
 * One row of the table of gradients: given a node, the gradients of its outputs (undefined where nothing depends on one) and
 * where gradients flow, the gradients of its inputs (undefined where there is none, as for indices).
 */
export type GradientRule = (
  node: Node,
  gradients: readonly (Tensor | undefined)[],
  flow: Flow,
) => readonly (Tensor | undefined)[];

export type GradientTable = Readonly<Record<string, GradientRule>>;

/** A rule for an operator with one output and inputs that are all present. */
export function rule(
  derive: (context: {
    x: Tensor;
    y: Tensor;
    g: Tensor;
    inputs: readonly Tensor[];
    node: Node;
  }) => (Tensor | undefined)[],
): GradientRule {
  return (node, [g]) => {
    const inputs = node.inputs as readonly Tensor[];
    return derive({ x: inputs[0] as Tensor, y: node.outputs[0] as Tensor, g: g as Tensor, inputs, node });
  };
}

/** Sums a gradient over the axes along which its input was stretched. */
export function unbroadcast(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const offset = g.rank - shape.length;
  const axes = g.shape.flatMap((dim, axis) =>
    axis < offset || (shape[axis - offset] === 1 && dim !== 1) ? [axis] : [],
  );
  const summed = axes.length > 0 ? g.sum({ axes }) : g;
  return sameShape(summed.shape, shape) ? summed : summed.reshape(shape);
}

/** A shape whose dimensions are all numbers, as training graphs have. */
export function numericShape(owner: string, shape: Shape): number[] {
  const open = shape.find((dim): dim is string => typeof dim === "string");
  if (open !== undefined) {
    throw new ModelError(
      `gradient of ${owner}: expected numbers as dimensions but found ${open}; trace with a fixed size`,
    );
  }
  return shape as number[];
}

/** A reduced gradient with its axes back, of length 1. */
export function keepAxes(g: Tensor, shape: Shape, axes: readonly number[], keepDims: boolean): Tensor {
  return keepDims ? g : g.reshape(shape.map((dim, axis): Dim => (axes.includes(axis) ? 1 : dim)));
}
