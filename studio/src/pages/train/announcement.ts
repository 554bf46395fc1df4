import { formatNumber, type Language } from "fovea/views";
import { headlineOf, measuredText, measureOf, measureWord } from "../../state/measures.ts";
import { TRAIN } from "./messages.ts";
import { phaseName } from "./phase-name.ts";
import { RECIPE_WORDS } from "./recipe-messages.ts";
import type { TrainingState } from "./training-state.ts";

/** Said on the way so many times at most. */
const PARTS = 4;

/** A sentence that changes with the phase, and a few times on the way. */
export function announcement(state: TrainingState, language: Language): string {
  const { phase, progress, evaluation, test, request } = state;
  const words = TRAIN[language];
  const measure = measureOf(request?.recipe ?? "");
  const name = phaseName(state, words, RECIPE_WORDS[language]);
  if (phase === "idle") return "";
  if (phase === "finished" && test) return words.said([name, headlineText(test, measure, language)]);
  if (phase !== "training" || !progress) return words.said([name]);
  const part = Math.floor((PARTS * progress.step) / progress.steps);
  if (part === 0) return words.said([name]);
  const step = Math.round((part * progress.steps) / PARTS);
  const said = [name, words.step(formatNumber(step), formatNumber(progress.steps))];
  const value = evaluation?.metrics[measure];
  if (!evaluation || evaluation.step < step || value === undefined) return words.said(said);
  const what = measure === "exactMatch" ? words.exactMatch : measureWord(measure, language);
  return words.said([...said, `${what} ${measuredText(measure, value, 1)}`]);
}

/** A share of right answers says by itself what it is. */
function headlineText(test: NonNullable<TrainingState["test"]>, wanted: string, language: Language): string {
  const { measure, value } = headlineOf(test, wanted);
  return measure === "exactMatch" ? value : `${measureWord(measure, language)} ${value}`;
}
