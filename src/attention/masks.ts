import type { Dim } from "../tensor/dim.ts";
import { shapeTensor } from "../tensor/symbolic-shape.ts";
import { range, type Tensor } from "../tensor/tensor.ts";

/** `[batch 1 keyLen]`: every query may attend to the keys before each example's length (`lengths` `[batch]` int32). */
export function lengthMask(lengths: Tensor, keyLen: Dim): Tensor {
  return range(keyLen, lengths.dtype)
    .unsqueeze([0, 1])
    .less(lengths.unsqueeze([1, 2]));
}

/** `[queryLen keyLen]`: query i may attend to keys 0 … i + keyLen − queryLen (the last query sees every key). */
export function causalMask(queryLen: Dim, keyLen: Dim = queryLen): Tensor {
  const ahead = shapeTensor([keyLen])
    .sub(shapeTensor([queryLen]))
    .cast("int32");
  return range(keyLen).unsqueeze(0).lessOrEqual(range(queryLen).unsqueeze(1).add(ahead));
}
