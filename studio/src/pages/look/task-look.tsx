import { useRef, useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { Fault } from "../../shell/fault.tsx";
import { useKeys } from "../../shell/keys.ts";
import type { Update } from "../../state/route.ts";
import { useStatusOf } from "../../state/status.ts";
import { Answer } from "./answer.tsx";
import { ComparePanel } from "./compare-panel.tsx";
import { EXAMPLES } from "./examples.ts";
import type { ExportItem } from "./export-file.ts";
import { ExportDialog } from "./export-later.ts";
import { type LookState, NO_CHANGES } from "./look-state.ts";
import { type Branch, MatrixPanel, type MatrixPanelProps } from "./matrix-panel.tsx";
import { LOOK_WORDS, type LookWords } from "./messages.ts";
import { RibbonsPanel } from "./ribbons-panel.tsx";
import { StepsPanel } from "./steps-panel.tsx";
import { TaskCode } from "./task-code.tsx";
import { isShortText } from "./tasks.ts";
import { TextBox, type TextInput } from "./text-box.tsx";
import { type Reading, useReading } from "./use-reading.ts";
import { type SharedSelection, useSelection } from "./use-selection.ts";
import { useSteady } from "./use-steady.ts";
import { changesOf, toggleMask } from "./what-if.ts";
import { WhatIfPanel } from "./what-if-panel.tsx";

export interface TaskLookProps {
  readonly model: string;
  readonly task: string;
  /** Whether it can be asked how true its attention is. */
  readonly hasFaithfulness: boolean;
  /** Texts of its own to begin with. */
  readonly examples: readonly string[];
  readonly state: LookState;
  readonly update: Update<LookState>;
}

/** What the panels below the answer share. */
export interface PanelProps {
  readonly model: string;
  readonly task: string;
  readonly hasFaithfulness: boolean;
  readonly reading: Reading;
  readonly state: LookState;
  readonly update: Update<LookState>;
  readonly selection: SharedSelection;
}

type DialogName = "export" | "code" | undefined;

/** Looking at a model of a task: a text in, its answer, and where it was read from. */
export function TaskLook({ model, task, hasFaithfulness, examples, state, update }: TaskLookProps) {
  const words = useMessages(LOOK_WORDS);
  const shownExamples = EXAMPLES[task] ?? examples;
  const text = state.text ?? shownExamples[0] ?? "";
  const { reading, error, isStale } = useReading({ model, task }, text, state);
  const [dialog, setDialog] = useState<DialogName>(undefined);
  const [branch, setBranch] = useState<Branch>("b");
  const selection = useSelection(reading?.a.map, state, update);
  const input = useRef<TextInput>(null);
  const panels = useSteady<HTMLDivElement>();
  useStatusOf(reading);
  // What is saved and copied is always of the text that stands there.
  const openDialog = (name: DialogName) => !isStale && setDialog(name);
  useLookKeys({ state, update, selection, onExport: () => openDialog("export"), input });
  const ask = (next: string, how: "push" | "replace") => {
    update({ text: next, q: undefined, k: undefined, ...NO_CHANGES }, changesOf(state).length > 0 ? "push" : how);
  };
  const isRefused = error !== undefined && text !== "";
  const isUnread = isRefused || text === "";
  const shared = reading && { model, task, hasFaithfulness, reading, state, update };
  return (
    <>
      <section class="panel ask">
        <TextBox
          input={input}
          isShort={isShortText(task)}
          examples={shownExamples}
          text={text}
          onText={ask}
          isRefused={isRefused}
        />
        <div class="ask-answer">
          {text === "" && <p class="muted">{shownExamples.length > 0 ? words.emptyText : words.emptyTextPlain}</p>}
          {isRefused && <Fault title={words.cannotRead} error={error} />}
          {reading && !isUnread && <Answer reading={reading} isStale={isStale} />}
        </div>
        {shared && <WhatIfPanel {...shared} isOfAnother={isUnread} />}
      </section>
      <div ref={panels} class={isStale ? "look-panels stale" : "look-panels"} aria-busy={isStale && !isUnread}>
        {shared && (
          <Panels
            {...shared}
            selection={selection}
            branch={branch}
            onBranch={setBranch}
            canSave={!isStale}
            onDialog={openDialog}
          />
        )}
      </div>
      {dialog === "export" && reading && (
        <ExportDialog
          items={exportItems(reading, words)}
          first={reading.b && branch === "b" ? 1 : 0}
          look={{ scale: state.scale, transposed: state.turned }}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === "code" && reading && (
        <TaskCode model={model} reading={reading} onClose={() => setDialog(undefined)} />
      )}
    </>
  );
}

function Panels({ branch, onBranch, onDialog, canSave, ...panel }: MatrixPanelProps) {
  return (
    <>
      <div class="look-columns">
        <MatrixPanel {...panel} branch={branch} onBranch={onBranch} canSave={canSave} onDialog={onDialog} />
        <StepsPanel {...panel} />
      </div>
      {panel.reading.b && <ComparePanel {...panel} />}
      <RibbonsPanel {...panel} />
    </>
  );
}

function exportItems({ a, b, change }: Reading, words: LookWords): readonly ExportItem[] {
  if (!b) return [{ label: words.asItReads, what: a }];
  return [
    { label: `A · ${words.asItReads}`, what: a },
    { label: `B · ${words.changed}`, what: b, change },
  ];
}

interface LookKeys extends Pick<TaskLookProps, "state" | "update"> {
  readonly selection: SharedSelection;
  readonly onExport: () => void;
  readonly input: { readonly current: TextInput | null };
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
