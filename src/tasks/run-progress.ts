import * as z from "zod/mini";
import { ModelError } from "../tensor/errors.ts";
import { flattenSettings } from "./settings.ts";

/** What training measured on its way. */
export interface History {
  readonly train: readonly { readonly step: number; readonly loss: number; readonly learningRate: number }[];
  /** The step, and each measure by its name. */
  readonly validation: readonly ({ readonly step: number } & Readonly<Record<string, number>>)[];
}

/** The best validation so far. */
export interface Best {
  readonly step: number;
  /** What validations are compared by: the greater, the better. */
  readonly score: number;
}

/** What a checkpoint tells beside the arrays. */
export interface Progress<S> {
  readonly task: string;
  readonly settings: S;
  readonly step: number;
  readonly best: Best;
  readonly history: History;
  readonly seconds: number;
  /** The smoothed loss. */
  readonly smooth: number;
  /** What the control multiplied the learning rate with. */
  readonly learningRateFactor: number;
  /** What the recipe has to know of the data it began with. */
  readonly data?: unknown;
}

/** The settings of a recipe, as far as a training run has to know them. */
export interface SettingsReader<S> {
  readonly task: string;
  /** Settings of a file, or undefined where they are not the recipe's. */
  readonly read: (value: unknown) => S | undefined;
  /** @throws RangeError naming the setting, its limits and what was given */
  readonly change: (changes: Readonly<Record<string, string | number>>, before: S) => S;
}

const step: z.ZodMiniNumber = z.int().check(z.minimum(0));

const schema: z.ZodMiniType<Progress<unknown>> = z.object({
  task: z.string(),
  settings: z.unknown(),
  step,
  best: z.object({ step, score: z.number() }),
  history: z.object({
    train: z.array(z.object({ step, loss: z.number(), learningRate: z.number() })),
    validation: z.array(z.catchall(z.object({ step }), z.number())),
  }),
  seconds: z.number(),
  smooth: z.number(),
  learningRateFactor: z.number().check(z.minimum(0)),
  data: z.optional(z.unknown()),
}) as z.ZodMiniType<Progress<unknown>>;

/**
 * What a checkpoint tells, if it is of this recipe and of the same settings.
 *
 * @throws ModelError for another checkpoint; RangeError for a setting that is none or has changed
 */
export function checkProgress<S extends object>(
  found: unknown,
  { task, read, change }: SettingsReader<S>,
  changes: Readonly<Record<string, string | number>>,
): Progress<S> {
  const progress = schema.safeParse(found).data;
  const settings = progress && read(progress.settings);
  if (progress?.task !== task || !settings) {
    throw new ModelError(
      `resume: expected a checkpoint of the ${task} recipe but found another; train without --resume`,
    );
  }
  const known = flattenSettings(settings);
  const wanted = flattenSettings(change(changes, settings));
  for (const [name, value] of Object.entries(known)) {
    if (wanted[name] === value) continue;
    throw new RangeError(
      `resume: expected ${name} to be ${value}, as when the run began, but found ${wanted[name]}; leave it out`,
    );
  }
  return { ...progress, settings };
}
