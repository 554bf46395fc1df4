import type { Dim } from "../tensor/dim.ts";
import { array } from "../tensor/nd-array.ts";
import { shapeTensor } from "../tensor/symbolic-shape.ts";
import { applyOne, concat, constant, type Tensor } from "../tensor/tensor.ts";

const int64 = (value: number): Tensor => constant(array([value], undefined, "int64"));

/** `[... len width]` → `[... blocks block width]`, the last block filled up with zeros; `len` may be a symbol. */
export function splitBlocks(x: Tensor, block: number): Tensor {
  const len = x.dim(-2);
  const missing =
    typeof len === "number"
      ? int64((block - (len % block)) % block)
      : applyOne("Mod", [shapeTensor([len]).neg(), int64(block)]);
  // All axes are named: ONNX Runtime 1.30 loses track of `axes` where a transposition stands on either side.
  const none = new Array<Tensor>(x.rank - 2).fill(int64(0));
  const full =
    typeof len === "number" && len % block === 0
      ? x
      : applyOne("Pad", [x, concat([...none, int64(0), int64(0), ...none, missing, int64(0)], 0)]);
  return full.reshape([...x.shape.slice(0, -2), -1, block, x.dim(-1)]);
}

/** `[... blocks block width]` → `[... len width]`, without what the last block was filled up with. */
export function joinBlocks(x: Tensor, len: Dim): Tensor {
  const leading = x.shape.slice(0, -3);
  const rows = x.reshape([...leading, -1, x.dim(-1)]);
  if (typeof len === "number") return rows.slice({ axis: -2, end: len });
  const kept = applyOne("Slice", [rows, int64(0), shapeTensor([len]), int64(-2), int64(1)]);
  return kept.reshape([...leading, len, x.dim(-1)]);
}
