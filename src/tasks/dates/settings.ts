import * as z from "zod/mini";
import { changeSettings, type SettingLimits, settingLimits } from "../settings.ts";

/** The recipe's settings. */
export interface DateSettings {
  /** Decides initial values, examples and noise. */
  readonly seed: number;
  readonly steps: number;
  /** Examples a step. */
  readonly batch: number;
  /** Workers that share each batch. */
  readonly workers: number;
  /** `fovea`, 39 symbols, or `article`, 37. */
  readonly alphabet: "fovea" | "article";
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
  /** The share of inputs without an answer. */
  readonly nonsense: number;
  /** What the loss of such an input counts. */
  readonly nonsenseWeight: number;
  /** Steps from one validation, and checkpoint, to the next. */
  readonly validateEvery: number;
  readonly validationCount: number;
  /** Validations without a better one after which training stops. */
  readonly patience: number;
  readonly testCount: number;
  readonly model: {
    readonly encoderDim: number;
    readonly decoderDim: number;
    readonly energyDim: number;
    readonly maskPadding: boolean;
  };
}

/** A share of one. */
const fraction: z.ZodMiniNumber = z.number().check(z.minimum(0), z.maximum(1));

const schema: z.ZodMiniType<DateSettings> = z.strictObject({
  seed: z.int().check(z.minimum(0), z.maximum(0xffffffff)),
  steps: z.int().check(z.minimum(1), z.maximum(1_000_000)),
  batch: z.int().check(z.minimum(1), z.maximum(10_000)),
  workers: z.int().check(z.minimum(1), z.maximum(64)),
  alphabet: z.enum(["fovea", "article"]),
  learningRate: z.number().check(z.positive(), z.maximum(10)),
  warmUp: z.int().check(z.minimum(0)),
  floor: fraction,
  beta2: z.number().check(z.minimum(0), z.lt(1)),
  averaging: z.number().check(z.minimum(0), z.lt(1)),
  clipNorm: z.number().check(z.positive()),
  nonsense: z.number().check(z.minimum(0), z.maximum(0.5)),
  nonsenseWeight: z.number().check(z.minimum(0), z.maximum(10)),
  validateEvery: z.int().check(z.minimum(1)),
  validationCount: z.int().check(z.minimum(1), z.maximum(100_000)),
  patience: z.int().check(z.minimum(1)),
  testCount: z.int().check(z.minimum(1), z.maximum(1_000_000)),
  model: z.strictObject({
    encoderDim: z.int().check(z.minimum(1), z.maximum(4096)),
    decoderDim: z.int().check(z.minimum(1), z.maximum(4096)),
    energyDim: z.int().check(z.minimum(1), z.maximum(4096)),
    maskPadding: z.boolean(),
  }),
});

/**
 * The recipe: the article's layers and batch, Adam with a warm-up to 0.02 and a cosine down, and among each batch a few inputs
 * that have no answer, so that the model learns to doubt.
 */
export const DATE_DEFAULTS: DateSettings = {
  seed: 1,
  steps: 1800,
  batch: 100,
  workers: 1,
  alphabet: "fovea",
  learningRate: 0.02,
  warmUp: 20,
  floor: 0.2,
  beta2: 0.99,
  averaging: 0.995,
  clipNorm: 1,
  nonsense: 0.04,
  nonsenseWeight: 0.2,
  validateEvery: 200,
  validationCount: 1000,
  patience: 4,
  testCount: 10_000,
  model: { encoderDim: 32, decoderDim: 64, energyDim: 10, maskPadding: true },
};

/** Examples are told apart by numbers below this. */
const MOST_EXAMPLES = 2 ** 32;

/**
 * Settings with some changed.
 *
 * @param before default: the recipe's own
 * @throws RangeError naming the setting, its limits and what was given
 */
export function dateSettings(
  changes: Readonly<Record<string, string | number>>,
  before: DateSettings = DATE_DEFAULTS,
): DateSettings {
  const settings = changeSettings("dates", schema, before, changes);
  const { batch, workers, steps } = settings;
  if (batch < workers) {
    throw new RangeError(`dates: expected a batch of at least ${workers} examples, one a worker, but found ${batch}`);
  }
  if (steps * batch > MOST_EXAMPLES) {
    throw new RangeError(`dates: expected at most ${MOST_EXAMPLES} examples in all but found ${steps * batch}`);
  }
  return settings;
}

/** What each setting may be, by path. */
export function dateLimits(): Record<string, SettingLimits> {
  return settingLimits(schema);
}

/** The settings in a file, or undefined where they are not the recipe's. */
export function readDateSettings(value: unknown): DateSettings | undefined {
  return schema.safeParse(value).data;
}
