import { language } from "../../state/preferences.ts";
import { useStore } from "../../state/store.ts";
import { announcement } from "./announcement.ts";
import type { TrainingState } from "./training-state.ts";

/** Tells those who do not see the page how the training goes, without chatter. */
export function Announcer({ state }: { readonly state: TrainingState }) {
  const lang = useStore(language);
  return (
    <p class="hidden" role="status">
      {announcement(state, lang)}
    </p>
  );
}
