import { useMessages } from "../../messages/table.ts";
import { announcement } from "./announcement.ts";
import { TRAIN } from "./messages.ts";
import type { TrainingState } from "./training-state.ts";

/** Tells those who do not see the page how the training goes, without chatter. */
export function Announcer({ state }: { readonly state: TrainingState }) {
  const words = useMessages(TRAIN);
  return (
    <p class="hidden" role="status">
      {announcement(state, words)}
    </p>
  );
}
