import { dropout as drop } from "../nn/dropout.ts";
import { stage } from "../nn/trace.ts";
import { type Dim, divideDims, type Shape } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { product } from "../tensor/nd-array.ts";
import { broadcast } from "../tensor/operators/operator.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import type { AttentionOutput } from "./contract.ts";
import { inChunks, SCORES_IN_CACHE } from "./in-chunks.ts";
import { checkMask } from "./masks.ts";
import { queryPlaces } from "./places.ts";
import { type ScaledDotProductInput, scaledDot } from "./scaled-dot-product.ts";
import { softmax } from "./softmax.ts";
import { softmaxProduct } from "./softmax-product.ts";

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
 * Defaults and edges: as `scaledDotProduct`, which it is where there are as many key heads as heads. More than a million scores
 * are computed part by part, and `weights` are then those of the plain formula.
 *
 * @throws ShapeError when a dimension does not fit, or heads is no multiple of keyValueHeads; RangeError for a dropout out of
 *   range; ModelError when headDim is a symbol and no scale is given
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
  const together = (x: Tensor) => rearrange(x, `${APART} -> ${ROWS}`, { group });
  const stacked = { query: together(query), key };
  const apart = (x: Tensor) => rearrange(x, `${ROWS} -> ${APART}`, { group });
  const score = scaledDot({ scale });
  const plain = apart(score(stacked));
  checkMask("groupedDotProduct", { mask, bias }, plain.shape);
  const scores = bias ? plain.add(bias) : plain;
  stage("scores", scores);
  const weights = normalize(scores, mask);
  const dropped = drop(weights, dropout);
  if (normalize !== softmax || dropped !== weights) return { output: apart(together(dropped).matmul(value)), weights };
  if (!isLarge(scores.shape)) {
    return { output: apart(softmaxProduct({ scores: together(scores), weights: together(weights), value })), weights };
  }
  const leading = broadcast("groupedDotProduct", [scores.shape.slice(0, -3), value.shape.slice(0, -3)]);
  const grouped = (x: Tensor | undefined) => x && byGroup(x, { heads, keyValueHeads, group });
  const output = inChunks(
    {
      query: grouped(query) as Tensor,
      key: key.unsqueeze(-3),
      value: value.unsqueeze(-3),
      mask: grouped(mask),
      bias: grouped(bias),
    },
    {
      leading: [...leading, keyValueHeads, group],
      places: queryPlaces("groupedDotProduct", { queryLen: query.dim(-2), keyLen: key.dim(-2) }),
      isSeparable: true,
      attend: (part) => attend({ ...part, score }).output,
    },
  );
  return {
    output: rearrange(output, "... keyValueHeads group queryLen width -> ... (keyValueHeads group) queryLen width"),
    weights,
  };
}

const ROWS = "... keyValueHeads (group queryLen) width";
const APART = "... (keyValueHeads group) queryLen width";

/** From so many caches full of scores on, going part by part saves more than computing them twice in training costs. */
const MANY = 4;

function isLarge(scores: Shape): boolean {
  return (
    scores.every((dim) => typeof dim === "number") && product(scores as readonly number[]) > MANY * SCORES_IN_CACHE
  );
}

/** `[... heads len width]` → `[... keyValueHeads group len width]`; of fewer axes, or the same for all heads, it stays so. */
function byGroup(x: Tensor, dims: { heads: Dim; keyValueHeads: Dim; group: Dim }): Tensor {
  if (x.rank < 3) return x;
  if (x.dim(-3) !== dims.heads) return x.unsqueeze(-3);
  const { keyValueHeads, group } = dims;
  return rearrange(x, "... (keyValueHeads group) len width -> ... keyValueHeads group len width", {
    keyValueHeads,
    group,
  });
}
