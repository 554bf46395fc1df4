import type { TrainWords } from "./messages.ts";
import type { RecipeWords } from "./recipe-messages.ts";
import type { TrainingState } from "./training-state.ts";

/** What a training does now, in the words of its recipe. */
export function phaseName(
  { phase, request }: Pick<TrainingState, "phase" | "request">,
  words: TrainWords,
  recipeWords: RecipeWords,
): string {
  return phase === "measuring" ? recipeWords.measuring(request?.recipe === "dates") : words.phases[phase];
}
