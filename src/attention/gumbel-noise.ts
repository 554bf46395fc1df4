import { isTraining, nextNoiseName, uniformNoise } from "../nn/trace.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The least and the largest u whose noise is told from its neighbour's in float32, where u is a multiple of 2⁻²⁴. */
const [LEAST, MOST] = [2 ** -25, 1 - 2 ** -24];

/**
 * Gumbel noise −log(−log u) of uniform numbers u in [0, 1): added to scores, it makes the largest one key's with exactly its
 * softmax probability. u is kept within 2⁻²⁵ … 1 − 2⁻²⁴, which float32 holds, so that the noise lies within −2.85 … 16.64.
 */
export function gumbelNoise(uniform: Tensor): Tensor {
  return uniform.maximum(LEAST).minimum(MOST).log().neg().log().neg();
}

/**
 * Scores as a draw sees them: with Gumbel noise, given or, in training, fresh; unchanged where there is none.
 *
 * @param kind names the fresh noise
 */
export function perturbed(scores: Tensor, { kind, noise }: { kind: string; noise: Tensor | undefined }): Tensor {
  const uniform = noise ?? (isTraining() ? uniformNoise(nextNoiseName(kind), scores.shape) : undefined);
  return uniform ? scores.add(gumbelNoise(uniform.cast(scores.dtype))) : scores;
}
