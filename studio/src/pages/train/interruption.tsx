import { formatNumber } from "fovea/views";
import { errorLine } from "../../messages/errors.ts";
import { useMessages } from "../../messages/table.ts";
import { language } from "../../state/preferences.ts";
import { useStore } from "../../state/store.ts";
import { TRAIN } from "./messages.ts";
import { discard, goOn } from "./train-store.ts";
import type { TrainingState } from "./training-state.ts";

/** A training that was stopped, by the reader, by a closed page or by a fault: what of it is kept, and the ways to go on. */
export function Interruption({ state }: { readonly state: TrainingState }) {
  const words = useMessages(TRAIN);
  const lang = useStore(language);
  const { phase, fault, checkpoint, start, request } = state;
  if (phase !== "stopped" && phase !== "fault") return null;
  const step = checkpoint === undefined ? undefined : formatNumber(checkpoint);
  const stopped =
    step === undefined ? words.stoppedAtStart : words.stopped(step, formatNumber(start?.steps ?? request?.steps ?? 0));
  return (
    <section class={phase === "fault" ? "notice bad train-interruption" : "notice train-interruption"} role="alert">
      <div class="stack tight">
        <strong>{phase === "fault" ? words.fault : stopped}</strong>
        {phase === "fault" && <p class="small">{errorLine(fault ?? "", lang)}</p>}
        {phase === "fault" && <p>{step === undefined ? words.faultLost : words.faultKept(step)}</p>}
      </div>
      <div class="row">
        {step !== undefined && (
          <button type="button" class="button primary" onClick={() => void goOn()}>
            {words.goOn(step)}
          </button>
        )}
        <button type="button" class="button" onClick={() => void discard()}>
          {words.discard}
        </button>
      </div>
    </section>
  );
}
