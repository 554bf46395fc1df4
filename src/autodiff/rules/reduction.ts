import { type Dim, multiplyDims } from "../../tensor/dim.ts";
import { ModelError } from "../../tensor/errors.ts";
import { array } from "../../tensor/nd-array.ts";
import { knownIntegers, shapeTensor } from "../../tensor/symbolic-shape.ts";
import { applyOne, constant, type Node, type Tensor, where } from "../../tensor/tensor.ts";
import { type GradientRule, type GradientTable, keepAxes } from "./rule.ts";

interface Reduction {
  x: Tensor;
  /** The result with its reduced axes back, of length 1. */
  y: Tensor;
  g: Tensor;
  /** The reduced axes, counted from the front. */
  axes: readonly number[];
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
    const keep = node.attributes.keepdims !== 0;
    const y = keepAxes(node.outputs[0] as Tensor, x.shape, axes, keep);
    const g = keepAxes(gradient as Tensor, x.shape, axes, keep);
    const count = multiplyDims(axes.map((axis) => x.shape[axis] as Dim));
    return [derive({ x, y, g, axes, count: typeof count === "number" ? count : dimension(count, x) })];
  };
}

function dimension(dim: Dim, like: Tensor): Tensor {
  return shapeTensor([dim]).squeeze(0).cast(like.dtype);
}

/** Equals share the gradient. */
const extremum = reduction(({ x, y, g, axes }) => {
  if (axes.length === 0) return g;
  const hits = x.equal(y).cast(x.dtype);
  return hits.mul(g.div(hits.sum({ axes, keepDims: true })));
});

export const REDUCTION_GRADIENTS: GradientTable = {
  ReduceSum: reduction(({ x, g }) => g.expand(x.shape)),
  ReduceMean: reduction(({ x, g, count }) => g.div(count).expand(x.shape)),
  ReduceMax: extremum,
  ReduceMin: extremum,
  /** The product of the others: y / x, but for zeros. A single zero leaves the rest to itself, two leave nothing. */
  ReduceProd: reduction(({ x, g, axes }) => {
    if (axes.length === 0) return g;
    const zero = x.equal(0);
    const filled = where(zero, 1, x);
    const rest = applyOne("ReduceProd", [filled, constant(array(axes, undefined, "int64"))], { keepdims: 1 });
    const zeros = zero.cast(x.dtype).sum({ axes, keepDims: true });
    const others = where(zero, where(zeros.equal(1), rest, 0), where(zeros.equal(0), rest.div(filled), 0));
    return g.mul(others);
  }),
  ReduceSumSquare: reduction(({ x, g }) => g.mul(2).mul(x)),
  ReduceL1: reduction(({ x, g }) => g.mul(x.sign())),
  /** 0 at the zero vector, the middle of the slopes there. */
  ReduceL2: reduction(({ x, y, g }) => g.div(where(y.equal(0), 1, y)).mul(x)),
  ReduceLogSum: reduction(({ x, y, g }) => g.div(y.exp()).expand(x.shape)),
  ReduceLogSumExp: reduction(({ x, y, g }) => g.mul(x.sub(y).exp())),
  CumSum: (node, [g]) => {
    const { exclusive, reverse } = node.attributes as { exclusive: number; reverse: number };
    return [applyOne("CumSum", [g, node.inputs[1]], { exclusive, reverse: reverse ? 0 : 1 })];
  },
};
