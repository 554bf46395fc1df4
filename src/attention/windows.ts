import type { Dim } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Normalize, Score } from "./contract.ts";
import { both } from "./masks.ts";
import { scaledDot } from "./scaled-dot-product.ts";
import { softmax } from "./softmax.ts";

/** A normalizer that sees the keys of a window only: `window` bool, stretching to `[... queryLen keyLen]`. */
export function within(window: Tensor, normalize: Normalize = softmax): Normalize {
  return (scores, mask) => normalize(scores, both(mask, window));
}

/** The score of windows where none is given. @throws ModelError for a queryDim that is a symbol */
export function defaultScore(owner: string, queryDim: Dim): Score {
  if (typeof queryDim === "number") return scaledDot();
  throw new ModelError(`${owner}: expected a number as queryDim but found ${queryDim}; give a score`);
}
