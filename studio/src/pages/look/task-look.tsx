import { useRef, useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { Fault } from "../../shell/fault.tsx";
import { useKeys } from "../../shell/keys.ts";
import type { Update } from "../../state/route.ts";
import { Answer } from "./answer.tsx";
import { CodeDialog } from "./code-dialog.tsx";
import { ComparePanel } from "./compare-panel.tsx";
import { firstExample } from "./examples.ts";
import { ExportDialog, type ExportItem } from "./export-dialog.tsx";
import { type LookState, NO_CHANGES } from "./look-state.ts";
import { MatrixPanel } from "./matrix-panel.tsx";
import { LOOK_WORDS, type LookWords } from "./messages.ts";
import { RibbonsPanel } from "./ribbons-panel.tsx";
import { StepsPanel } from "./steps-panel.tsx";
import { TextBox } from "./text-box.tsx";
import { type Reading, useReading } from "./use-reading.ts";
import { type SharedSelection, useSelection } from "./use-selection.ts";
import { toggleMask } from "./what-if.ts";
import { WhatIfPanel } from "./what-if-panel.tsx";

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
  readonly selection: SharedSelection;
}

type DialogName = "export" | "code" | undefined;

/** Looking at a model of a task: a text in, its answer, and where it was read from. */
export function TaskLook({ model, task, state, update }: TaskLookProps) {
  const words = useMessages(LOOK_WORDS);
  const text = state.text ?? firstExample(task);
  const { reading, error } = useReading(model, text, state);
  const [dialog, setDialog] = useState<DialogName>(undefined);
  const selection = useSelection(reading?.a.map, state, update);
  const input = useRef<HTMLInputElement>(null);
  useLookKeys({ state, update, selection, onExport: () => reading && setDialog("export"), input });
  const type = (next: string) => update({ text: next, q: undefined, k: undefined, ...NO_CHANGES });
  const isRefused = error !== undefined;
  return (
    <>
      <section class="panel ask">
        <TextBox input={input} task={task} text={text} onText={type} isRefused={isRefused} />
        {reading && <Answer reading={reading} isStale={isRefused} />}
      </section>
      {isRefused && text !== "" && <Fault title={words.cannotRead} error={error} />}
      {reading && <Panels reading={reading} state={state} update={update} selection={selection} onDialog={setDialog} />}
      {dialog === "export" && reading && (
        <ExportDialog items={exportItems(reading, words)} onClose={() => setDialog(undefined)} />
      )}
      {dialog === "code" && reading && (
        <CodeDialog model={model} reading={reading} onClose={() => setDialog(undefined)} />
      )}
    </>
  );
}

function Panels({ onDialog, ...panel }: PanelProps & { readonly onDialog: (dialog: DialogName) => void }) {
  return (
    <>
      <WhatIfPanel {...panel} />
      <div class="look-columns">
        <MatrixPanel {...panel} onDialog={onDialog} />
        <StepsPanel {...panel} />
      </div>
      {panel.reading.b && <ComparePanel {...panel} />}
      <RibbonsPanel {...panel} />
    </>
  );
}

function exportItems({ a, b }: Reading, words: LookWords): readonly ExportItem[] {
  if (!b) return [{ label: words.asItReads, what: a }];
  return [
    { label: `A · ${words.asItReads}`, what: a },
    { label: `B · ${words.changed}`, what: b },
  ];
}

interface LookKeys extends Pick<TaskLookProps, "state" | "update"> {
  readonly selection: SharedSelection;
  readonly onExport: () => void;
  readonly input: { readonly current: HTMLInputElement | null };
}

function useLookKeys({ state, update, selection, onExport, input }: LookKeys) {
  useKeys({
    t: () => update({ turned: !state.turned }),
    v: () => update({ view: state.view === "matrix" ? "table" : "matrix" }),
    m: () => {
      const { key } = selection.now;
      if (key !== undefined) update({ masked: toggleMask(state.masked, key) }, "push");
    },
    e: onExport,
    c: () => document.getElementById("compare")?.focus(),
    "/": () => input.current?.select(),
    escape: selection.letGo,
  });
}
