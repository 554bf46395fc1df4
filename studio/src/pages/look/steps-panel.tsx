import { useRef, useState } from "preact/hooks";
import { errorLine } from "../../messages/errors.ts";
import { useMessages } from "../../messages/table.ts";
import { useKeys } from "../../shell/keys.ts";
import { View } from "../../shell/view.tsx";
import { explain } from "../../state/models.ts";
import { messageOf } from "../../state/notices.ts";
import { language } from "../../state/preferences.ts";
import { useStore } from "../../state/store.ts";
import type { Written } from "./look-state.ts";
import { LOOK_WORDS } from "./messages.ts";
import type { PanelProps } from "./task-look.tsx";
import { goesOn } from "./tasks.ts";
import type { Reading } from "./use-reading.ts";
import { force, write } from "./what-if.ts";

interface Step {
  readonly step: number;
}

/** Of a view that is told of no change; nothing at all it would take for “as before”. */
const UNCHANGED = {};

/** The answer as it comes about, one character after another; what the reader forces or writes here makes branch B. */
export function StepsPanel({ model, task, reading, state, update, selection }: PanelProps) {
  const words = useMessages(LOOK_WORDS);
  const lang = useStore(language);
  const [step, setStep] = useState(0);
  const player = useRef<HTMLElement & { playing?: boolean }>(null);
  const { a, b, change } = reading;
  const shown = b ?? a;
  const link = selection.link("steps");
  const put = (one: { readonly step: number; readonly token: string | undefined }) => {
    // What the model would have written by itself, as long as nothing before it is changed.
    const isOwnKnown = !goesOn(task) || b === undefined;
    update({ written: write(state.written, one, isOwnKnown ? a.map.rows[one.step] : undefined) }, "push");
  };
  const writer = useWriter(model, reading, put);
  useKeys({
    " ": () => {
      if (player.current) player.current.playing = !player.current.playing;
    },
  });
  return (
    <section class="panel stack" aria-labelledby="steps">
      <h2 id="steps">
        {words.steps}
        {b && <span class="muted"> · B</span>}
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
          change: change ?? UNCHANGED,
          name: b ? "B" : "",
          step: selection.now.query ?? step,
          selection: link.selection,
        }}
        on={{
          ...link.on,
          "fovea-step": ({ step: next }: Step) => {
            setStep(next);
            selection.point({ query: next }, "steps");
          },
          "fovea-write": ({ step: at, token }: Step & { readonly token: string | undefined }) => {
            if (token === undefined) put({ step: at, token });
            else void writer.write({ step: at, token });
          },
          "fovea-force": ({ step: at, weights }: Step & { readonly weights: ArrayLike<number> | undefined }) =>
            update({ forced: force(state.forced, at, weights ?? []) }, "push"),
        }}
      />
      {writer.refusal !== undefined && (
        <p class="notice bad" role="alert">
          {errorLine(messageOf(writer.refusal), lang)}
        </p>
      )}
    </section>
  );
}

/** Writes what the model can write; of what the reader has typed, the model says so before it becomes a change. */
function useWriter(model: string, { text, a, b }: Reading, put: (written: Written) => void) {
  const [refused, setRefused] = useState<{ readonly text: string; readonly why: unknown } | undefined>(undefined);
  const write = async (one: Written) => {
    const isCandidate = (b ?? a).candidates[one.step]?.some(({ token }) => token === one.token);
    try {
      if (!isCandidate) await explain(model, text, { written: [one] });
      setRefused(undefined);
      put(one);
    } catch (why) {
      setRefused({ text, why });
    }
  };
  return { write, refusal: refused?.text === text ? refused.why : undefined };
}
