import { stopGradient } from "../autodiff/gradient.ts";
import { sortDescending, type Tensor, where } from "../tensor/tensor.ts";
import { allowedScores } from "./masks.ts";

/**
 * Where "too low to matter" begins. A key gets weight only less than 1 below the row's largest (its own weight would be above 1
 * otherwise), so that whatever lies lower may as well lie here: no score, however far out, costs a nearer one its digits.
 */
const FLOOR = -2;

/** Each key's distance from the row's largest allowed score, −2 … 0, and −2 where the mask forbids. */
export function distancesBelow(scores: Tensor, mask: Tensor | undefined): Tensor {
  // Sparse weights stay the same when all scores move alike: the largest needs no gradient of its own.
  const largest = stopGradient(allowedScores(scores, mask).max({ axes: -1, keepDims: true }));
  const distances = scores.sub(largest);
  return (mask ? where(mask, distances, FLOOR) : distances).maximum(FLOOR);
}

/**
 * The keys that get weight, as numbers 0 and 1 without gradient: those whose score z leaves
 *
 *     Σ (z' − z)^power < 1     over the keys whose score z' is at least z
 *
 * Raising a threshold up to z would then leave too little weight above it, so that the threshold lies below z. Power 1 is the
 * condition 1 + k z₍ₖ₎ > Σ z₍ᵢ₎ of Martins & Astudillo 2016, algorithm 1; power 2 is τ(k) < z₍ₖ₎ of Peters, Niculae & Martins
 * 2019, algorithm 2, without the root.
 *
 * @param distances `[... keyLen]` as `distancesBelow` gives them
 */
export function supportOf(distances: Tensor, power: 1 | 2): Tensor {
  const { values } = sortDescending(distances);
  // Counted from the sorted scores themselves: their number need not be a dimension of any input.
  const count = values.lessOrEqual(0).cast(values.dtype).cumSum();
  const sum = values.cumSum();
  const excess =
    power === 1
      ? sum.sub(count.mul(values))
      : values
          .mul(values)
          .cumSum()
          .add(values.mul(count.mul(values).sub(sum.mul(2))));
  const least = where(excess.less(1), values, 0).min({ axes: -1, keepDims: true });
  return distances.greaterOrEqual(least).cast(distances.dtype);
}
