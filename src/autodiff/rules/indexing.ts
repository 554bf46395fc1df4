import { ModelError } from "../../tensor/errors.ts";
import { array, type DType, product } from "../../tensor/nd-array.ts";
import { applyOne, constant, type Node, stack, type Tensor, zeros } from "../../tensor/tensor.ts";
import { type GradientTable, numericShape, rule } from "./rule.ts";

/** Adds rows of `g` to rows `indices` of a zero table; the same row may be named more than once. */
function scatterRows(indices: Tensor, g: Tensor, shape: readonly number[]): Tensor {
  const count = product(numericShape("Gather", indices.shape));
  const rows = indices.reshape([count, 1]).cast("int64");
  const updates = g.reshape([count, ...shape.slice(1)]);
  return applyOne("ScatterND", [zeros(shape, g.dtype), rows, updates], { reduction: "add" });
}

/** Zeros of a shape that only a run may know. */
function zerosLike(x: Tensor, dtype: DType): Tensor {
  if (x.shape.every((dim) => typeof dim === "number")) return zeros(x.shape, dtype);
  return applyOne("ConstantOfShape", [applyOne("Shape", [x])], { value: array([0], [1]) }).cast(dtype);
}

function requireAdd(node: Node): void {
  const { reduction } = node.attributes;
  if (reduction !== "add" && reduction !== "none") {
    throw new ModelError(`gradient of ${node.operator}: expected reduction add or none but found ${reduction}`);
  }
}

export const INDEXING_GRADIENTS: GradientTable = {
  Gather: rule(({ g, x, inputs, node }) => {
    const indices = inputs[1] as Tensor;
    const shape = numericShape("Gather", x.shape);
    const axis = ((node.attributes.axis as number) + x.rank) % x.rank;
    if (axis === 0) return [scatterRows(indices, g, shape)];
    const front = g.shape.map((_, i) => i).slice(0, axis);
    const middle = indices.shape.map((_, i) => axis + i);
    const back = g.shape.map((_, i) => i).slice(axis + indices.rank);
    const moved = [shape[axis] as number, ...shape.slice(0, axis), ...shape.slice(axis + 1)];
    const table = scatterRows(indices, g.transpose([...middle, ...front, ...back]), moved);
    return [table.transpose(shape.map((_, i) => (i < axis ? i + 1 : i === axis ? 0 : i)))];
  }),
  GatherElements: rule(({ g, x, inputs, node }) => [
    applyOne("ScatterElements", [zeros(x.shape, g.dtype), inputs[1], g], {
      axis: node.attributes.axis as number,
      reduction: "add",
    }),
  ]),
  GatherND: rule(({ g, x, inputs, node }) => {
    if (node.attributes.batch_dims !== 0) {
      throw new ModelError(`gradient of GatherND: expected batch_dims 0 but found ${node.attributes.batch_dims}`);
    }
    return [applyOne("ScatterND", [zeros(x.shape, g.dtype), inputs[1], g], { reduction: "add" })];
  }),
  ScatterElements: rule(({ g, inputs, node }) => {
    requireAdd(node);
    const [, indices, updates] = inputs as [Tensor, Tensor, Tensor];
    const axis = node.attributes.axis as number;
    const kept = applyOne("ScatterElements", [g, indices, zeros(updates.shape, g.dtype)], { axis });
    return [node.attributes.reduction === "add" ? g : kept, undefined, g.gatherElements(indices, axis)];
  }),
  ScatterND: rule(({ g, inputs, node }) => {
    requireAdd(node);
    const [, indices, updates] = inputs as [Tensor, Tensor, Tensor];
    const kept = applyOne("ScatterND", [g, indices, zeros(updates.shape, g.dtype)]);
    return [node.attributes.reduction === "add" ? g : kept, undefined, applyOne("GatherND", [g, indices])];
  }),
  /** Of the two values that the result is made of; the indices have none. */
  OneHot: rule(({ g, inputs, node }) => {
    const [indices, depth, values] = inputs as [Tensor, Tensor, Tensor];
    const ones = constant(array([0, 1], undefined, values.dtype));
    const on = g.mul(applyOne("OneHot", [indices, depth, ones], node.attributes)).sum();
    return [undefined, undefined, stack([g.sum().sub(on), on], 0)];
  }),
  ReverseSequence: rule(({ g, inputs, node }) => [applyOne("ReverseSequence", [g, inputs[1]], node.attributes)]),
  TopK: (node, [g]) => {
    const x = node.inputs[0] as Tensor;
    const indices = node.outputs[1] as Tensor;
    const axis = node.attributes.axis as number;
    return [g && applyOne("ScatterElements", [zerosLike(x, g.dtype), indices, g], { axis, reduction: "add" })];
  },
};
