import { type Dim, formatShape, isUnknown, type Shape } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { shapeTensor } from "../tensor/symbolic-shape.ts";
import { range, type Tensor } from "../tensor/tensor.ts";

/** `[batch 1 keyLen]`: every query may attend to the keys before each example's length (`lengths` `[batch]` int32). */
export function lengthMask(lengths: Tensor, keyLen: Dim): Tensor {
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
    throw new ShapeError(`${owner}: expected mask to be bool but found ${mask.dtype}; use cast("bool")`);
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
