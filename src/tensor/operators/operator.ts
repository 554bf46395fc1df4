import { type Dim, formatShape, isUnknown, type Shape, unknownDim } from "../dim.ts";
import { ShapeError } from "../errors.ts";
import type { DType } from "../nd-array.ts";
import type { Attributes, AttributeValue, Tensor, TensorType } from "../tensor.ts";

/** How ONNX stores an attribute, and its default; no default means that the attribute may be absent. */
export type AttributeSpec = readonly [
  type: "int" | "float" | "string" | "ints" | "floats" | "strings" | "tensor" | "dtype" | "graph",
  fallback?: AttributeValue,
];

/** One row of the table of operators: the ONNX operator of the same name, and its shape rule. */
export interface Operator {
  /** Operator set; default: `ai.onnx`. */
  readonly domain?: "com.microsoft";
  /** The ONNX versions ("since version") whose meaning this row has. */
  readonly versions: readonly number[];
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
  /** Types of the outputs. @throws ShapeError when the inputs do not fit */
  readonly infer: (inputs: readonly (Tensor | undefined)[], attributes: Attributes, outputs: number) => TensorType[];
}

export type OperatorTable = Readonly<Record<string, Operator>>;

export const FLOATS: ReadonlySet<DType> = new Set(["float32", "float64", "float16", "bfloat16"]);

/** An input that must be there. */
export function required(owner: string, inputs: readonly (Tensor | undefined)[], index: number): Tensor {
  const found = inputs[index];
  if (!found) throw new ShapeError(`${owner}: expected input ${index} but found none`);
  return found;
}

/** One output, of the first input's shape and type. */
export function likeFirst(
  owner: string,
  versions: readonly number[],
  attributes: Operator["attributes"] = {},
): Operator {
  return {
    versions,
    attributes,
    infer: (inputs) => {
      const { shape, dtype } = required(owner, inputs, 0);
      return [{ shape, dtype }];
    },
  };
}

function broadcastDim(owner: string, a: Dim, b: Dim, shapes: readonly Shape[]): Dim {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  if (isUnknown(a)) return b;
  if (isUnknown(b)) return a;
  throw new ShapeError(`${owner}: expected shapes that broadcast but found ${shapes.map(formatShape).join(" and ")}`);
}

/** The shape that all inputs stretch to: equal dimensions or 1, from the last axis backwards (NumPy's rule). */
export function broadcast(owner: string, shapes: readonly Shape[]): Dim[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) =>
    shapes.map((shape) => shape[axis - rank + shape.length] ?? 1).reduce((a, b) => broadcastDim(owner, a, b, shapes)),
  );
}

export function resolveAxis(owner: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= Math.max(rank, 1)) {
    throw new ShapeError(`${owner}: expected an axis from ${-rank} to ${rank - 1} but found ${axis}`);
  }
  return axis < 0 ? axis + rank : axis;
}

export function unknownShape(rank: number): Dim[] {
  return Array.from({ length: rank }, unknownDim);
}

/** The most axes that a shape read from the graph, or from a file, can have. */
export const MAX_RANK = 64;

/** The only length of a vector of axes or sizes, where the graph knows it. */
export function vectorLength(owner: string, tensor: Tensor): number {
  const length = tensor.shape[0];
  if (tensor.rank !== 1 || typeof length !== "number" || length > MAX_RANK) {
    throw new ShapeError(
      `${owner}: expected a vector of known length up to ${MAX_RANK} but found ${formatShape(tensor.shape)}`,
    );
  }
  return length;
}
