import { useMemo, useRef, useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { Fault } from "../../shell/fault.tsx";
import { useKeys } from "../../shell/keys.ts";
import type { Update } from "../../state/route.ts";
import { Answer } from "./answer.tsx";
import { CodeDialog } from "./code-dialog.tsx";
import { ComparePanel } from "./compare-panel.tsx";
import { ExportDialog } from "./export-dialog.tsx";
import { firstExample } from "./examples.ts";
import { type LookState, NO_CHANGES } from "./look-state.ts";
import { MatrixPanel } from "./matrix-panel.tsx";
import { LOOK_WORDS } from "./messages.ts";
import { StepsPanel } from "./steps-panel.tsx";
import { TextBox } from "./text-box.tsx";
import { type Reading, type Selection, useReading, within } from "./use-reading.ts";
import { toggleMask } from "./what-if.ts";
import { WhatIfPanel } from "./what-if-panel.tsx";
import { RibbonsPanel } from "./ribbons-panel.tsx";

export interface TaskLookProps {
  readonly model: string;
  readonly task: string;
  readonly state: LookState;
  readonly update: Update<LookState>;
}

/** What the panels below the answer share. */
export interface PanelProps {
  readonly reading: Reading;
  readonly state: LookState;
  readonly update: Update<LookState>;
  readonly selection: Selection;
  readonly onPoint: (place: Selection | undefined) => void;
  readonly onPin: (place: Selection | undefined) => void;
}

/** The one selection of all views: what is pointed at, else what is pinned. */
function useSelection(reading: Reading | undefined, state: LookState, update: Update<LookState>) {
  const [pointed, setPointed] = useState<Selection | undefined>(undefined);
  const { q, k } = state;
  const pinned = useMemo(() => (q === undefined ? {} : { query: q, key: k, pinned: true }) as Selection, [q, k]);
  const map = reading?.a.map;
  const selection = useMemo(() => (map ? within(pointed ?? pinned, map) : {}), [pointed, pinned, map]);
  const onPin = (place: Selection | undefined) => update({ q: place?.query, k: place?.key });
  return { selection, pinned: map ? within(pinned, map) : {}, onPoint: setPointed, onPin };
}

/** Looking at a model of a task: a text in, its answer, and where it was read from. */
export function TaskLook({ model, task, state, update }: TaskLookProps) {
  const words = useMessages(LOOK_WORDS);
  const text = state.text ?? firstExample(task);
  const { reading, error, isStale } = useReading(model, text, state);
  const [dialog, setDialog] = useState<"export" | "code" | undefined>(undefined);
  const { selection, pinned, onPoint, onPin } = useSelection(reading, state, update);
  const panel = reading && { reading, state, update, selection, onPoint, onPin };
  const input = useRef<HTMLInputElement>(null);
  useLookKeys({ state, update, selection, onPin, onDialog: setDialog, input, isReady: reading !== undefined });
  const type = (next: string) => update({ text: next, q: undefined, k: undefined, ...NO_CHANGES });
  return (
    <>
      <section class="panel ask">
        <TextBox input={input} task={task} text={text} onText={type} isRefused={error !== undefined} />
        {reading && <Answer reading={reading} pinned={pinned} onPin={onPin} isStale={isStale && error !== undefined} />}
      </section>
      {error !== undefined && text !== "" && <Fault title={words.cannotRead} error={error} />}
      {panel && <WhatIfPanel {...panel} />}
      {panel && <MatrixPanel {...panel} onDialog={setDialog} />}
      {panel?.reading.b && <ComparePanel {...panel} />}
      {panel && (
        <div class="columns">
          <StepsPanel {...panel} />
          <RibbonsPanel {...panel} />
        </div>
      )}
      {dialog === "export" && reading && <ExportDialog reading={reading} onClose={() => setDialog(undefined)} />}
      {dialog === "code" && reading && (
        <CodeDialog model={model} reading={reading} onClose={() => setDialog(undefined)} />
      )}
    </>
  );
}

interface LookKeys extends Pick<TaskLookProps, "state" | "update"> {
  readonly selection: Selection;
  readonly onPin: (place: Selection | undefined) => void;
  readonly onDialog: (dialog: "export" | "code") => void;
  readonly input: { readonly current: HTMLInputElement | null };
  readonly isReady: boolean;
}

function useLookKeys({ state, update, selection, onPin, onDialog, input, isReady }: LookKeys) {
  useKeys({
    t: () => update({ turned: !state.turned }),
    v: () => update({ view: state.view === "matrix" ? "table" : "matrix" }),
    m: () => {
      const key = selection.key;
      if (key !== undefined) update({ masked: toggleMask(state.masked, key) }, "push");
    },
    e: () => isReady && onDialog("export"),
    c: () => document.getElementById("compare")?.focus(),
    "/": () => input.current?.select(),
    escape: () => onPin(undefined),
  });
}
