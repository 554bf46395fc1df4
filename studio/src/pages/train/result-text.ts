import type { TestEvent } from "fovea/tasks";
import { percent } from "fovea/views";
import type { TrainWords } from "./messages.ts";

/** What a test says of certainty: a share of nothing is not told. */
export function certaintyText({ metrics }: Pick<TestEvent, "metrics">, words: TrainWords): string {
  const { certainShare = 0, certainRight, doubtfulNonsense } = metrics;
  const isAnyCertain = certainShare > 0 && certainRight !== undefined;
  return [
    ...(isAnyCertain ? [words.certainLine(percent(certainShare), percent(certainRight, 2))] : []),
    ...(doubtfulNonsense === undefined ? [] : [words.nonsenseLine(percent(doubtfulNonsense))]),
  ].join(words.between);
}
