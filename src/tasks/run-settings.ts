import * as z from "zod/mini";

/** Settings that every training has: how its steps are taken. */
export interface RunSettings {
  /** Decides initial values, the order of examples, and noise. */
  readonly seed: number;
  readonly steps: number;
  /** Examples a step. */
  readonly batch: number;
  /** Workers that share each batch. */
  readonly workers: number;
  /** The highest learning rate. */
  readonly learningRate: number;
  /** Steps that lead up to it. */
  readonly warmUp: number;
  /** The share of it that is left at the end of the cosine. */
  readonly floor: number;
  /** Adam's decay of the second moment. */
  readonly beta2: number;
  /** Decay of the moving average of the parameters, which is what is validated and kept; over the last three quarters. */
  readonly averaging: number;
  /** Global norm to which gradients are clipped. */
  readonly clipNorm: number;
  /** Steps from one validation, and checkpoint, to the next. */
  readonly validateEvery: number;
  readonly validationCount: number;
  /** Validations without a better one after which training stops. */
  readonly patience: number;
}

/** A share of one. */
export const fraction: z.ZodMiniNumber = z.number().check(z.minimum(0), z.maximum(1));

/** A share of one that is never all of it. */
export const properFraction: z.ZodMiniNumber = z.number().check(z.minimum(0), z.lt(1));

/** A size of a layer. */
export const units: z.ZodMiniNumber = z.int().check(z.minimum(1), z.maximum(4096));

export function wholeNumber(least: number, most?: number): z.ZodMiniNumber {
  return most === undefined ? z.int().check(z.minimum(least)) : z.int().check(z.minimum(least), z.maximum(most));
}

/** What each of them may be. */
export const RUN_SETTINGS: { readonly [Name in keyof RunSettings]: z.ZodMiniNumber } = {
  seed: wholeNumber(0, 0xffffffff),
  steps: wholeNumber(1, 1_000_000),
  batch: wholeNumber(1, 10_000),
  workers: wholeNumber(1, 64),
  learningRate: z.number().check(z.positive(), z.maximum(10)),
  warmUp: wholeNumber(0),
  floor: fraction,
  beta2: properFraction,
  averaging: properFraction,
  clipNorm: z.number().check(z.positive()),
  validateEvery: wholeNumber(1),
  validationCount: wholeNumber(1, 100_000),
  patience: wholeNumber(1),
};

/** Examples are told apart by numbers below this. */
const MOST_EXAMPLES = 2 ** 32;

/** @throws RangeError for a batch that the workers cannot share, and for more examples than there are numbers for */
export function checkRunSettings(owner: string, { batch, workers, steps }: RunSettings): void {
  if (batch < workers) {
    throw new RangeError(
      `${owner}: expected a batch of at least ${workers} examples, one a worker, but found ${batch}`,
    );
  }
  if (steps * batch > MOST_EXAMPLES) {
    throw new RangeError(`${owner}: expected at most ${MOST_EXAMPLES} examples in all but found ${steps * batch}`);
  }
}
