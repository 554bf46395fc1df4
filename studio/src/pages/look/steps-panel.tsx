import { useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { useKeys } from "../../shell/keys.ts";
import { View } from "../../shell/view.tsx";
import type { Written } from "./look-state.ts";
import { LOOK_WORDS } from "./messages.ts";
import type { PanelProps } from "./task-look.tsx";
import { force, write } from "./what-if.ts";

/** The answer as it comes about, one character after another; what the reader forces or writes here makes branch B. */
export function StepsPanel({ reading, state, update, selection, onPoint }: PanelProps) {
  const words = useMessages(LOOK_WORDS);
  const [step, setStep] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  const { a, b } = reading;
  const shown = b ?? a;
  useKeys({ " ": () => setPlaying(!isPlaying) });
  const now = Math.min(selection.query ?? step, shown.map.rows.length - 1);
  return (
    <section class="panel stack" aria-labelledby="steps">
      <h2 id="steps">{words.steps}</h2>
      <View
        tag="fovea-step-scrubber"
        class="view"
        set={{
          map: shown.map,
          candidates: shown.candidates,
          step: now,
          playing: isPlaying,
          editable: true,
        }}
        on={{
          "fovea-step": ({ step: next }: { readonly step: number }) => {
            setStep(next);
            onPoint({ query: next });
          },
          "fovea-write": (written: Written) =>
            update({ written: write(state.written, written, a.map.rows[written.step]) }, "push"),
          "fovea-force": ({ step: at, weights }: { readonly step: number; readonly weights: ArrayLike<number> }) =>
            update({ forced: force(state.forced, at, weights) }, "push"),
        }}
      />
      <p class="muted small">{words.stepsHint}</p>
    </section>
  );
}
