import { formatNumber } from "fovea/views";
import { useMessages } from "../../messages/table.ts";
import { TRAIN, type TrainWords } from "./messages.ts";
import { percent, sharePercent } from "./share-text.ts";
import type { TrainingState } from "./training-state.ts";

/** Said on the way so many times at most. */
const PARTS = 4;

/** A sentence that changes with the phase, and a few times on the way. */
export function announcement(state: TrainingState, words: TrainWords): string {
  const { phase, progress, evaluation, test } = state;
  const name = words.phases[phase];
  if (phase === "finished" && test) return `${name}: ${sharePercent(test.overall)}`;
  if (phase !== "training" || !progress) return phase === "idle" ? "" : name;
  const part = Math.floor((PARTS * progress.step) / progress.steps);
  if (part === 0) return name;
  const step = words.step(formatNumber(Math.round((part * progress.steps) / PARTS)), formatNumber(progress.steps));
  const isLast = evaluation && evaluation.step >= (part * progress.steps) / PARTS;
  const right = isLast ? ` ${words.exactMatch}: ${percent(evaluation.metrics.exactMatch ?? 0)}` : "";
  return `${name}. ${step}.${right}`;
}

/** Tells those who do not see the page how the training goes, without chatter. */
export function Announcer({ state }: { readonly state: TrainingState }) {
  const words = useMessages(TRAIN);
  return (
    <p class="hidden" role="status">
      {announcement(state, words)}
    </p>
  );
}
