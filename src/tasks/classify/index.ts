import type { Recipe } from "../recipe.ts";
import { flattenSettings } from "../settings.ts";
import { TrainingRun } from "../training-run.ts";
import { CLASSIFY_PLAN } from "./course.ts";
import { ROLES } from "./roles.ts";
import { CLASSIFY_DEFAULTS, classifyLimits } from "./settings.ts";

/** Labels of texts, by attention pooling over a recurrent encoder. */
export const classify: Recipe = {
  name: "classify",
  summary: "a label for a text, and the words that decided, from a file of texts and labels",
  measure: "accuracy",
  fromData: ["steps", "warmUp", "validateEvery", "sourceLen"],
  settings: flattenSettings(CLASSIFY_DEFAULTS),
  roles: ROLES,
  limits: classifyLimits,
  train: (options) => TrainingRun.run(CLASSIFY_PLAN, options),
};
