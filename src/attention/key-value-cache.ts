import { requireFinite, requireFractions } from "../nn/options.ts";
import { stage } from "../nn/trace.ts";
import { formatShape, isUnknown } from "../tensor/dim.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { broadcast } from "../tensor/operators/operator.ts";
import { bindAxes } from "../tensor/patterns.ts";
import { concat, type Tensor, zeros } from "../tensor/tensor.ts";
import { appendToCache, causalWith, type KeyValueCache } from "./cache.ts";
import { type AttentionInput, type AttentionOutput, type Mechanism, moduleOf } from "./contract.ts";
import { checkMask } from "./masks.ts";
import { type ScaledDotProductInput, scaledDot, scaledDotProduct } from "./scaled-dot-product.ts";

export type { KeyValueCache } from "./cache.ts";

export interface CachedAttentionInput extends ScaledDotProductInput {
  /** Default: nothing has come before. */
  readonly cache?: KeyValueCache | undefined;
}

export interface CachedAttentionOutput extends AttentionOutput {
  /** `[... totalLen headDim]`, `[... totalLen valueDim]`: what the next step is given. */
  readonly cache: KeyValueCache;
}

/**
 * Attention step by step: new keys and values go behind those of the steps before, and the queries, which are the last places,
 * see no key behind their own:
 *
 *     K = [K_past; K_new]     V = [V_past; V_new]     output = softmax(Q Kᵀ / √headDim, causal) V
 *
 * Source: Shazeer 2019, section "Multihead Attention (Incremental)", where K and V are handed from step to step; the name cache
 * came later. Steps of any lengths give what one causal pass over the whole sequence gives.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen headDim]` |
 * | `key`, new | `[... keyLen headDim]` |
 * | `value`, new | `[... keyLen valueDim]` |
 * | `cache.key`, given | `[... pastLen headDim]` |
 * | `cache.value`, given | `[... pastLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen totalLen]`, totalLen = pastLen + keyLen |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen totalLen]` |
 * | `cache.key`, `cache.value`, given back | `[... totalLen headDim]`, `[... totalLen valueDim]` |
 *
 * Defaults: no cache, no mask, no bias, no dropout, softmax, scale 1 / √headDim. Query i sees keys up to i + totalLen − queryLen, which is
 * pastLen + i where each place brings a query and a key; a mask forbids further keys (padding of the past). Edges: a single query
 * is the last place and sees every key; a query before the first key sees none; the cache has the leading axes of the new keys; a
 * row without any key has zero weights and output. Where pastLen is the symbol `past`, one more place makes totalLen `(past+1)`,
 * so that one exported step serves every length.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a scale or a dropout out of range; ModelError when headDim is a symbol and no
 *   scale is given
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { cachedAttention } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const [query, key, value] = [input("query", ["batch", 1, 64]), input("key", ["batch", 1, 64]), input("value", ["batch", 1, 64])];
 * const cache = { key: input("pastKey", ["batch", "past", 64]), value: input("pastValue", ["batch", "past", 64]) };
 * const step = cachedAttention({ query, key, value, cache });
 * assert.deepEqual(step.weights.shape, ["batch", 1, "(past+1)"]);
 * assert.deepEqual(step.cache.key.shape, ["batch", "(past+1)", 64]);
 * ```
 */
export function cachedAttention(args: CachedAttentionInput): CachedAttentionOutput {
  const { query, key, value, cache: past, mask, bias, scale, dropout = 0 } = args;
  bindAxes("cachedAttention", {
    query: [query, "... queryLen headDim"],
    key: [key, "... keyLen headDim"],
    value: [value, "... keyLen valueDim"],
    ...(past
      ? {
          "cache.key": [past.key, "... pastLen headDim"] as const,
          "cache.value": [past.value, "... pastLen valueDim"] as const,
        }
      : {}),
  });
  requireFinite("cachedAttention", { scale: scale ?? 1 });
  requireFractions("cachedAttention", { dropout });
  const headDim = query.dim(-1);
  if (scale === undefined && typeof headDim !== "number") {
    throw new ModelError(`cachedAttention: expected a number as headDim but found ${headDim}; give a scale`);
  }
  if (past) checkCache(past, { key, value });
  const cache = appendToCache(past, { key, value });
  const [queryLen, totalLen] = [query.dim(-2), cache.key.dim(-2)];
  const leading = broadcast("cachedAttention", [query.shape.slice(0, -2), key.shape.slice(0, -2)]);
  checkMask("cachedAttention", { mask, bias }, [...leading, queryLen, totalLen]);
  const allowed = causalWith(mask, queryLen, totalLen);
  const { output, weights } = scaledDotProduct({ ...args, ...cache, ...(allowed && { mask: allowed }) });
  return { output, weights, cache };
}

/** @throws ShapeError unless the cache has the leading axes of what goes behind it */
function checkCache(past: KeyValueCache, added: KeyValueCache): void {
  for (const name of ["key", "value"] as const) {
    const [expected, found] = [added[name].shape.slice(0, -2), past[name].shape.slice(0, -2)];
    const fits = expected.every((dim, i) => dim === found[i] || isUnknown(dim) || isUnknown(found[i] ?? 0));
    if (fits && expected.length === found.length) continue;
    throw new ShapeError(
      `cachedAttention: expected cache.${name} to have the leading axes ${formatShape(expected)} of ${name} but found shape ${formatShape(past[name].shape)}`,
    );
  }
}

/** A sequence of known length in two steps, the second with the cache of the first: what a loop does token by token. */
function inTwoSteps({ query, key, value, mask }: AttentionInput): AttentionOutput {
  // Of both steps together, which each mark their own part only.
  stage("scores", scaledDot()({ query, key }));
  const half = (query.dim(-2) as number) / 2;
  const before = (x: Tensor, axis = -2) => x.slice({ axis, end: half });
  const after = (x: Tensor) => x.slice({ axis: -2, start: half });
  const first = cachedAttention({
    query: before(query),
    key: before(key),
    value: before(value),
    ...(mask && { mask: before(before(mask), -1) }),
  });
  const second = cachedAttention({
    query: after(query),
    key: after(key),
    value: after(value),
    cache: first.cache,
    ...(mask && { mask: after(mask) }),
  });
  const unseen = zeros([...first.weights.shape.slice(0, -1), half], first.weights.dtype);
  return {
    output: concat([first.output, second.output], -2),
    weights: concat([concat([first.weights, unseen], -1), second.weights], -2),
  };
}

export const KEY_VALUE_CACHE: Mechanism = {
  name: "key-value-cache",
  family: "memory",
  authors: "Shazeer",
  year: 2019,
  title: "Fast Transformer Decoding: One Write-Head is All You Need",
  section: 'section "Multihead Attention (Incremental)"',
  module: "attention/key-value-cache.ts",
  axes: "... queryLen keyLen",
  choose:
    "To write token by token: each step computes its own key and value only, and reads those of all steps before.",
  example: {
    task: "recall",
    build: () => moduleOf(inTwoSteps),
  },
};
