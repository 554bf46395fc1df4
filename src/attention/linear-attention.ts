import type { Dim } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import { applyOne, concat, full, type Tensor, where } from "../tensor/tensor.ts";
import { joinBlocks, splitBlocks } from "./blocks.ts";
import { type AttentionInput, type AttentionOutput, type Mechanism, moduleOf } from "./contract.ts";
import { causalMask, checkMask } from "./masks.ts";
import { allowedWeights, softmax } from "./softmax.ts";

/** What queries and keys are compared by, no number of it negative: `[... headDim]` → `[... featureDim]`. */
export type FeatureMap = (x: Tensor) => Tensor;

/** elu(x) + 1: x + 1 above 0, exp(x) below. */
export const eluPlusOne: FeatureMap = (x) => {
  const positive = x.relu();
  return x.sub(positive).exp().add(positive);
};

export interface LinearAttentionInput extends AttentionInput {
  /** Whether each query sees the keys up to its own place only; query and key are as long then. Default: false. */
  readonly causal?: boolean | undefined;
  /** φ; default: `eluPlusOne`. */
  readonly features?: FeatureMap | undefined;
}

/** How many queries of the causal form are compared with keys one by one; all keys before them are one state. */
const BLOCK = 64;
/** A sum of φ(q) · φ(k) below it counts as none: its reciprocal might not be finite. */
const LEAST_SUM = 1e-30;

/**
 * Linear attention: in place of exp(q · k) stands a product of features, so that keys and values can be summed up before any
 * query asks.
 *
 *     output_i = φ(q_i) Σ_j φ(k_j)ᵀ v_j / φ(q_i) Σ_j φ(k_j)ᵀ     φ(x) = elu(x) + 1
 *     weights_ij = φ(q_i) · φ(k_j) / Σ_l φ(q_i) · φ(k_l)
 *
 * Source: Katharopoulos et al. 2020, section 3.2, equations 4 to 7; the causal form, where the sums end at j = i, is that of
 * section 3.3, equations 8 to 12. There it runs key by key; here keys are summed up by blocks of 64, and only inside a block is
 * each query compared with each key.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen headDim]` |
 * | `key` | `[... keyLen headDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]`, by the plain formula: nothing of that size is computed unless they are fetched |
 *
 * Defaults: no mask, no bias, not causal, φ = elu + 1. Time and memory grow linearly with the length while the mask forbids keys
 * for all queries alike (its axis of queries is of length 1, as in `lengthMask`), causal or not; with any other mask, or a bias,
 * the output is computed from the weights. Edges: the score is log(φ(q) · φ(k)), so a bias multiplies by its exponential; leading
 * axes are free and stretch; a row whose mask forbids every key has zero weights and output, and so has one whose features
 * vanish (numbers far below 0). No dropout: there are no weights to drop.
 *
 * @throws ShapeError when a dimension does not fit, or mask or bias do not stretch to the scores, or the mask is not bool; ModelError
 *   for a valueDim that is a symbol
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { linearAttention } from "fovea/attention";
 * import { evaluate } from "fovea/runtime";
 * import { array, constant, input } from "fovea/tensor";
 *
 * const states = input("states", ["batch", "heads", "time", 8]);
 * const { weights } = linearAttention({ query: states, key: states, value: states, causal: true });
 * assert.deepEqual(weights.shape, ["batch", "heads", "time", "time"]);
 *
 * const key = constant(array([0, 2], [2, 1])); // φ: 1 and 3
 * const value = constant(array([10, 20], [2, 1]));
 * const { output } = evaluate({ output: linearAttention({ query: key, key, value }).output }, {});
 * assert.deepEqual([...output.data], [17.5, 17.5]);
 * ```
 */
export function linearAttention(args: LinearAttentionInput): AttentionOutput {
  const { query, key, value, mask, bias, causal = false, features = eluPlusOne } = args;
  const { keyLen } = bindAxes("linearAttention", {
    query: [query, causal ? "... keyLen headDim" : "... queryLen headDim"],
    key: [key, "... keyLen headDim"],
    value: [value, "... keyLen valueDim"],
  });
  const [queries, keys] = [features(query), features(key)];
  const products = queries.matmul(rearrange(keys, "... keyLen dim -> ... dim keyLen"));
  checkMask("linearAttention", { mask, bias }, products.shape);
  const past = causal ? causalMask(keyLen) : undefined;
  const allowed = mask && past ? mask.and(past) : (mask ?? past);
  const shares = allowedWeights(bias ? products.mul(softmax(bias, allowed)) : products, allowed);
  const weights = divide(shares, shares.sum({ axes: -1, keepDims: true }));
  if (bias || (mask && !isAlikeForQueries(mask))) return { output: weights.matmul(value), weights };
  const read = causal ? readBefore : readAll;
  const seen = mask ? keys.mul(rearrange(columns(mask), "... one keyLen -> ... keyLen one").cast(keys.dtype)) : keys;
  // A last column of ones makes the denominator of what makes the numerators.
  const ones = full([...value.shape.slice(0, -1), 1], 1, value.dtype);
  const sums = read(queries, seen, concat([value, ones], -1)).split([valueDimOf(value), 1], -1) as [Tensor, Tensor];
  return { output: divide(...sums), weights };
}

/** φ(q_i) Σ_j φ(k_j)ᵀ v_j over all keys. */
function readAll(queries: Tensor, keys: Tensor, values: Tensor): Tensor {
  return queries.matmul(rearrange(keys, "... keyLen dim -> ... dim keyLen").matmul(values));
}

/** The same over the keys up to the query's own place. */
function readBefore(queries: Tensor, keys: Tensor, values: Tensor): Tensor {
  const len = queries.dim(-2);
  const size = typeof len === "number" ? Math.max(1, Math.min(BLOCK, len)) : BLOCK;
  const [asking, asked, told] = [queries, keys, values].map((x) => splitBlocks(x, size)) as [Tensor, Tensor, Tensor];
  const turned = rearrange(asked, "... block dim -> ... dim block");
  const before = turned.matmul(told).cumSum({ axis: -3, exclusive: true });
  const inside = applyOne("Trilu", [asking.matmul(turned)], { upper: 0 }).matmul(told);
  return joinBlocks(asking.matmul(before).add(inside), len);
}

/** Parts of a sum; of one that is not above 0, none. */
function divide(parts: Tensor, sum: Tensor): Tensor {
  const isSome = sum.greater(LEAST_SUM);
  return parts.div(where(isSome, sum, 1)).mul(isSome.cast(parts.dtype));
}

function isAlikeForQueries(mask: Tensor): boolean {
  return mask.rank < 2 || mask.dim(-2) === 1;
}

/** `[keyLen]` → `[1 keyLen]` */
function columns(mask: Tensor): Tensor {
  return mask.rank < 2 ? mask.unsqueeze(0) : mask;
}

function valueDimOf(value: Tensor): number {
  const valueDim: Dim = value.dim(-1);
  if (typeof valueDim === "number") return valueDim;
  throw new ModelError(`linearAttention: expected a number as valueDim but found ${valueDim}`);
}

export const LINEAR_ATTENTION: Mechanism = {
  name: "linear-attention",
  family: "efficient",
  authors: "Katharopoulos, Vyas, Pappas & Fleuret",
  year: 2020,
  title: "Transformers are RNNs: Fast Autoregressive Transformers with Linear Attention",
  section: "sections 3.2 and 3.3",
  module: "attention/linear-attention.ts",
  axes: "... queryLen keyLen",
  choose: "Very long sequences, and step-by-step decoding with a state of fixed size, where weights need not be sharp.",
  example: {
    // Products of features are no match for exp: they tell marks apart, which lie on axes of their own, better than codes.
    task: "marks",
    build: () => moduleOf(linearAttention),
  },
};
