import { useRef, useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { useKeys } from "../../shell/keys.ts";
import { View } from "../../shell/view.tsx";
import { LOOK_WORDS } from "./messages.ts";
import type { PanelProps } from "./task-look.tsx";
import { force, write } from "./what-if.ts";

interface Step {
  readonly step: number;
}

/** The answer as it comes about, one character after another; what the reader forces or writes here makes branch B. */
export function StepsPanel({ reading, state, update, selection }: PanelProps) {
  const words = useMessages(LOOK_WORDS);
  const [step, setStep] = useState(0);
  const player = useRef<HTMLElement & { playing?: boolean }>(null);
  const { a, b, change } = reading;
  const shown = b ?? a;
  const link = selection.link("steps");
  useKeys({
    " ": () => {
      if (player.current) player.current.playing = !player.current.playing;
    },
  });
  return (
    <section class="panel stack" aria-labelledby="steps">
      <h2 id="steps">
        {words.steps}
        {reading.b && <span class="muted"> · B</span>}
      </h2>
      <View
        tag="fovea-step-scrubber"
        class="view"
        onElement={(element) => {
          player.current = element;
        }}
        set={{
          editable: true,
          map: shown.map,
          candidates: shown.candidates,
          change,
          step: selection.now.query ?? step,
          selection: link.selection,
        }}
        on={{
          ...link.on,
          "fovea-step": ({ step: next }: Step) => {
            setStep(next);
            selection.point({ query: next }, "steps");
          },
          "fovea-write": ({ step: at, token }: Step & { readonly token: string | undefined }) =>
            update({ written: write(state.written, { step: at, token }, a.map.rows[at]) }, "push"),
          "fovea-force": ({ step: at, weights }: Step & { readonly weights: ArrayLike<number> | undefined }) =>
            update({ forced: force(state.forced, at, weights ?? []) }, "push"),
        }}
      />
    </section>
  );
}
