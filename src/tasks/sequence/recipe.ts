import type { Recipe } from "../recipe.ts";
import { flattenSettings } from "../settings.ts";
import { TrainingRun } from "../training-run.ts";
import { sequencePlan } from "./course.ts";
import { sequenceLimits } from "./settings.ts";
import type { SequenceTask } from "./task.ts";

/** A recipe of texts written from texts. */
export function sequenceRecipe(task: SequenceTask): Recipe {
  return {
    name: task.name,
    summary: task.summary,
    measure: task.measure,
    fromData: ["steps", "warmUp", "validateEvery", "sourceLen", "targetLen"],
    settings: flattenSettings(task.defaults),
    roles: task.roles,
    limits: sequenceLimits,
    train: (options) => TrainingRun.run(sequencePlan(task), options),
  };
}
