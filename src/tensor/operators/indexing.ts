import { type Dim, formatShape, unknownDim } from "../dim.ts";
import { ShapeError } from "../errors.ts";
import type { NdArray } from "../nd-array.ts";
import { knownDims, knownIntegers } from "../symbolic-shape.ts";
import type { Tensor, TensorType } from "../tensor.ts";
import { likeFirst, type OperatorTable, required, resolveAxis } from "./operator.ts";

function inferGatherNd(inputs: readonly (Tensor | undefined)[], batchDims: number): TensorType[] {
  const data = required("GatherND", inputs, 0);
  const indices = required("GatherND", inputs, 1);
  const depth = indices.shape.at(-1);
  if (typeof depth !== "number") {
    throw new ShapeError(`GatherND: expected a known last dimension but found ${formatShape(indices.shape)}`);
  }
  return [{ shape: [...indices.shape.slice(0, -1), ...data.shape.slice(batchDims + depth)], dtype: data.dtype }];
}

/** Reading and writing at indices. Negative indices count from the end. */
export const INDEXING: OperatorTable = {
  Gather: {
    versions: [1, 11, 13],
    attributes: { axis: ["int", 0] },
    infer: (inputs, attributes) => {
      const { shape, dtype } = required("Gather", inputs, 0);
      const indices = required("Gather", inputs, 1);
      const axis = resolveAxis("Gather", attributes.axis as number, shape.length);
      return [{ shape: [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)], dtype }];
    },
  },
  GatherElements: {
    versions: [11, 13],
    attributes: { axis: ["int", 0] },
    infer: (inputs) => [
      { shape: required("GatherElements", inputs, 1).shape, dtype: required("GatherElements", inputs, 0).dtype },
    ],
  },
  GatherND: {
    versions: [11, 12, 13],
    attributes: { batch_dims: ["int", 0] },
    infer: (inputs, attributes) => inferGatherNd(inputs, attributes.batch_dims as number),
  },
  ScatterElements: likeFirst("ScatterElements", [11, 13, 16, 18], { axis: ["int", 0], reduction: ["string", "none"] }),
  ScatterND: likeFirst("ScatterND", [11, 13, 16, 18], { reduction: ["string", "none"] }),
  /** Reverses the first `sequence_lens` elements of each row of the time axis; the rest stays. */
  ReverseSequence: likeFirst("ReverseSequence", [10], { batch_axis: ["int", 1], time_axis: ["int", 0] }),
  /** Writes `update` into a cache along its axis from `write_indices` on, one for each row of the batch (default: 0). */
  TensorScatter: likeFirst("TensorScatter", [24], { axis: ["int", -2], mode: ["string", "linear"] }),
  /** The slices along an axis (default: of the flattened input) where a condition holds. */
  Compress: {
    versions: [9, 11],
    attributes: { axis: ["int"] },
    infer: (inputs, attributes) => {
      const { shape, dtype } = required("Compress", inputs, 0);
      if (attributes.axis === undefined) return [{ shape: [unknownDim()], dtype }];
      return [
        { shape: shape.with(resolveAxis("Compress", attributes.axis as number, shape.length), unknownDim()), dtype },
      ];
    },
  },
  /** The indices of the elements other than 0, a row for each axis. */
  NonZero: {
    versions: [9, 13],
    attributes: {},
    infer: (inputs) => [{ shape: [required("NonZero", inputs, 0).rank, unknownDim()], dtype: "int64" }],
  },
  OneHot: {
    versions: [9, 11],
    attributes: { axis: ["int", -1] },
    infer: (inputs, attributes) => {
      const { shape } = required("OneHot", inputs, 0);
      const depth: Dim = knownIntegers(inputs[1])?.[0] ?? unknownDim();
      const axis = resolveAxis("OneHot", attributes.axis as number, shape.length + 1);
      return [{ shape: shape.toSpliced(axis, 0, depth), dtype: required("OneHot", inputs, 2).dtype }];
    },
  },
  TopK: {
    versions: [10, 11, 24],
    attributes: { axis: ["int", -1], largest: ["int", 1], sorted: ["int", 1] },
    infer: (inputs, attributes) => {
      const { shape, dtype } = required("TopK", inputs, 0);
      const axis = resolveAxis("TopK", attributes.axis as number, shape.length);
      const result = shape.with(axis, knownDims(inputs[1])?.[0] ?? unknownDim());
      return [
        { shape: result, dtype },
        { shape: result, dtype: "int64" },
      ];
    },
  },
};

export const CONSTANTS: OperatorTable = {
  /** A value written into the graph. */
  Constant: {
    versions: [1, 9, 11, 12, 13, 19, 21, 23, 24, 25],
    attributes: { value: ["tensor"] },
    infer: (_, { value }) => [{ shape: (value as NdArray).shape, dtype: (value as NdArray).dtype }],
  },
};
