import { ShapeError } from "../../tensor/index.ts";
import { mapValue, zip } from "./elementwise.ts";
import { given, type Kernel, type KernelTable } from "./kernel.ts";
import { broadcastShape, broadcastTo, permute, reshaped } from "./layout.ts";
import { type Value, wrap } from "./value.ts";

/** Swaps the last two axes. */
function transposed(value: Value): Value {
  const rank = value.shape.length;
  const order = value.shape.map((_, axis) => axis);
  return rank < 2 ? value : permute(value, [...order.slice(0, -2), rank - 1, rank - 2]);
}

/** Multiplies matrices; leading axes broadcast. */
function multiplyMatrices(a: Value, b: Value): Value {
  const [rows, inner] = a.shape.slice(-2) as [number, number];
  const [inner2, columns] = b.shape.slice(-2) as [number, number];
  if (inner !== inner2) {
    throw new ShapeError(`reference: expected inner dimensions to agree but found [${a.shape}] and [${b.shape}]`);
  }
  const batch = broadcastShape([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const left = broadcastTo(a, [...batch, rows, inner]).data;
  const right = broadcastTo(b, [...batch, inner, columns]).data;
  const shape = [...batch, rows, columns];
  const data = new Float64Array(shape.reduce((total, dim) => total * dim, 1));
  for (let row = 0; row * columns < data.length; row++) {
    const page = Math.floor(row / rows) * inner * columns;
    for (let k = 0; k < inner; k++) {
      const x = left[row * inner + k] as number;
      for (let column = 0; column < columns; column++) {
        const at = row * columns + column;
        data[at] = (data[at] as number) + x * (right[page + k * columns + column] as number);
      }
    }
  }
  return { data: data.map((x) => wrap(x, a.dtype)), shape, dtype: a.dtype };
}

/** NumPy's rule: a vector on the left is a row, on the right a column, and its added axis goes again. */
export function matmul(a: Value, b: Value): Value {
  const left = a.shape.length === 1 ? reshaped(a, [1, ...a.shape]) : a;
  const right = b.shape.length === 1 ? reshaped(b, [...b.shape, 1]) : b;
  const result = multiplyMatrices(left, right);
  const shape = [...result.shape];
  if (a.shape.length === 1) shape.splice(-2, 1);
  if (b.shape.length === 1) shape.pop();
  return reshaped(result, shape);
}

const gemm: Kernel = (inputs, { alpha, beta, transA, transB }) => {
  const a = transA ? transposed(given(inputs, 0)) : given(inputs, 0);
  const b = transB ? transposed(given(inputs, 1)) : given(inputs, 1);
  const scaled = mapValue(multiplyMatrices(a, b), (x) => (alpha as number) * x);
  const bias = inputs[2];
  return [bias ? zip(scaled, bias, (x, y) => x + (beta as number) * y) : scaled];
};

/** `transBatch` moves the first axis behind the other leading ones: `[d0, batch…, d1]` holds matrices `[d0, d1]`. */
function moveBatch(value: Value): Value {
  const order = value.shape.map((_, axis) => axis);
  return permute(value, [...order.slice(1, -1), 0, ...order.slice(-1)]);
}

const fusedMatMul: Kernel = (inputs, { alpha, transA, transB, transBatchA, transBatchB }) => {
  const a = transBatchA ? moveBatch(given(inputs, 0)) : given(inputs, 0);
  const b = transBatchB ? moveBatch(given(inputs, 1)) : given(inputs, 1);
  const product = matmul(transA ? transposed(a) : a, transB ? transposed(b) : b);
  return [mapValue(product, (x) => (alpha as number) * x)];
};

export const PRODUCTS: KernelTable = {
  MatMul: (inputs) => [matmul(given(inputs, 0), given(inputs, 1))],
  Gemm: gemm,
  FusedMatMul: fusedMatMul,
};
