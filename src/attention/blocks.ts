import type { Dim } from "../tensor/dim.ts";
import { array } from "../tensor/nd-array.ts";
import { shapeTensor } from "../tensor/symbolic-shape.ts";
import { applyOne, concat, constant, type Tensor } from "../tensor/tensor.ts";

const int64 = (value: number): Tensor => constant(array([value], undefined, "int64"));

/** `[... len width]` → `[... blocks block width]`, the last block filled up with zeros; `len` may be a symbol. */
export function splitBlocks(x: Tensor, block: number): Tensor {
  const len = x.dim(-2);
  const after =
    typeof len === "number"
      ? (block - (len % block)) % block
      : applyOne("Mod", [shapeTensor([len]).neg(), int64(block)]);
  const blocks = typeof len === "number" ? Math.ceil(len / block) : -1;
  return padAxis(x, -2, { after }).reshape([...x.shape.slice(0, -2), blocks, block, x.dim(-1)]);
}

/** `[... blocks block width]` → `[... len width]`, without what the last block was filled up with. */
export function joinBlocks(x: Tensor, len: Dim): Tensor {
  return keepFirst(x.reshape([...x.shape.slice(0, -3), -1, x.dim(-1)]), -2, len);
}

/** Zeros before and behind an axis, which is counted from the end; how many behind it, a run may know only, as `[1]` int64. */
export function padAxis(
  x: Tensor,
  axis: number,
  { before = 0, after }: { readonly before?: number; readonly after: number | Tensor },
): Tensor {
  if (before === 0 && after === 0) return x;
  // All axes are named: ONNX Runtime 1.30 loses track of `axes` where a transposition stands on either side.
  const pads = [int64(before), typeof after === "number" ? int64(after) : after].flatMap((count) =>
    new Array<Tensor>(x.rank).fill(int64(0)).with(axis, count),
  );
  return applyOne("Pad", [x, concat(pads, 0)]);
}

/** The first `len` places of an axis, which is counted from the end; `len` may be a symbol. */
export function keepFirst(x: Tensor, axis: number, len: Dim): Tensor {
  if (typeof len === "number") return x.slice({ axis, end: len });
  const kept = applyOne("Slice", [x, int64(0), shapeTensor([len]), int64(axis), int64(1)]);
  // Not by the method, which would leave a single symbol to the run.
  return applyOne("Reshape", [kept, shapeTensor(x.shape.with(axis, len))]);
}
