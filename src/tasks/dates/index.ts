import type { Recipe } from "../recipe.ts";
import { flattenSettings } from "../settings.ts";
import { TrainingRun } from "../training-run.ts";
import { DATE_DEFAULTS, dateLimits } from "./settings.ts";
import { DATES_PLAN } from "./train.ts";

/** The date normaliser of the article, trained on generated dates. */
export const dates: Recipe = {
  name: "dates",
  summary: "English dates as people write them → yyyy-mm-dd, character by character, on generated data",
  measure: "exactMatch",
  settings: flattenSettings(DATE_DEFAULTS),
  limits: dateLimits,
  train: (options) => TrainingRun.run(DATES_PLAN, options),
};
