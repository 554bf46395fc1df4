import { requireIntegers } from "../nn/options.ts";
import type { Dim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { DType } from "../tensor/nd-array.ts";
import { shapeTensor } from "../tensor/symbolic-shape.ts";
import { range, type Tensor } from "../tensor/tensor.ts";
import type { AttentionInput } from "./contract.ts";

/** What mechanisms that know places are asked. */
export interface PlacedInput extends AttentionInput {
  /**
   * Place of the first query among the keys: an integer, or int32, a scalar or stretching to `[... queryLen]`. Default: keyLen −
   * queryLen, so that the queries are the last places, and a step with cached keys sees what one pass over all places sees.
   */
  readonly queryOffset?: number | Tensor | undefined;
}

/** Queries among keys. */
export interface Places {
  readonly queryLen: Dim;
  readonly keyLen: Dim;
  readonly queryOffset?: number | Tensor | undefined;
}

/**
 * The place of the first query among the keys: what is given, or keyLen − queryLen. A number, or int32.
 *
 * @throws RangeError for a number that is not an integer; ShapeError for a tensor that is not int32
 */
export function firstPlace(owner: string, { queryLen, keyLen, queryOffset }: Places): number | Tensor {
  if (queryOffset === undefined) {
    if (queryLen === keyLen) return 0;
    if (typeof queryLen === "number" && typeof keyLen === "number") return keyLen - queryLen;
    return asPlace(keyLen).sub(asPlace(queryLen));
  }
  if (typeof queryOffset === "number") requireIntegers(owner, { queryOffset });
  else if (queryOffset.dtype !== "int32") {
    throw new ShapeError(
      `${owner}: expected queryOffset to be int32 but found ${queryOffset.dtype}; use cast("int32")`,
    );
  }
  return queryOffset;
}

/** The places of all queries among the keys: `[... queryLen]` int32. */
export function queryPlaces(owner: string, places: Places): Tensor {
  return placesFrom(firstPlace(owner, places), places.queryLen);
}

/** The places `first` … first + length − 1: `[... length]` int32. */
export function placesFrom(first: Dim | Tensor, length: Dim): Tensor {
  if (first === 0) return range(length);
  return range(length).add(typeof first === "string" ? asPlace(first) : first);
}

/** How far each key lies behind each query, before it where negative: `[... queryLen keyLen]` int32. */
export function distances(owner: string, places: Places): Tensor {
  return range(places.keyLen).sub(queryPlaces(owner, places).unsqueeze(-1));
}

/** The type in which places are turned into numbers of a given type: float16 tells no places above 2048 apart. */
export function placeType(dtype: DType): DType {
  return dtype === "float64" ? "float64" : "float32";
}

/** A dimension as an int32 scalar. */
function asPlace(dim: Dim): Tensor {
  return shapeTensor([dim]).squeeze(0).cast("int32");
}
