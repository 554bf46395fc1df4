import type { FrameworkName, LayerParameters, Take } from "../nn/frameworks/index.ts";
import type { Linear } from "../nn/linear.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Mechanism } from "./contract.ts";
import { type HeadsOptions, ProjectedHeads } from "./projected-heads.ts";

export type { HeadsInput, HeadsOptions, HeadsOutput, InnerAttention } from "./projected-heads.ts";

/**
 * Multi-head attention, several attentions side by side, each over projections of its own:
 *
 *     head h = softmax(Q_h K_hᵀ / √headDim) V_h     output = [head 1 … head n] W_o + b_o
 *
 * where Q_h, K_h and V_h are head h's share of `query W_q + b_q`, `key W_k + b_k` and `value W_v + b_v`. Source: Vaswani et al.
 * 2017, section 3.2.2, which has no biases; PyTorch's `nn.MultiheadAttention` has.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[batch queryLen queryDim]` |
 * | `key` | `[batch keyLen keyDim]` |
 * | `value` | `[batch keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[batch queryLen totalLen]`, or with rank 4 to `[batch heads queryLen totalLen]` |
 * | `output` | `[batch queryLen outputDim]` |
 * | `weights` | `[batch heads queryLen totalLen]` |
 * | `cache.key`, `cache.value` | in `[batch heads pastLen headDim]`, out `[batch heads totalLen headDim]`, totalLen = pastLen + keyLen |
 * | `queryProjection.weight`, `.bias` (W_q, b_q) | `[queryDim heads·headDim]`, `[heads·headDim]` |
 * | `keyProjection.weight`, `.bias` (W_k, b_k) | `[keyDim heads·headDim]`, `[heads·headDim]` |
 * | `valueProjection.weight`, `.bias` (W_v, b_v) | `[valueDim heads·headDim]`, `[heads·headDim]` |
 * | `outputProjection.weight`, `.bias` (W_o, b_o) | `[heads·headDim outputDim]`, `[outputDim]` |
 *
 * Defaults: keyDim = queryDim, valueDim = keyDim, modelDim = queryDim, headDim = modelDim / heads, outputDim = modelDim, biases, no
 * dropout, not causal, no cache, scaled dot products inside; `attention` puts any other mechanism there. The same tensor as query,
 * key and value is projected by one product. To decode, give back each step's `cache` with the next, and `causal` where a step has
 * more than one place: query i sees keys up to i + totalLen − queryLen. Edges: a row whose mask forbids every key has zero
 * weights, and b_o as its output.
 *
 * @throws ShapeError when a dimension does not fit; RangeError for a size or a dropout out of range, and where heads does not divide
 *   modelDim and no headDim is given
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { MultiHeadAttention } from "fovea/attention";
 * import { input } from "fovea/tensor";
 *
 * const attention = new MultiHeadAttention({ queryDim: 64, heads: 8 });
 * const states = input("states", ["batch", "len", 64]);
 * const { output, weights } = attention.forward({ query: states, key: states, value: states });
 * assert.deepEqual(output.shape, ["batch", "len", 64]);
 * assert.deepEqual(weights.shape, ["batch", 8, "len", "len"]);
 * ```
 */
export class MultiHeadAttention extends ProjectedHeads {
  constructor(options: HeadsOptions) {
    super("MultiHeadAttention", { ...options, keyValueHeads: options.heads });
  }

  /** PyTorch's `nn.MultiheadAttention` keeps all projections in one matrix where their inputs are alike; Keras keeps heads apart. */
  override importFrom(framework: FrameworkName, take: Take): LayerParameters {
    return framework === "pytorch" ? this.#fromPytorch(take) : this.#fromKeras(take);
  }

  get #inner(): readonly [Linear, Linear, Linear] {
    return [this.queryProjection, this.keyProjection, this.valueProjection];
  }

  #fromPytorch(take: Take): LayerParameters {
    const width = this.heads * this.headDim;
    const dims = this.#inner.map(({ weight }) => weight.dim(0) as number);
    const thirds = (whole: Tensor) => whole.split([width, width, width], 0);
    const weights = dims.every((dim) => dim === dims[0])
      ? thirds(take("in_proj_weight", [3 * width, dims[0] as number]))
      : ["q", "k", "v"].map((name, i) => take(`${name}_proj_weight`, [width, dims[i] as number]));
    const { weight, bias } = this.outputProjection;
    const biases = bias ? thirds(take("in_proj_bias", [3 * width])) : [];
    return [
      ...this.#inner.map((layer, i) => [layer.weight, (weights[i] as Tensor).transpose()] as const),
      ...biases.map((tensor, i) => [this.#inner[i]?.bias, tensor] as const),
      [weight, take("out_proj.weight", [...weight.shape].reverse()).transpose()],
      ...(bias ? [[bias, take("out_proj.bias", bias.shape)] as const] : []),
    ];
  }

  #fromKeras(take: Take): LayerParameters {
    const { heads, headDim } = this;
    const { weight, bias } = this.outputProjection;
    const inner = this.#inner.flatMap((layer, i) => {
      const name = ["query", "key", "value"][i];
      const kernel = take(`${name}/kernel`, [layer.weight.dim(0), heads, headDim]).reshape(layer.weight.shape);
      if (!layer.bias) return [[layer.weight, kernel] as const];
      return [
        [layer.weight, kernel] as const,
        [layer.bias, take(`${name}/bias`, [heads, headDim]).reshape(layer.bias.shape)] as const,
      ];
    });
    const kernel = take("attention_output/kernel", [heads, headDim, weight.dim(1)]).reshape(weight.shape);
    return [...inner, [weight, kernel], ...(bias ? [[bias, take("attention_output/bias", bias.shape)] as const] : [])];
  }
}

export const MULTI_HEAD: Mechanism = {
  name: "multi-head",
  family: "heads",
  authors: "Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser & Polosukhin",
  year: 2017,
  title: "Attention Is All You Need",
  section: "section 3.2.2",
  module: "attention/multi-head.ts",
  axes: "batch heads queryLen keyLen",
  choose:
    "The default of transformers: each head can look for something else, for the price of one head as wide as all.",
  example: {
    task: "content",
    build: ({ dim, valueDim }) =>
      new MultiHeadAttention({ queryDim: dim, valueDim, outputDim: valueDim, heads: 4, headDim: 8 }),
  },
};
