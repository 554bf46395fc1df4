import { permute, reshaped } from "./layout.ts";
import type { Value } from "./value.ts";

/** `[batch heads len dim]` of a value that is so already, or `[batch len heads·dim]`. */
export function unpackHeads(value: Value, heads: number | undefined): Value {
  const [batch, len, width] = value.shape as [number, number, number];
  if (value.shape.length === 4 || heads === undefined) return value;
  return permute(reshaped(value, [batch, len, heads, width / heads]), [0, 2, 1, 3]);
}

/** `[batch heads len dim]` → `[batch len heads·dim]` */
export function packHeads(value: Value): Value {
  const [batch, heads, len, dim] = value.shape as [number, number, number, number];
  return reshaped(permute(value, [0, 2, 1, 3]), [batch, len, heads * dim]);
}
