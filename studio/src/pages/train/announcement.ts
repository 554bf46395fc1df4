import { formatNumber, percent, sharePercent } from "fovea/views";
import type { TrainWords } from "./messages.ts";
import type { TrainingState } from "./training-state.ts";

/** Said on the way so many times at most. */
const PARTS = 4;

/** A sentence that changes with the phase, and a few times on the way. */
export function announcement(state: TrainingState, words: TrainWords): string {
  const { phase, progress, evaluation, test } = state;
  const name = words.phases[phase];
  if (phase === "idle") return "";
  if (phase === "finished" && test) return words.said([name, sharePercent(test.overall)]);
  if (phase !== "training" || !progress) return words.said([name]);
  const part = Math.floor((PARTS * progress.step) / progress.steps);
  if (part === 0) return words.said([name]);
  const step = Math.round((part * progress.steps) / PARTS);
  const said = [name, words.step(formatNumber(step), formatNumber(progress.steps))];
  if (!evaluation || evaluation.step < step) return words.said(said);
  return words.said([...said, `${words.exactMatch} ${percent(evaluation.metrics.exactMatch ?? 0)}`]);
}
