/** How the ranks of one training add up their gradients, step after step. */
export interface Exchange {
  readonly ranks: number;
  /** Where this rank puts its numbers before it calls `sum`; to be asked for anew at each step. */
  readonly mine: Float32Array;
  /**
   * The sum over all ranks, added in rank order: the same bits at every rank. It is good until the next call.
   *
   * @throws ModelError when another rank has given up, or is not heard of for two minutes
   */
  sum(): Promise<Float32Array>;
  /** Tells every rank not to wait for the others any more; `true` for the first who does. */
  giveUp(): boolean;
}

/** A rank that hears nothing for so long gives up. */
export const PATIENCE_MS = 120_000;

export const GIVEN_UP = "workers: expected all to finish a step but one failed";
export const NOT_HEARD = "workers: expected an answer within two minutes but found none";

/** Adds vectors in order to `total`, which takes the first as it is. */
export function addInOrder(total: Float32Array, vectors: readonly Float32Array[]): void {
  for (const [rank, vector] of vectors.entries()) {
    if (rank === 0) total.set(vector);
    else for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (vector[i] as number);
  }
}
