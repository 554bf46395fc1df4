import type { Dim } from "../tensor/dim.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import { applyOne, concat, full, type Tensor, where } from "../tensor/tensor.ts";
import { joinBlocks, splitBlocks } from "./blocks.ts";
import { type AttentionInput, type AttentionOutput, type Mechanism, moduleOf, requireNoDropout } from "./contract.ts";
import { both, causalMask, checkMask, isAlikeForQueries } from "./masks.ts";
import { softmax } from "./softmax.ts";

/** What queries and keys are compared by, no number of it negative: `[... headDim]` → `[... featureDim]`. */
export type FeatureMap = (x: Tensor) => Tensor;

/** elu(x) + 1: x + 1 above 0, exp(x) below. */
export const eluPlusOne: FeatureMap = (x) => {
  const positive = x.relu();
  return x.sub(positive).exp().add(positive);
};

/** What all keys up to a place leave to later queries: of one size, however many they are. */
export interface LinearAttentionState {
  /** Σ φ(k)ᵀ v, `[... featureDim valueDim]` */
  readonly keyValue: Tensor;
  /** Σ φ(k), `[... featureDim]` */
  readonly key: Tensor;
}

export interface LinearAttentionInput extends AttentionInput {
  /** Whether each query sees the keys up to its own place only; query and key are as long then. Default: false. */
  readonly causal?: boolean | undefined;
  /** φ; default: `eluPlusOne`. */
  readonly features?: FeatureMap | undefined;
  /** Keys that have come before, which every query sees, too; default: none. */
  readonly state?: LinearAttentionState | undefined;
}

export interface LinearAttentionOutput extends AttentionOutput {
  /** What has come by now: to go on with. */
  readonly state: LinearAttentionState;
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
 * each query compared with each key. The two sums are the state of the recurrent network of section 3.4.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `query` | `[... queryLen headDim]` |
 * | `key` | `[... keyLen headDim]` |
 * | `value` | `[... keyLen valueDim]` |
 * | `mask` (true = may attend), `bias` | stretching to `[... queryLen keyLen]` |
 * | `output` | `[... queryLen valueDim]` |
 * | `weights` | `[... queryLen keyLen]`, by the plain formula: nothing of that size is computed unless they are fetched |
 * | `state.keyValue` (Σ φ(k)ᵀ v), in and out | `[... featureDim valueDim]` |
 * | `state.key` (Σ φ(k)), in and out | `[... featureDim]` |
 *
 * Defaults: no mask, no bias, no state, not causal, φ = elu + 1. Time and memory grow linearly with the length while the mask forbids keys
 * for all queries alike (its axis of queries is of length 1, as in `lengthMask`), causal or not; with any other mask, or a bias,
 * the output is computed from the weights. To write token by token, give each step, of one query and its key, the state that the
 * step before gave back: the outputs are those of one causal pass. What keys of the state get is missing from the rows of the
 * weights. The state given back counts the keys that the last query may attend to, and no bias. Edges: the score is log(φ(q) · φ(k)), so a bias multiplies by its exponential; leading
 * axes are free and stretch; a row whose mask forbids every key has zero weights and output, and so has one whose features
 * vanish (numbers far below 0). No dropout: there are no weights to drop.
 *
 * @throws ShapeError when a dimension does not fit, or mask or bias do not stretch to the scores, or the mask is not bool, or a
 *   state is given beside a bias or a mask that is not alike for all queries; ModelError for a valueDim that is a symbol where
 *   causal
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type LinearAttentionState, linearAttention } from "fovea/attention";
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
 *
 * const step = (state?: LinearAttentionState) => linearAttention({ query: key, key, value, state });
 * const { twice } = evaluate({ twice: step(step().state).output }, {}); // the same keys once more
 * assert.deepEqual([...twice.data], [17.5, 17.5]);
 * ```
 */
export function linearAttention(args: LinearAttentionInput): LinearAttentionOutput {
  const { query, key, value, mask, bias, state, causal = false, features = eluPlusOne } = args;
  requireNoDropout("linearAttention", args);
  const { keyLen } = bindAxes("linearAttention", {
    query: [query, causal ? "... keyLen headDim" : "... queryLen headDim"],
    key: [key, "... keyLen headDim"],
    value: [value, "... keyLen valueDim"],
  });
  const [queries, keys] = [features(query), features(key)];
  const products = queries.matmul(turned(keys));
  checkMask("linearAttention", { mask, bias }, products.shape);
  const isAlike = !bias && (!mask || isAlikeForQueries(mask));
  if (state) checkState(state, { keys, value, isAlike });
  const allowed = causal ? both(mask, causalMask(keyLen)) : mask;
  const some = allowed ? where(allowed, products, 0) : products;
  const shares = bias ? some.mul(softmax(bias, allowed)) : some;
  const inside = shares.sum({ axes: -1, keepDims: true });
  const weights = divide(shares, state ? inside.add(queries.matmul(state.key.unsqueeze(-1))) : inside);
  const seen = mask ? where(perKey(mask), keys, 0) : keys;
  const all = {
    keyValue: plus(turned(seen).matmul(value), state?.keyValue),
    key: plus(seen.sum({ axes: -2 }), state?.key),
  };
  if (!isAlike) return { output: weights.matmul(value), weights, state: all };
  const [numerators, denominators] = causal
    ? readBefore(queries, { keys: seen, value, state })
    : [queries.matmul(all.keyValue), queries.matmul(all.key.unsqueeze(-1))];
  return { output: divide(numerators, denominators), weights, state: all };
}

/** @throws ShapeError when a state does not fit its keys and values, or stands where what came before is not alike for all queries */
function checkState(
  { keyValue, key }: LinearAttentionState,
  { keys, value, isAlike }: { keys: Tensor; value: Tensor; isAlike: boolean },
): void {
  bindAxes("linearAttention", {
    "φ(key)": [keys, "... keyLen featureDim"],
    value: [value, "... keyLen valueDim"],
    "state.keyValue": [keyValue, "... featureDim valueDim"],
    "state.key": [key, "... featureDim"],
  });
  if (!isAlike) {
    throw new ShapeError(
      "linearAttention: expected no bias and a mask [... 1 keyLen] beside a state but found what differs from query to query",
    );
  }
}

/** `[... keyLen dim]` → `[... dim keyLen]` */
function turned(x: Tensor): Tensor {
  return rearrange(x, "... keyLen dim -> ... dim keyLen");
}

function plus(x: Tensor, other: Tensor | undefined): Tensor {
  return other ? x.add(other) : x;
}

/** φ(q_i) Σ_j φ(k_j)ᵀ v_j and φ(q_i) Σ_j φ(k_j)ᵀ over the keys up to the query's own place and those of the state. */
function readBefore(
  queries: Tensor,
  { keys, value, state }: { keys: Tensor; value: Tensor; state: LinearAttentionState | undefined },
): [Tensor, Tensor] {
  const len = queries.dim(-2);
  const size = typeof len === "number" ? Math.max(1, Math.min(BLOCK, len)) : BLOCK;
  // A last column of ones makes the denominators of what makes the numerators.
  const ones = full([...value.shape.slice(0, -1), 1], 1, value.dtype);
  const inBlocks = (x: Tensor) => splitBlocks(x, size);
  const [asking, asked, told] = [inBlocks(queries), turned(inBlocks(keys)), inBlocks(concat([value, ones], -1))];
  const before = state && concat([state.keyValue, state.key.unsqueeze(-1)], -1).unsqueeze(-3);
  const earlier = plus(asked.matmul(told).cumSum({ axis: -3, exclusive: true }), before);
  const inside = applyOne("Trilu", [asking.matmul(asked)], { upper: 0 }).matmul(told);
  const sums = joinBlocks(asking.matmul(earlier).add(inside), len);
  return sums.split([valueDimOf(value), 1], -1) as [Tensor, Tensor];
}

/** Parts of a sum; of one that is not above 0, none. */
function divide(parts: Tensor, sum: Tensor): Tensor {
  const isSome = sum.greater(LEAST_SUM);
  return parts.div(where(isSome, sum, 1)).mul(isSome.cast(parts.dtype));
}

/** Which keys the last query may attend to: `[... queryLen keyLen]` → `[... keyLen 1]`. */
function perKey(mask: Tensor): Tensor {
  if (mask.rank < 2) return mask.unsqueeze(-1);
  const last = isAlikeForQueries(mask) ? mask : mask.slice({ axis: -2, start: -1 });
  return rearrange(last, "... one keyLen -> ... keyLen one");
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
  choose:
    "Very long sequences, and writing token by token with a state of fixed size, where weights need not be sharp.",
  example: {
    // Products of features are no match for exp: they tell marks apart, which lie on axes of their own, better than codes.
    task: "marks",
    build: () => moduleOf(linearAttention),
  },
};
