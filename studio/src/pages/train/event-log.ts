import type { LoggedEvent } from "fovea/tasks";
import type { NotedEvent } from "../../worker/api.ts";
import { jsonText } from "../../worker/json-text.ts";

/** So often, in milliseconds, the log of the command line has progress. */
const PROGRESS_EVERY = 500;

/** What a training told, as the log that the command line leaves in the folder; undefined where nobody knows when it was told. */
export function eventLog(events: readonly NotedEvent[]): string | undefined {
  const told: LoggedEvent[] = [];
  let held: LoggedEvent | undefined;
  let last = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    const { time } = event;
    if (event.type === "compute") continue;
    if (time === undefined) return undefined;
    const logged = { ...event, time };
    if (logged.type !== "progress") {
      told.push(...(held ? [held] : []), logged);
      held = undefined;
    } else if (time - last >= PROGRESS_EVERY) {
      told.push(logged);
      [held, last] = [undefined, time];
    } else held = logged;
  }
  return told.map((event) => `${jsonText(event)}\n`).join("");
}
