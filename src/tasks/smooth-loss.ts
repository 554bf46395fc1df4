/** What the loss of a step counts less with each later step. */
const KEPT = 0.95;

/**
 * The loss that a training tells: an exponential mean of its steps' losses, `0.95 · before + 0.05 · loss`, from the first one on.
 *
 * @param before what was told of an earlier step; undefined at the first
 * @param steps how many steps later this one is; default 1
 */
export function smoothLoss(before: number | undefined, loss: number, steps = 1): number {
  if (before === undefined) return loss;
  const kept = KEPT ** steps;
  return kept * before + (1 - kept) * loss;
}

/** What was told at each of some steps, by their own losses; where the list leaves steps out, about that. */
export function smoothLosses(records: readonly { readonly step: number; readonly loss: number }[]): number[] {
  let told: number | undefined;
  return records.map(({ step, loss }, i) => {
    told = smoothLoss(told, loss, step - (records[i - 1]?.step ?? step));
    return told;
  });
}
