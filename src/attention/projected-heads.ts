import { Linear } from "../nn/linear.ts";
import { Module } from "../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../nn/options.ts";
import type { Dim } from "../tensor/dim.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { appendToCache, causalWith, type KeyValueCache } from "./cache.ts";
import type { AttentionInput, AttentionModule, AttentionOutput } from "./contract.ts";
import { groupedDotProduct } from "./grouped-dot-product.ts";
import type { CachedAttentionOutput } from "./key-value-cache.ts";
import { checkMask } from "./masks.ts";

/** What happens inside the heads: any mechanism over `[batch heads queryLen headDim]`. */
export type InnerAttention = (input: AttentionInput & { readonly dropout: number }) => AttentionOutput;

export interface HeadsOptions {
  readonly queryDim: number;
  /** Default: queryDim. */
  readonly keyDim?: number;
  /** Default: keyDim. */
  readonly valueDim?: number;
  /** All heads together; default: queryDim. */
  readonly modelDim?: number;
  /** Default: modelDim. */
  readonly outputDim?: number;
  readonly heads: number;
  /** Of queries, keys and values alike; default: modelDim / heads. */
  readonly headDim?: number;
  /** Whether the projections have biases; default true. */
  readonly bias?: boolean | undefined;
  /** Probability of dropping a weight, in training; default 0. */
  readonly dropout?: number | undefined;
  /**
   * What happens inside the heads; default: `scaledDotProduct`. A function is given `dropout` beside the contract's input; a module
   * has its own. Where heads share keys, it sees a copy of them for each head, but of a single key head, which stretches.
   */
  readonly attention?: InnerAttention | AttentionModule;
}

export interface HeadsInput extends AttentionInput {
  /** Projected keys and values of earlier steps, `[batch keyValueHeads pastLen headDim]`; default: nothing has come before. */
  readonly cache?: KeyValueCache | undefined;
  /** Whether no query sees a key behind its own place, where the queries are the last places; default false. */
  readonly causal?: boolean | undefined;
}

/** `cache`: all projected keys and values, `[batch keyValueHeads totalLen headDim]`, for the next step. */
export type HeadsOutput = CachedAttentionOutput;

/** What the mechanisms with heads share: projections to heads, attention inside each, and a projection of all together. */
export abstract class ProjectedHeads extends Module {
  /** `[queryDim heads·headDim]` */
  readonly queryProjection: Linear;
  /** `[keyDim keyValueHeads·headDim]` */
  readonly keyProjection: Linear;
  /** `[valueDim keyValueHeads·headDim]` */
  readonly valueProjection: Linear;
  /** `[heads·headDim outputDim]` */
  readonly outputProjection: Linear;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  readonly dropout: number;
  readonly attention: InnerAttention | AttentionModule | undefined;
  readonly #owner: string;

  /** @throws RangeError for a size or a dropout out of range, and for heads that do not divide as they must */
  constructor(owner: string, options: HeadsOptions & { readonly keyValueHeads: number }) {
    super();
    const { queryDim, heads, keyValueHeads, bias = true, dropout = 0, attention } = options;
    const { keyDim = queryDim, modelDim = queryDim } = options;
    const { valueDim = keyDim, outputDim = modelDim, headDim = modelDim / heads } = options;
    requirePositiveIntegers(owner, { queryDim, keyDim, valueDim, modelDim, outputDim, heads, keyValueHeads });
    requireFractions(owner, { dropout });
    requireMultiple(owner, { heads }, { keyValueHeads });
    if (options.headDim === undefined) requireMultiple(owner, { modelDim }, { heads });
    requirePositiveIntegers(owner, { headDim });
    if (attention instanceof Module && dropout > 0) {
      throw new RangeError(
        `${owner}: expected no dropout beside a module as attention but found ${dropout}; give it to that module`,
      );
    }
    const [all, shared] = [heads * headDim, keyValueHeads * headDim];
    this.queryProjection = new Linear({ inputDim: queryDim, outputDim: all, bias });
    this.keyProjection = new Linear({ inputDim: keyDim, outputDim: shared, bias });
    this.valueProjection = new Linear({ inputDim: valueDim, outputDim: shared, bias });
    this.outputProjection = new Linear({ inputDim: all, outputDim, bias });
    this.heads = heads;
    this.keyValueHeads = keyValueHeads;
    this.headDim = headDim;
    this.dropout = dropout;
    this.attention = attention;
    this.#owner = owner;
  }

  forward(args: HeadsInput): HeadsOutput {
    const { query, key, value, cache: past, causal = false } = args;
    bindAxes(this.#owner, {
      "the module": [{ shape: [this.keyValueHeads, this.headDim], rank: 2 }, "keyValueHeads headDim"],
      queryProjection: [this.queryProjection.weight, "queryDim width"],
      keyProjection: [this.keyProjection.weight, "keyDim sharedWidth"],
      valueProjection: [this.valueProjection.weight, "valueDim sharedWidth"],
      query: [query, "batch queryLen queryDim"],
      key: [key, "batch keyLen keyDim"],
      value: [value, "batch keyLen valueDim"],
      ...(past
        ? {
            "cache.key": [past.key, "batch keyValueHeads pastLen headDim"] as const,
            "cache.value": [past.value, "batch keyValueHeads pastLen headDim"] as const,
          }
        : {}),
    });
    const queries = this.#project(query, this.queryProjection);
    const added = { key: this.#project(key, this.keyProjection), value: this.#project(value, this.valueProjection) };
    const cache = appendToCache(past, added);
    const [queryLen, totalLen] = [query.dim(1), cache.key.dim(2)];
    const { mask, bias } = this.#overHeads(args, [query.dim(0), queryLen, totalLen]);
    const allowed = causal ? causalWith(mask, queryLen, totalLen) : mask;
    const { output, weights } = this.#attend({
      query: queries,
      ...cache,
      ...(allowed && { mask: allowed }),
      ...(bias && { bias }),
    });
    const joined = rearrange(output, "batch heads queryLen headDim -> batch queryLen (heads headDim)");
    return { output: this.outputProjection.forward(joined), weights, cache };
  }

  /** `[batch heads len headDim]` */
  #project(x: Tensor, layer: Linear): Tensor {
    return rearrange(layer.forward(x), "batch len (heads headDim) -> batch heads len headDim", {
      headDim: this.headDim,
    });
  }

  /** Mask and bias for `[batch heads queryLen totalLen]`; of fewer axes, they are those of every head. */
  #overHeads({ mask, bias }: HeadsInput, [batch, queryLen, totalLen]: readonly [Dim, Dim, Dim]) {
    const checked = (given: { readonly mask?: Tensor | undefined; readonly bias?: Tensor | undefined }) => {
      const tensor = given.mask ?? given.bias;
      const heads = tensor?.rank === 4 ? [this.heads] : [];
      checkMask(this.#owner, given, [batch, ...heads, queryLen, totalLen]);
      return tensor?.rank === 3 ? tensor.unsqueeze(1) : tensor;
    };
    return { mask: checked({ mask }), bias: checked({ bias }) };
  }

  #attend(input: AttentionInput): AttentionOutput {
    const { attention, dropout, keyValueHeads } = this;
    if (!attention) return groupedDotProduct({ ...input, dropout });
    const group = keyValueHeads === 1 ? 1 : this.heads / keyValueHeads;
    const given = { ...input, key: repeatHeads(input.key, group), value: repeatHeads(input.value, group) };
    return typeof attention === "function" ? attention({ ...given, dropout }) : attention.forward(given);
  }
}

/** Each head of `[batch keyValueHeads keyLen headDim]` as often as queries share it. */
function repeatHeads(x: Tensor, group: number): Tensor {
  if (group === 1) return x;
  const [batch, keyValueHeads, keyLen, headDim] = x.shape as readonly [Dim, Dim, Dim, Dim];
  const repeated = x.unsqueeze(2).expand([batch, keyValueHeads, group, keyLen, headDim]);
  return rearrange(repeated, "batch keyValueHeads group keyLen headDim -> batch (keyValueHeads group) keyLen headDim");
}

/** @throws RangeError unless the first is a multiple of the second */
function requireMultiple(
  owner: string,
  whole: Readonly<Record<string, number>>,
  part: Readonly<Record<string, number>>,
): void {
  const [[name, size], [partName, count]] = [...Object.entries(whole), ...Object.entries(part)] as [
    [string, number],
    [string, number],
  ];
  if (size % count === 0) return;
  throw new RangeError(`${owner}: expected ${name} to be a multiple of ${partName}=${count} but found ${size}`);
}
