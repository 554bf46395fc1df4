import type { TrainingState } from "./training-state.ts";

/** The learning rate as the factor that is set now makes it; undefined before a step has told of one. */
export function rateNow({ progress, factor }: Pick<TrainingState, "progress" | "factor">): number | undefined {
  if (!progress) return undefined;
  const { learningRate, learningRateFactor = 1 } = progress;
  return learningRateFactor === 0 ? undefined : (learningRate / learningRateFactor) * factor;
}
