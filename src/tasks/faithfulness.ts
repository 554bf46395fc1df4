import { requirePositiveIntegers } from "../nn/options.ts";
import { ModelError } from "../tensor/errors.ts";
import { Rng } from "../tensor/random.ts";
import { kendallTau, spearmanRho } from "./rank-correlation.ts";

/** What is to be compared: weights, and the model that they are said to explain. */
export interface FaithfulnessInput {
  /** For each input token how much it was attended on: as one output token was written, or summed over several. */
  readonly weights: ArrayLike<number>;
  /**
   * log p that the model gives the answer it gave to the whole input, for the input without some tokens (left out, or masked: that is the
   * model's affair), one number for each list of places. Of a long answer, the mean over its tokens keeps probabilities in a range where
   * they can be compared.
   */
  readonly logProbabilities: (
    removed: readonly (readonly number[])[],
  ) => ArrayLike<number> | Promise<ArrayLike<number>>;
}

export interface FaithfulnessOptions {
  /** Shares of the tokens, rising, after whose removal the answer is looked at; default 0.1, 0.2, 0.3, 0.4 and 0.5. */
  readonly shares?: readonly number[];
  /** Random orders to compare with; default 10. */
  readonly orders?: number;
  /** Of the random orders; default 0. */
  readonly seed?: number;
}

/** What is left of the answer as tokens are taken from the input. */
export interface Deletion {
  /** From the whole input on. */
  readonly curve: readonly { readonly share: number; readonly probability: number }[];
  /** The mean over the curve of how much the probability has fallen (AOPC). */
  readonly area: number;
}

export interface Faithfulness {
  /** log p of the answer, for the whole input. */
  readonly logProbability: number;
  /** For each token by how much log p falls without it. */
  readonly drops: readonly number[];
  /** Agreement of the weights with the drops, from −1 to 1; undefined where all weights, or all drops, are equal. */
  readonly kendall: number | undefined;
  readonly spearman: number | undefined;
  /** Taking the most attended on first; of equal ones, the earlier. */
  readonly deletion: Deletion;
  /** Taking tokens in a random order: the mean of several. */
  readonly random: Deletion;
}

/**
 * How far weights agree with what a token does to the answer, measured by taking tokens away:
 *
 * - *Occlusion*: `dropᵢ = log p(answer | input) − log p(answer | input without token i)` (Li et al. 2016, "Understanding Neural Networks
 *   through Representation Erasure"), compared with the weights by rank (Jain & Wallace 2019, "Attention is not Explanation", section 4.1):
 *   Kendall's τ-b and Spearman's ρ.
 * - *Deletion*: tokens are taken away from the most attended on, and `area = 1 / (K + 1) · Σₖ p₀ − pₖ` over the K shares and the whole
 *   input, whose term is 0 (AOPC of Samek et al. 2017, "Evaluating the Visualization of What a Deep Neural Network Has Learned"; of tokens:
 *   comprehensiveness of DeYoung et al. 2020, "ERASER: A Benchmark to Evaluate Rationalized NLP Models", section 4.2). Of a share that is no
 *   whole number of tokens, the next larger is taken away. The same in random orders says what any removal would do: weights are
 *   faithful as far as their area is larger.
 *
 * The model is asked once, for 1 + tokens + shares · (1 + orders) inputs at most, none of them twice. An input without any token is among
 * them only if the input has one token, or a share is close to 1.
 *
 * @throws RangeError for weights that are not finite, or none, and for options outside their limits; ModelError where the model does not
 *   give one finite number each
 */
export async function faithfulness(
  { weights, logProbabilities }: FaithfulnessInput,
  { shares = [0.1, 0.2, 0.3, 0.4, 0.5], orders = 10, seed = 0 }: FaithfulnessOptions = {},
): Promise<Faithfulness> {
  const list = Array.from(weights);
  checkWeights(list);
  checkShares(shares);
  requirePositiveIntegers("faithfulness", { orders });
  const rng = new Rng(seed, "faithfulness");
  const places = list.map((_, place) => place);
  const byWeight = places.toSorted((a, b) => (list[b] as number) - (list[a] as number) || a - b);
  const random = Array.from({ length: orders }, (_, i) => Array.from(rng.at(i).permutation(list.length)));
  const [begins, ...randomBegins] = [byWeight, ...random].map((order) => beginsOf(order, shares)) as [
    number[][],
    ...number[][][],
  ];
  const ask = await askOnce(logProbabilities, [
    [],
    ...places.map((place) => [place]),
    ...begins,
    ...randomBegins.flat(),
  ]);
  const logProbability = ask([]);
  const drops = places.map((place) => logProbability - ask([place]));
  const deletionOf = (removed: readonly number[][][]): Deletion => {
    const curves = removed.map((begins) => [[], ...begins].map((begin) => Math.exp(ask(begin))));
    return meanDeletion(curves, [0, ...shares]);
  };
  return {
    logProbability,
    drops,
    kendall: kendallTau(list, drops),
    spearman: spearmanRho(list, drops),
    deletion: deletionOf([begins]),
    random: deletionOf(randomBegins),
  };
}

/** The first tokens of an order, as many as make up each share. */
function beginsOf(order: readonly number[], shares: readonly number[]): number[][] {
  // Less the error of rounding: 0.7 · 10 is above 7.
  return shares.map((share) => order.slice(0, Math.ceil(share * order.length - 1e-9)));
}

function meanDeletion(curves: readonly number[][], shares: readonly number[]): Deletion {
  const mean = shares.map((_, i) => curves.reduce((sum, curve) => sum + (curve[i] as number), 0) / curves.length);
  const whole = mean[0] as number;
  return {
    curve: shares.map((share, i) => ({ share, probability: mean[i] as number })),
    area: mean.reduce((sum, probability) => sum + (whole - probability), 0) / mean.length,
  };
}

/** Asks for each set of places once, whatever their order. */
async function askOnce(
  logProbabilities: FaithfulnessInput["logProbabilities"],
  wanted: readonly (readonly number[])[],
): Promise<(removed: readonly number[]) => number> {
  const sorted = (removed: readonly number[]) => removed.toSorted((a, b) => a - b);
  const sets = new Map(wanted.map((removed) => [String(sorted(removed)), sorted(removed)]));
  const answers = Array.from(await logProbabilities([...sets.values()]));
  if (answers.length !== sets.size) {
    throw new ModelError(`faithfulness: expected ${sets.size} log probabilities but found ${answers.length}`);
  }
  const bad = answers.find((answer) => !Number.isFinite(answer));
  if (bad !== undefined) throw new ModelError(`faithfulness: expected finite log probabilities but found ${bad}`);
  const known = new Map([...sets.keys()].map((key, i) => [key, answers[i] as number]));
  return (removed) => known.get(String(sorted(removed))) as number;
}

function checkWeights(weights: readonly number[]): void {
  if (weights.length === 0) throw new RangeError("faithfulness: expected a weight for each token but found no tokens");
  const bad = weights.find((weight) => !Number.isFinite(weight));
  if (bad !== undefined) throw new RangeError(`faithfulness: expected finite weights but found ${bad}`);
}

function checkShares(shares: readonly number[]): void {
  const isFit = shares.every((share, i) => share > (shares[i - 1] ?? 0) && share <= 1);
  if (isFit && shares.length > 0) return;
  throw new RangeError(`faithfulness: expected rising shares above 0 and at most 1 but found [${shares}]`);
}
