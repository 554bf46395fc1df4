import type { Recipe } from "../recipe.ts";
import { flattenSettings } from "../settings.ts";
import { DATE_DEFAULTS, dateLimits } from "./settings.ts";
import { DateTraining } from "./train.ts";

/** The date normaliser of the article, trained on generated dates. */
export const dates: Recipe = {
  name: "dates",
  summary: "English dates as people write them → yyyy-mm-dd, character by character, on generated data",
  settings: flattenSettings(DATE_DEFAULTS),
  limits: dateLimits,
  async *train(options) {
    yield* (await DateTraining.open(options)).run();
  },
};
