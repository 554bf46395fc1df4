import { ModelError } from "../../tensor/errors.ts";
import { knownIntegers } from "../../tensor/symbolic-shape.ts";
import type { Node } from "../../tensor/tensor.ts";
import { applyOne, type Tensor } from "../../tensor/tensor.ts";
import { type GradientRule, type GradientTable, keepAxes } from "./rule.ts";

interface Reduction {
  x: Tensor;
  /** The result with its reduced axes back, of length 1. */
  y: Tensor;
  g: Tensor;
  /** How many elements went into each result. */
  count: Tensor | number;
}

function axesOf(node: Node, rank: number): number[] {
  const given = node.inputs[1];
  const axes = given ? knownIntegers(given) : [];
  if (!axes) throw new ModelError(`gradient of ${node.operator}: expected axes known when the graph is built`);
  if (axes.length > 0) return axes.map((axis) => (axis < 0 ? axis + rank : axis));
  return node.attributes.noop_with_empty_axes ? [] : Array.from({ length: rank }, (_, axis) => axis);
}

function reduction(derive: (parts: Reduction) => Tensor): GradientRule {
  return (node, [gradient]) => {
    const x = node.inputs[0] as Tensor;
    const axes = axesOf(node, x.rank);
    if (axes.length === 0) return [gradient];
    const keep = node.attributes.keepdims !== 0;
    const y = keepAxes(node.outputs[0] as Tensor, x.shape, axes, keep);
    const g = keepAxes(gradient as Tensor, x.shape, axes, keep);
    const count = axes.reduce<number>((total, axis) => total * (x.shape[axis] as number), 1);
    return [derive({ x, y, g, count })];
  };
}

const extremum = reduction(({ x, y, g }) => {
  const hits = x.equal(y).cast(x.dtype);
  return hits.mul(g.div(sumLike(hits, y)));
});

/** The sum of `x` over the axes that `y` has as 1. */
function sumLike(x: Tensor, y: Tensor): Tensor {
  return x.sum({
    axes: x.shape.flatMap((dim, axis) => (y.shape[axis] === 1 && dim !== 1 ? [axis] : [])),
    keepDims: true,
  });
}

export const REDUCTION_GRADIENTS: GradientTable = {
  ReduceSum: reduction(({ x, g }) => g.expand(x.shape)),
  ReduceMean: reduction(({ x, g, count }) => g.div(count).expand(x.shape)),
  ReduceMax: extremum,
  ReduceMin: extremum,
  ReduceProd: reduction(({ x, y, g }) => g.mul(y).div(x)),
  ReduceSumSquare: reduction(({ x, g }) => g.mul(2).mul(x)),
  ReduceL1: reduction(({ x, g }) => g.mul(x.sign())),
  ReduceL2: reduction(({ x, y, g }) => g.div(y).mul(x)),
  ReduceLogSum: reduction(({ x, y, g }) => g.div(y.exp()).expand(x.shape)),
  ReduceLogSumExp: reduction(({ x, y, g }) => g.mul(x.sub(y).exp())),
  CumSum: (node, [g]) => {
    const { exclusive, reverse } = node.attributes as { exclusive: number; reverse: number };
    return [applyOne("CumSum", [g, node.inputs[1]], { exclusive, reverse: reverse ? 0 : 1 })];
  },
};
