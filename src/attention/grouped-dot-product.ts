import { dropout as drop } from "../nn/dropout.ts";
import { divideDims } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import type { AttentionOutput } from "./contract.ts";
import { checkMask } from "./masks.ts";
import { type ScaledDotProductInput, scaledDot } from "./scaled-dot-product.ts";
import { softmax } from "./softmax.ts";

/**
 * Scaled dot-product attention of more query heads than key heads: head h reads key head ⌊h / group⌋, where `group` =
 * heads / keyValueHeads. The queries of a group lie below each other as the rows of one product, so that no key is copied.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... heads queryLen headDim]` |
 * | `key` | `[... keyValueHeads keyLen headDim]` |
 * | `value` | `[... keyValueHeads keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... heads queryLen keyLen]` |
 * | `output` | `[... heads queryLen valueDim]` |
 * | `weights` | `[... heads queryLen keyLen]` |
 *
 * Defaults and edges: as `scaledDotProduct`, which it is where there are as many key heads as heads.
 *
 * @throws ShapeError when a dimension does not fit, or heads is no multiple of keyValueHeads
 */
export function groupedDotProduct(args: ScaledDotProductInput): AttentionOutput {
  const { query, key, value, mask, bias, scale, normalize = softmax, dropout = 0 } = args;
  const { heads, keyValueHeads } = bindAxes("groupedDotProduct", {
    query: [query, "... heads queryLen headDim"],
    key: [key, "... keyValueHeads keyLen headDim"],
    value: [value, "... keyValueHeads keyLen valueDim"],
  });
  const group = divideDims(heads, keyValueHeads);
  if (group === undefined) {
    throw new ShapeError(
      `groupedDotProduct: expected heads to be a multiple of keyValueHeads=${keyValueHeads} but found ${heads}`,
    );
  }
  const rows = "... keyValueHeads (group queryLen) width";
  const apart = "... (keyValueHeads group) queryLen width";
  const stacked = rearrange(query, `${apart} -> ${rows}`, { group });
  const plain = rearrange(scaledDot({ scale })({ query: stacked, key }), `${rows} -> ${apart}`, { group });
  checkMask("groupedDotProduct", { mask, bias }, plain.shape);
  const weights = normalize(bias ? plain.add(bias) : plain, mask);
  const kept = rearrange(drop(weights, dropout), `${apart} -> ${rows}`, { group });
  return { output: rearrange(kept.matmul(value), `${rows} -> ${apart}`, { group }), weights };
}
