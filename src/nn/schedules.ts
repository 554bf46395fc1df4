import { requireNotNegative, requirePositiveIntegers } from "./options.ts";

/** The learning rate at a step, counted from 0. Computed outside the graph and fed. */
export type Schedule = (step: number) => number;

/** @throws RangeError unless the rate is finite and at least 0 */
export function constantRate(rate: number): Schedule {
  requireNotNegative("constantRate", { rate });
  return () => rate;
}

/**
 * rate / (1 + decay · step), Keras's `decay`.
 *
 * @throws RangeError unless both are finite and at least 0
 */
export function inverseDecay({ rate, decay }: { rate: number; decay: number }): Schedule {
  requireNotNegative("inverseDecay", { rate, decay });
  return (step) => rate / (1 + decay * step);
}

/**
 * Falls along half a cosine from `rate` to `rate · floor` at `steps`, and stays there (Loshchilov & Hutter 2016, equation 5).
 *
 * @throws RangeError when `steps` is not a positive integer, or another option is negative or not finite
 */
export function cosine({ rate, steps, floor = 0 }: { rate: number; steps: number; floor?: number }): Schedule {
  requirePositiveIntegers("cosine", { steps });
  requireNotNegative("cosine", { rate, floor });
  return (step) => {
    const progress = Math.min(step / steps, 1);
    return rate * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress)));
  };
}

/**
 * Rises linearly over the first `steps` steps, then follows `after`, counted from its own start.
 *
 * @throws RangeError when `steps` is not an integer of at least 0
 */
export function warmUp(steps: number, after: Schedule): Schedule {
  if (!Number.isSafeInteger(steps) || steps < 0) {
    throw new RangeError(`warmUp: expected steps to be an integer of at least 0 but found ${steps}`);
  }
  return (step) => (step < steps ? (after(0) * (step + 1)) / steps : after(step - steps));
}
