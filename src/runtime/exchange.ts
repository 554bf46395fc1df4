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

/** Adds vectors in order to `total`, which takes a single one as it is. */
export function addInOrder(total: Float32Array, [first, ...others]: readonly Float32Array[]): void {
  if (others.length === 0 && first) total.set(first);
  let sum = first;
  for (const vector of others) {
    add(total, sum as Float32Array, vector);
    sum = total;
  }
}

/** Four at a time take half of the time that one at a time does. */
function add(total: Float32Array, a: Float32Array, b: Float32Array): void {
  const whole = total.length - (total.length % 4);
  for (let i = 0; i < whole; i += 4) {
    const first = (a[i] as number) + (b[i] as number);
    const second = (a[i + 1] as number) + (b[i + 1] as number);
    const third = (a[i + 2] as number) + (b[i + 2] as number);
    const fourth = (a[i + 3] as number) + (b[i + 3] as number);
    total[i] = first;
    total[i + 1] = second;
    total[i + 2] = third;
    total[i + 3] = fourth;
  }
  for (let i = whole; i < total.length; i++) total[i] = (a[i] as number) + (b[i] as number);
}
