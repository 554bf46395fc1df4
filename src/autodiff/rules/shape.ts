import { ModelError } from "../../tensor/errors.ts";
import { array } from "../../tensor/nd-array.ts";
import { knownIntegers } from "../../tensor/symbolic-shape.ts";
import { applyOne, concat, constant, type Node, type Tensor, zeros } from "../../tensor/tensor.ts";
import { type GradientTable, numericShape, rule, unbroadcast } from "./rule.ts";

function known(owner: string, tensor: Tensor | undefined): number[] {
  const values = knownIntegers(tensor);
  if (!values) throw new ModelError(`gradient of ${owner}: expected indices known when the graph is built`);
  return values;
}

const reshaped = rule(({ g, x }) => [g.reshape(x.shape)]);

/** Scatters the gradient back to where each kept element came from, one sliced axis after the other. */
function unslice(g: Tensor, from: Tensor, node: { inputs: readonly (Tensor | undefined)[] }): Tensor {
  const shape = numericShape("Slice", from.shape);
  const starts = known("Slice", node.inputs[1]);
  const axes = node.inputs[3] ? known("Slice", node.inputs[3]) : starts.map((_, i) => i);
  const steps = node.inputs[4] ? known("Slice", node.inputs[4]) : starts.map(() => 1);
  let result = g;
  for (const [i, given] of axes.entries()) {
    const axis = given < 0 ? given + shape.length : given;
    const length = shape[axis] as number;
    const count = result.shape[axis] as number;
    const step = steps[i] as number;
    const raw = starts[i] as number;
    const first = Math.min(Math.max(raw < 0 ? raw + length : raw, 0), step > 0 ? length : length - 1);
    if (step === 1) {
      const pads = new Array<number>(2 * shape.length).fill(0);
      pads[axis] = first;
      pads[axis + shape.length] = length - first - count;
      if (pads.some((pad) => pad > 0)) result = applyOne("Pad", [result, constant(array(pads, undefined, "int64"))]);
    } else {
      const at = Array.from({ length: count }, (_, k) => first + k * step);
      const line = result.shape.map((_, k) => (k === axis ? count : 1));
      const indices = constant(array(at, line, "int64")).expand(result.shape);
      const target = zeros(result.shape.with(axis, length), g.dtype);
      result = applyOne("ScatterElements", [target, indices, result], { axis });
    }
  }
  return result;
}

/** What of a padded gradient belongs to the input: zeros where padding cut off, a slice where it only added. */
function unpad(g: Tensor, { inputs }: Node): Tensor {
  const x = inputs[0] as Tensor;
  const pads = known("Pad", inputs[1]);
  if (pads.some((pad) => pad < 0)) {
    const back = pads.map((pad) => -pad);
    return applyOne("Pad", [g, constant(array(back, undefined, "int64")), undefined, inputs[3]]);
  }
  const axes = inputs[3] ? known("Pad", inputs[3]) : x.shape.map((_, axis) => axis);
  return axes.reduce<Tensor>((rest, axis, i) => {
    const start = pads[i] as number;
    return rest.slice({ axis, start, end: start + (x.dim(axis) as number) });
  }, g);
}

export const SHAPE_GRADIENTS: GradientTable = {
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Transpose: rule(({ g, x, node }) => {
    const perm = (node.attributes.perm as number[] | undefined) ?? x.shape.map((_, axis) => x.rank - 1 - axis);
    return [g.transpose(x.shape.map((_, axis) => perm.indexOf(axis)))];
  }),
  Concat: rule(({ g, inputs, node }) => {
    const axis = node.attributes.axis as number;
    return g.split(
      numericShape(
        "Concat",
        inputs.map((input) => input.dim(axis)),
      ),
      axis,
    );
  }),
  Split: (node, gradients) => {
    const parts = node.outputs.map((output, i) => gradients[i] ?? zeros(output.shape, output.dtype));
    return [concat(parts, node.attributes.axis as number)];
  },
  Slice: (node, [g]) => [unslice(g as Tensor, node.inputs[0] as Tensor, node)],
  Expand: rule(({ g, x }) => [unbroadcast(g, x.shape)]),
  Tile: rule(({ g, x, inputs }) => {
    const repeats = known("Tile", inputs[1]);
    const shape = numericShape("Tile", x.shape);
    const split = shape.flatMap((dim, axis) => [repeats[axis] as number, dim]);
    return [g.reshape(split).sum({ axes: shape.map((_, axis) => 2 * axis) })];
  }),
  Pad: (node, [gradient]) => {
    const [x, pads, value, axes] = node.inputs as [Tensor, Tensor, Tensor | undefined, Tensor | undefined];
    if (node.attributes.mode !== "constant") {
      throw new ModelError(`gradient of Pad: expected mode constant but found ${node.attributes.mode}`);
    }
    const g = gradient as Tensor;
    const padding = value && applyOne("Pad", [zeros(x.shape, x.dtype), pads, constant(1, x.dtype), axes]);
    return [unpad(g, node), undefined, padding && unbroadcast(g.mul(padding), value.shape)];
  },
  Trilu: (node, [g]) => [applyOne("Trilu", [g, node.inputs[1]], { upper: node.attributes.upper as number })],
};
