import { type Dim, formatShape, isUnknown, type Shape } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { DType } from "../tensor/nd-array.ts";
import { bindAxes } from "../tensor/patterns.ts";
import { shapeTensor } from "../tensor/symbolic-shape.ts";
import { range, type Tensor, where } from "../tensor/tensor.ts";

/**
 * `[batch 1 keyLen]`: every query may attend to the keys before each example's length.
 *
 * @param lengths `[batch]` integers, int32 or int64
 * @throws ShapeError when the lengths have other axes or are no integers
 */
export function lengthMask(lengths: Tensor, keyLen: Dim): Tensor {
  bindAxes("lengthMask", { lengths: [lengths, "batch"] });
  if (lengths.dtype !== "int32" && lengths.dtype !== "int64") {
    throw new ShapeError(
      `lengthMask: expected lengths to be int32 or int64 but found ${lengths.dtype}; use cast("int32")`,
    );
  }
  return range(keyLen, lengths.dtype)
    .unsqueeze([0, 1])
    .less(lengths.unsqueeze([1, 2]));
}

/** `[queryLen]` int32: the last key that each query may attend to, where the last query sees every key: i + keyLen − queryLen. */
export function causalPlaces(queryLen: Dim, keyLen: Dim = queryLen): Tensor {
  const ahead = shapeTensor([keyLen])
    .sub(shapeTensor([queryLen]))
    .cast("int32");
  return range(queryLen).add(ahead);
}

/** `[... queryLen keyLen]`: each query may attend to the keys up to its place, `[... queryLen]`. */
export function upToMask(place: Tensor, keyLen: Dim): Tensor {
  return range(keyLen, place.dtype).lessOrEqual(place.unsqueeze(-1));
}

/** `[queryLen keyLen]`: query i may attend to keys 0 … i + keyLen − queryLen (the last query sees every key). */
export function causalMask(queryLen: Dim, keyLen: Dim = queryLen): Tensor {
  return upToMask(causalPlaces(queryLen, keyLen), keyLen);
}

/**
 * `[... queryLen keyLen]`: each query may attend to the keys that lie at most `radius` from its place among them.
 *
 * @param place `[... queryLen]`, integers or floats (between keys)
 */
export function windowMask(place: Tensor, { keyLen, radius }: { keyLen: Dim; radius: number }): Tensor {
  return range(keyLen).cast(place.dtype).sub(place.unsqueeze(-1)).abs().lessOrEqual(radius);
}

/** What both a mask, if there is one, and another allow. */
export function both(mask: Tensor | undefined, other: Tensor): Tensor {
  return mask ? mask.and(other) : other;
}

/** Whether a mask or a bias, `[... 1 keyLen]` or `[keyLen]`, says the same for every query. */
export function isAlikeForQueries(x: Tensor): boolean {
  return x.rank < 2 || x.dim(-2) === 1;
}

/** The lowest number of a type: what stands in place of a forbidden score, finite, so that a row of nothing else has finite gradients. */
const LOWEST: Readonly<Partial<Record<DType, number>>> = {
  float64: -Number.MAX_VALUE,
  float32: -3.4028234663852886e38,
  float16: -65504,
  bfloat16: -3.3895313892515355e38,
};

/** The scores with the lowest number of their type where the mask forbids: for normalizers that put it to 0 again afterwards. */
export function allowedScores(scores: Tensor, mask: Tensor | undefined): Tensor {
  return mask ? where(mask, scores, LOWEST[scores.dtype] as number) : scores;
}

/** The weights with exactly 0 where the mask forbids. */
export function allowedWeights(weights: Tensor, mask: Tensor | undefined): Tensor {
  return mask ? weights.mul(mask.cast(weights.dtype)) : weights;
}

/** A logarithm whose probability is 0 in every type of float, and that sums, averages and products with 0 survive. */
const LOG_OF_NONE = -1e4;

/** Logarithms of what softmax gives; of forbidden keys −10,000, without a gradient. */
export function allowedLogSoftmax(scores: Tensor, mask: Tensor | undefined): Tensor {
  const logarithms = allowedScores(scores, mask).logSoftmax(-1);
  return mask ? where(mask, logarithms, LOG_OF_NONE) : logarithms;
}

/**
 * Checks what a mechanism is given to go with its scores.
 *
 * @param scores the shape that both must stretch to, `[... queryLen keyLen]`
 * @throws ShapeError when the mask is not bool, or mask or bias do not stretch to the scores
 */
export function checkMask(
  owner: string,
  { mask, bias }: { readonly mask?: Tensor | undefined; readonly bias?: Tensor | undefined },
  scores: Shape,
): void {
  if (mask && mask.dtype !== "bool") {
    throw new ShapeError(
      `${owner}: expected mask to be bool but found ${mask.dtype}; cast("bool") where 1 means may attend, or give numbers to add as bias`,
    );
  }
  if (bias?.dtype === "bool") {
    throw new ShapeError(`${owner}: expected bias to be numbers but found bool; give it as mask`);
  }
  for (const [name, tensor] of Object.entries({ mask, bias })) {
    if (!tensor || stretches(tensor.shape, scores)) continue;
    throw new ShapeError(
      `${owner}: expected ${name} to stretch to the scores ${formatShape(scores)} but found ${formatShape(tensor.shape)}`,
    );
  }
}

function stretches(from: Shape, to: Shape): boolean {
  return from.every((dim, i) => {
    const target = to[i + to.length - from.length];
    return target !== undefined && (dim === 1 || dim === target || isUnknown(dim) || isUnknown(target));
  });
}
