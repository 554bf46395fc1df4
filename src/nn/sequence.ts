import type { Dim } from "../tensor/dim.ts";
import { applyOne, range, type Tensor } from "../tensor/tensor.ts";

/** `[batch time]` float32: 1 at steps before each example's length, else 0. */
export function stepMask(lengths: Tensor, time: Dim): Tensor {
  return range(time, lengths.dtype).unsqueeze(0).less(lengths.unsqueeze(1)).cast("float32");
}

/** Reverses `[batch time ...]` along time, each example within its own length; without lengths, wholly. */
export function reverseWithin(x: Tensor, lengths: Tensor | undefined): Tensor {
  if (!lengths) return x.slice({ axis: 1, start: -1, end: -Number.MAX_SAFE_INTEGER, step: -1 });
  return applyOne("ReverseSequence", [x, lengths.cast("int64")], { batch_axis: 0, time_axis: 1 });
}
