/**
 * Makes sure that there is such a place.
 *
 * @param what is found there, as messages name it: `masked keys`
 * @throws RangeError for anything but a whole number from 0 to `count` − 1
 */
export function requirePlace(owner: string, what: string, { found, count }: { found: number; count: number }): void {
  if (Number.isInteger(found) && found >= 0 && found < count) return;
  throw new RangeError(`${owner}: expected ${what} from 0 to ${count - 1} but found ${found}`);
}

/**
 * Makes sure that no step is changed twice.
 *
 * @param what is done to it, as messages name it: `forced`
 * @throws RangeError naming the first that is
 */
export function requireOnce(owner: string, what: string, changes: readonly { readonly step: number }[]): void {
  const steps = changes.map(({ step }) => step);
  const twice = steps.find((step, i) => steps.indexOf(step) !== i);
  if (twice === undefined) return;
  throw new RangeError(`${owner}: expected each step to be ${what} once but found step ${twice} twice`);
}
