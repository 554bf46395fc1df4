import { addDims, type Dim, divideDims, formatShape, isUnknown, multiplyDims, type Shape, unknownDim } from "../dim.ts";
import { ShapeError } from "../errors.ts";
import type { DType, NdArray } from "../nd-array.ts";
import { knownDims, knownIntegers } from "../symbolic-shape.ts";
import type { Attributes, Tensor, TensorType } from "../tensor.ts";
import { broadcast, type OperatorTable, required, resolveAxis, unknownShape, vectorLength } from "./operator.ts";

type Inputs = readonly (Tensor | undefined)[];

function inferReshape(inputs: Inputs, { allowzero }: Attributes): TensorType[] {
  const { shape, dtype } = required("Reshape", inputs, 0);
  const target = required("Reshape", inputs, 1);
  const known = knownDims(target);
  if (!known) return [{ shape: unknownShape(vectorLength("Reshape", target)), dtype }];
  const result: Dim[] = known.map((dim, axis) => (dim === 0 && !allowzero ? (shape[axis] as Dim) : dim));
  const open = result.indexOf(-1);
  if (open !== result.lastIndexOf(-1)) {
    throw new ShapeError(`Reshape: expected at most one axis of -1 but found ${formatShape(known)}`);
  }
  const total = multiplyDims(shape);
  if (open >= 0) {
    const rest = multiplyDims(result.filter((_, axis) => axis !== open));
    const missing = divideDims(total, rest);
    if (missing === undefined && !isUnknown(total)) {
      throw new ShapeError(`Reshape: expected ${formatShape(shape)} to divide into ${formatShape(known)}`);
    }
    result[open] = missing ?? unknownDim();
  } else if (multiplyDims(result) !== total && !isUnknown(total)) {
    throw new ShapeError(
      `Reshape: expected a shape of ${total} elements, as in ${formatShape(shape)}, but found ${formatShape(known)}`,
    );
  }
  return [{ shape: result, dtype }];
}

function inferConcat(inputs: Inputs, attributes: Attributes): TensorType[] {
  const parts = inputs.filter((part): part is Tensor => part !== undefined);
  const { shape, dtype } = required("Concat", inputs, 0);
  const axis = resolveAxis("Concat", attributes.axis as number, shape.length);
  for (const part of parts) {
    const fits =
      part.dtype === dtype &&
      part.rank === shape.length &&
      part.shape.every((dim, i) => i === axis || dim === shape[i] || isUnknown(dim) || isUnknown(shape[i] as Dim));
    if (!fits) {
      const found = parts.map((p) => `${p.dtype} ${formatShape(p.shape)}`).join(", ");
      throw new ShapeError(`Concat: expected tensors alike but for axis ${axis} but found ${found}`);
    }
  }
  return [{ shape: shape.with(axis, addDims(parts.map((part) => part.shape[axis] as Dim))), dtype }];
}

function inferSplit(inputs: Inputs, attributes: Attributes, outputs: number): TensorType[] {
  const { shape, dtype } = required("Split", inputs, 0);
  const axis = resolveAxis("Split", attributes.axis as number, shape.length);
  const length = shape[axis] as Dim;
  const count = (attributes.num_outputs as number | undefined) ?? outputs;
  let sizes: Dim[] | undefined = inputs[1] ? knownDims(inputs[1]) : undefined;
  if (!sizes && typeof length === "number" && !inputs[1]) {
    const each = Math.ceil(length / count);
    sizes = Array.from({ length: count }, (_, i) => Math.max(0, Math.min(each, length - i * each)));
  }
  if (sizes && addDims(sizes) !== length && !isUnknown(length)) {
    throw new ShapeError(`Split: expected sizes that add up to ${length} but found ${sizes}`);
  }
  return (sizes ?? unknownShape(count)).map((size) => ({ shape: shape.with(axis, size), dtype }));
}

/** Length of `start … end` in steps, as ONNX and NumPy clamp them. */
export function sliceLength(dim: number, start: number, end: number, step: number): number {
  const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
  const from = clamp(start < 0 ? start + dim : start, step > 0 ? 0 : -1, step > 0 ? dim : dim - 1);
  const to = clamp(end < 0 ? end + dim : end, step > 0 ? 0 : -1, step > 0 ? dim : dim - 1);
  return Math.max(0, Math.ceil((to - from) / step));
}

function inferSlice(inputs: Inputs): TensorType[] {
  const { shape, dtype } = required("Slice", inputs, 0);
  const starts = knownIntegers(inputs[1]);
  const ends = knownIntegers(inputs[2]);
  const axes = inputs[3] ? knownIntegers(inputs[3]) : starts?.map((_, i) => i);
  const steps = inputs[4] ? knownIntegers(inputs[4]) : starts?.map(() => 1);
  if (!starts || !ends || !axes || !steps) return [{ shape: shape.map(unknownDim), dtype }];
  const result = [...shape];
  for (const [i, given] of axes.entries()) {
    const axis = resolveAxis("Slice", given, shape.length);
    const dim = shape[axis] as Dim;
    const [start, end, step] = [starts[i] as number, ends[i] as number, steps[i] as number];
    if (step === 0) throw new ShapeError("Slice: expected a step other than 0 but found 0");
    const whole = start === 0 && step === 1 && end >= Number.MAX_SAFE_INTEGER;
    if (typeof dim === "number") result[axis] = sliceLength(dim, start, end, step);
    else if (!whole) result[axis] = start === 0 && end > 0 && step === 1 ? end : unknownDim();
  }
  return [{ shape: result, dtype }];
}

function inferSqueeze(inputs: Inputs): TensorType[] {
  const { shape, dtype } = required("Squeeze", inputs, 0);
  const known = inputs[1] ? knownIntegers(inputs[1]) : shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  if (!known) return [{ shape: unknownShape(shape.length - vectorLength("Squeeze", inputs[1] as Tensor)), dtype }];
  const axes = new Set(known.map((axis) => resolveAxis("Squeeze", axis, shape.length)));
  for (const axis of axes) {
    const dim = shape[axis] as Dim;
    if (dim !== 1 && !isUnknown(dim)) {
      throw new ShapeError(`Squeeze: expected axis ${axis} to have length 1 but found ${formatShape(shape)}`);
    }
  }
  return [{ shape: shape.filter((_, axis) => !axes.has(axis)), dtype }];
}

function inferUnsqueeze(inputs: Inputs): TensorType[] {
  const { shape, dtype } = required("Unsqueeze", inputs, 0);
  const given = required("Unsqueeze", inputs, 1);
  const known = knownIntegers(given);
  if (!known) return [{ shape: unknownShape(shape.length + vectorLength("Unsqueeze", given)), dtype }];
  const rank = shape.length + known.length;
  const axes = new Set(known.map((axis) => resolveAxis("Unsqueeze", axis, rank)));
  const rest = [...shape];
  return [{ shape: Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (rest.shift() as Dim))), dtype }];
}

function inferPad(inputs: Inputs): TensorType[] {
  const { shape, dtype } = required("Pad", inputs, 0);
  const pads = knownIntegers(inputs[1]);
  const axes = inputs[3] ? knownIntegers(inputs[3]) : shape.map((_, axis) => axis);
  if (!pads || !axes) return [{ shape: shape.map(unknownDim), dtype }];
  const result = [...shape];
  for (const [i, given] of axes.entries()) {
    const axis = resolveAxis("Pad", given, shape.length);
    result[axis] = addDims([shape[axis] as Dim, pads[i] as number, pads[i + axes.length] as number]);
  }
  return [{ shape: result, dtype }];
}

function filled(owner: string, shapeInput: Tensor, base?: Shape): Shape {
  const known = knownDims(shapeInput) ?? unknownShape(vectorLength(owner, shapeInput));
  return base ? broadcast(owner, [base, known]) : known;
}

/** Rearranging, joining, cutting and making. */
export const SHAPES: OperatorTable = {
  Reshape: { versions: [5, 13, 14, 19, 21, 23, 24, 25], attributes: { allowzero: ["int", 0] }, infer: inferReshape },
  Transpose: {
    versions: [1, 13, 21, 23, 24, 25],
    attributes: { perm: ["ints"] },
    infer: (inputs, attributes) => {
      const { shape, dtype } = required("Transpose", inputs, 0);
      const perm = (attributes.perm as number[] | undefined) ?? shape.map((_, axis) => shape.length - 1 - axis);
      if ([...perm].sort((a, b) => a - b).some((axis, i) => axis !== i) || perm.length !== shape.length) {
        throw new ShapeError(`Transpose: expected an order of ${shape.length} axes but found [${perm}]`);
      }
      return [{ shape: perm.map((axis) => shape[axis] as Dim), dtype }];
    },
  },
  Concat: { versions: [4, 11, 13], attributes: { axis: ["int"] }, infer: inferConcat },
  Split: { versions: [13, 18], attributes: { axis: ["int", 0], num_outputs: ["int"] }, infer: inferSplit },
  Slice: { versions: [10, 11, 13], attributes: {}, infer: inferSlice },
  Squeeze: { versions: [13, 21, 23, 24, 25], attributes: {}, infer: inferSqueeze },
  Unsqueeze: { versions: [13, 21, 23, 24, 25], attributes: {}, infer: inferUnsqueeze },
  Flatten: {
    versions: [1, 9, 11, 13, 21, 23, 24, 25],
    attributes: { axis: ["int", 1] },
    infer: (inputs, attributes) => {
      const { shape, dtype } = required("Flatten", inputs, 0);
      const given = attributes.axis as number;
      const axis = given < 0 ? given + shape.length : given;
      return [{ shape: [multiplyDims(shape.slice(0, axis)), multiplyDims(shape.slice(axis))], dtype }];
    },
  },
  Expand: {
    versions: [8, 13],
    attributes: {},
    infer: (inputs) => {
      const { shape, dtype } = required("Expand", inputs, 0);
      return [{ shape: filled("Expand", required("Expand", inputs, 1), shape), dtype }];
    },
  },
  Tile: {
    versions: [6, 13],
    attributes: {},
    infer: (inputs) => {
      const { shape, dtype } = required("Tile", inputs, 0);
      const repeats = knownDims(inputs[1]);
      const tiled = (dim: Dim, axis: number) => (repeats ? multiplyDims([dim, repeats[axis] as Dim]) : unknownDim());
      return [{ shape: shape.map(tiled), dtype }];
    },
  },
  Pad: { versions: [11, 13, 18, 19, 21, 23, 24, 25], attributes: { mode: ["string", "constant"] }, infer: inferPad },
  Shape: {
    versions: [1, 13, 15, 19, 21, 23, 24, 25],
    attributes: { start: ["int", 0], end: ["int"] },
    infer: (inputs, attributes) => {
      const { shape } = required("Shape", inputs, 0);
      const part = shape.slice(attributes.start as number, attributes.end as number | undefined);
      return [{ shape: [part.length], dtype: "int64" }];
    },
  },
  Size: {
    versions: [1, 13, 19, 21, 23, 24, 25],
    attributes: {},
    infer: () => [{ shape: [], dtype: "int64" }],
  },
  ConstantOfShape: {
    versions: [9, 20, 21, 23, 24, 25],
    attributes: { value: ["tensor", { data: new Float32Array(1), shape: [1], dtype: "float32" }] },
    infer: (inputs, { value }) => [
      { shape: filled("ConstantOfShape", required("ConstantOfShape", inputs, 0)), dtype: (value as NdArray).dtype },
    ],
  },
  Range: {
    versions: [11, 27],
    attributes: {},
    infer: (inputs) => {
      const [start, , delta] = inputs.map((part) => knownIntegers(part)?.[0]);
      const limit = knownDims(inputs[1])?.[0];
      const { dtype } = required("Range", inputs, 0);
      if (start === undefined || !delta || limit === undefined) return [{ shape: [unknownDim()], dtype }];
      if (typeof limit === "number") return [{ shape: [Math.max(0, Math.ceil((limit - start) / delta))], dtype }];
      return [{ shape: [start === 0 && delta === 1 ? limit : unknownDim()], dtype }];
    },
  },
  Trilu: {
    versions: [14],
    attributes: { upper: ["int", 1] },
    infer: (inputs) => {
      const { shape, dtype } = required("Trilu", inputs, 0);
      return [{ shape, dtype }];
    },
  },
  /** Ones on the diagonal `k`, in the shape of a matrix. */
  EyeLike: {
    versions: [9, 22],
    attributes: { dtype: ["dtype"], k: ["int", 0] },
    infer: (inputs, attributes) => {
      const { shape, dtype } = required("EyeLike", inputs, 0);
      return [{ shape, dtype: (attributes.dtype as DType | undefined) ?? dtype }];
    },
  },
};
