import * as z from "zod/mini";
import { ModelError } from "../../tensor/errors.ts";
import { flattenSettings } from "../settings.ts";
import type { History } from "./folder.ts";
import { type DateSettings, dateSettings, readDateSettings } from "./settings.ts";

/** What a checkpoint tells beside the arrays. */
export interface Progress {
  readonly settings: DateSettings;
  readonly step: number;
  readonly best: { readonly step: number; readonly exactMatch: number };
  readonly history: History;
  readonly seconds: number;
  /** The smoothed loss. */
  readonly smooth: number;
  /** What the control multiplied the learning rate with. Older checkpoints do not tell: 1. */
  readonly learningRateFactor?: number | undefined;
}

const step: z.ZodMiniNumber = z.int().check(z.minimum(0));

const schema: z.ZodMiniType<Progress> = z.object({
  settings: z.custom<DateSettings>((value) => readDateSettings(value) !== undefined),
  step,
  best: z.object({ step, exactMatch: z.number() }),
  history: z.object({
    train: z.array(z.object({ step, loss: z.number(), learningRate: z.number() })),
    validation: z.array(z.object({ step, exactMatch: z.number() })),
  }),
  seconds: z.number(),
  smooth: z.number(),
  learningRateFactor: z.optional(z.number().check(z.minimum(0))),
});

/**
 * What a checkpoint tells, if it is of this recipe and of the same settings.
 *
 * @throws ModelError for another checkpoint; RangeError for a setting that is none or has changed
 */
export function checkProgress(found: unknown, changes: Readonly<Record<string, string | number>>): Progress {
  const progress = schema.safeParse(found).data;
  if (!progress) {
    throw new ModelError("resume: expected a checkpoint of the dates recipe but found another; train without --resume");
  }
  const known = flattenSettings(progress.settings);
  const wanted = flattenSettings(dateSettings(changes, progress.settings));
  for (const [name, value] of Object.entries(known)) {
    if (wanted[name] === value) continue;
    throw new RangeError(
      `resume: expected ${name} to be ${value}, as when the run began, but found ${wanted[name]}; leave it out`,
    );
  }
  return progress;
}
