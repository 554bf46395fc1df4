import { requirePositiveIntegers } from "../../nn/options.ts";

/** What rounding may take from a sum that cannot be negative, a token. */
const ROUNDING = 1e-3;

/**
 * How many equally likely tokens a model hesitates between, on average: 1 knows every token, the vocabulary's size knows nothing.
 *
 *     perplexity = exp( −Σ log p(token) / tokens )
 *
 * Two models compare only where the tokens are the same. Source: Jelinek, Mercer, Bahl & Baker 1977, "Perplexity: a measure of the
 * difficulty of speech recognition tasks".
 *
 * @param negativeLogLikelihood summed over the tokens, in nats: a cross-entropy, summed
 * @param tokens how many; the end symbol is one, padding is none
 * @throws RangeError for a sum that is negative or no number, or a number of tokens that is no positive integer
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { perplexity } from "fovea/tasks";
 *
 * assert.equal(perplexity(3 * Math.log(8), 3).toFixed(6), "8.000000");
 * ```
 */
export function perplexity(negativeLogLikelihood: number, tokens: number): number {
  requirePositiveIntegers("perplexity", { tokens });
  const mean = negativeLogLikelihood / tokens;
  if (!(mean >= -ROUNDING)) {
    throw new RangeError(
      `perplexity: expected a negative log likelihood of at least 0 but found ${negativeLogLikelihood}; sum −log p, in nats`,
    );
  }
  return Math.exp(Math.max(0, mean));
}
