import type { Dim } from "../tensor/dim.ts";
import { concat, type Tensor } from "../tensor/tensor.ts";
import { both, causalMask } from "./masks.ts";

/** What earlier steps leave to later ones: their keys and values, behind which the new ones go. */
export interface KeyValueCache {
  /** `[... pastLen headDim]` */
  readonly key: Tensor;
  /** `[... pastLen valueDim]` */
  readonly value: Tensor;
}

/** Keys and values with new ones behind them, along the axis before the last. */
export function appendToCache(past: KeyValueCache | undefined, added: KeyValueCache): KeyValueCache {
  if (!past) return added;
  return { key: concat([past.key, added.key], -2), value: concat([past.value, added.value], -2) };
}

/** A mask, and with it that no query sees a key behind its own place, where the queries are the last places. */
export function causalWith(mask: Tensor | undefined, queryLen: Dim, totalLen: Dim): Tensor | undefined {
  // A single query is the last place: it sees every key.
  if (queryLen === 1) return mask;
  return both(mask, causalMask(queryLen, totalLen));
}
