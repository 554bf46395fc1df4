import type { Dim } from "../../tensor/dim.ts";
import { multiplyDims } from "../../tensor/dim.ts";
import { ModelError } from "../../tensor/errors.ts";
import { applyOne, type Tensor } from "../../tensor/tensor.ts";
import { type GradientTable, rule, unbroadcast } from "./rule.ts";

interface Product {
  a: Tensor;
  b: Tensor;
  g: Tensor;
  transA: boolean;
  transB: boolean;
  alpha: number;
}

/** A product of two tensors, each with its last two axes transposed or not: `Gemm` for matrices, else `FusedMatMul`. */
export function times(a: Tensor, transA: boolean, b: Tensor, transB: boolean, alpha = 1): Tensor {
  const operator = a.rank === 2 && b.rank === 2 ? "Gemm" : "FusedMatMul";
  return applyOne(operator, [a, b], { transA: transA ? 1 : 0, transB: transB ? 1 : 0, alpha });
}

/** For `y = alpha · op(A) op(B)`: dA = g op(B)ᵀ and dB = op(A)ᵀ g, each transposed where its operand was. */
function productGradients({ a, b, g, transA, transB, alpha }: Product): [Tensor, Tensor] {
  const da = transA ? times(b, transB, g, true, alpha) : times(g, false, b, !transB, alpha);
  const db = transB ? times(g, true, a, transA, alpha) : times(a, !transA, g, false, alpha);
  return [unbroadcast(da, a.shape), unbroadcast(db, b.shape)];
}

function flatten(x: Tensor): Tensor {
  return x.rank === 2 ? x : x.reshape([multiplyDims(x.shape.slice(0, -1)), x.shape.at(-1) as Dim]);
}

function matmulGradients(a: Tensor, b: Tensor, g: Tensor): [Tensor, Tensor] {
  if (a.rank === 1 || b.rank === 1) {
    const left = a.rank === 1 ? a.unsqueeze(0) : a;
    const right = b.rank === 1 ? b.unsqueeze(1) : b;
    const wide = a.rank === 1 ? (b.rank === 1 ? g.reshape([1, 1]) : g.unsqueeze(-2)) : g.unsqueeze(-1);
    const [da, db] = matmulGradients(left, right, wide);
    return [da.reshape(a.shape), db.reshape(b.shape)];
  }
  if (b.rank === 2) {
    const [da, db] = productGradients({ a: flatten(a), b, g: flatten(g), transA: false, transB: false, alpha: 1 });
    return [a.rank === 2 ? da : da.reshape(a.shape), db];
  }
  return productGradients({ a, b, g, transA: false, transB: false, alpha: 1 });
}

export const PRODUCT_GRADIENTS: GradientTable = {
  MatMul: rule(({ g, inputs: [a, b] }) => matmulGradients(a as Tensor, b as Tensor, g)),
  FusedMatMul: rule(({ g, inputs: [a, b], node }) => {
    const { transA, transB, transBatchA, transBatchB, alpha } = node.attributes as Record<string, number>;
    if (transBatchA || transBatchB) {
      throw new ModelError("gradient of FusedMatMul: expected matrices in the last two axes but found transBatch");
    }
    const factors = { a: a as Tensor, b: b as Tensor, g, alpha: alpha as number };
    return productGradients({ ...factors, transA: transA === 1, transB: transB === 1 });
  }),
  Gemm: (node, [gradient]) => {
    const [a, b, bias] = node.inputs as [Tensor, Tensor, Tensor | undefined];
    const { transA, transB, alpha, beta } = node.attributes as Record<string, number>;
    const g = gradient as Tensor;
    const factors = { a, b, g, transA: transA === 1, transB: transB === 1, alpha: alpha as number };
    const scaled = beta === 1 ? g : g.mul(beta as number);
    return [...productGradients(factors), bias ? unbroadcast(scaled, bias.shape) : undefined];
  },
};
