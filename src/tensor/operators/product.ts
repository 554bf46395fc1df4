import { type Dim, formatShape, isUnknown } from "../dim.ts";
import { ShapeError } from "../errors.ts";
import type { Attributes, Tensor, TensorType } from "../tensor.ts";
import { broadcast, type OperatorTable, required } from "./operator.ts";

function agree(owner: string, left: Dim, right: Dim, shapes: string): void {
  if (left !== right && !isUnknown(left) && !isUnknown(right)) {
    throw new ShapeError(`${owner}: expected inner dimensions to agree but found ${left} and ${right} in ${shapes}`);
  }
}

function inferMatMul(owner: string, a: TensorType, b: TensorType, transA = false, transB = false): TensorType[] {
  const shapes = `${formatShape(a.shape)} and ${formatShape(b.shape)}`;
  const [rankA, rankB] = [a.shape.length, b.shape.length];
  if (rankA === 0 || rankB === 0) throw new ShapeError(`${owner}: expected matrices but found ${shapes}`);
  const flip = (shape: readonly Dim[], on: boolean) =>
    on ? [...shape.slice(0, -2), shape.at(-1) as Dim, shape.at(-2) as Dim] : shape;
  const left = rankA === 1 ? [1, ...a.shape] : flip(a.shape, transA);
  const right = rankB === 1 ? [...b.shape, 1] : flip(b.shape, transB);
  agree(owner, left.at(-1) as Dim, right.at(-2) as Dim, shapes);
  const shape = broadcast(owner, [left.slice(0, -2), right.slice(0, -2)]);
  if (rankA > 1) shape.push(left.at(-2) as Dim);
  if (rankB > 1) shape.push(right.at(-1) as Dim);
  return [{ shape, dtype: a.dtype }];
}

function batchFirst({ shape, dtype }: Tensor, on: boolean): TensorType {
  const [rows, ...rest] = shape;
  return { shape: on && shape.length > 2 ? [...rest.slice(0, -1), rows as Dim, rest.at(-1) as Dim] : shape, dtype };
}

function inferGemm(inputs: readonly (Tensor | undefined)[], { transA, transB }: Attributes): TensorType[] {
  const a = required("Gemm", inputs, 0);
  const b = required("Gemm", inputs, 1);
  const shapes = `${formatShape(a.shape)} and ${formatShape(b.shape)}`;
  if (a.rank !== 2 || b.rank !== 2) throw new ShapeError(`Gemm: expected two matrices but found ${shapes}`);
  const [rows, inner] = transA ? [a.shape[1], a.shape[0]] : [a.shape[0], a.shape[1]];
  const [inner2, columns] = transB ? [b.shape[1], b.shape[0]] : [b.shape[0], b.shape[1]];
  agree("Gemm", inner as Dim, inner2 as Dim, shapes);
  const shape = [rows as Dim, columns as Dim];
  const bias = inputs[2];
  if (bias) broadcast("Gemm", [shape, bias.shape]);
  return [{ shape, dtype: a.dtype }];
}

/** Matrix products. */
export const PRODUCTS: OperatorTable = {
  MatMul: {
    versions: [1, 9, 13],
    attributes: {},
    infer: (inputs) => inferMatMul("MatMul", required("MatMul", inputs, 0), required("MatMul", inputs, 1)),
  },
  /** `alpha · A B + beta · C`, with A or B transposed; matrices only. */
  Gemm: {
    versions: [7, 9, 11, 13],
    attributes: { alpha: ["float", 1], beta: ["float", 1], transA: ["int", 0], transB: ["int", 0] },
    infer: inferGemm,
  },
  /** `alpha · A B` with the last two axes of A or B transposed; with `transBatch`, `[rows, batch…, columns]` holds matrices. */
  FusedMatMul: {
    domain: "com.microsoft",
    versions: [1],
    attributes: {
      alpha: ["float", 1],
      transA: ["int", 0],
      transB: ["int", 0],
      transBatchA: ["int", 0],
      transBatchB: ["int", 0],
    },
    infer: (inputs, { transA, transB, transBatchA, transBatchB }) => {
      const a = batchFirst(required("FusedMatMul", inputs, 0), transBatchA === 1);
      const b = batchFirst(required("FusedMatMul", inputs, 1), transBatchB === 1);
      return inferMatMul("FusedMatMul", a, b, transA === 1, transB === 1);
    },
  },
};
