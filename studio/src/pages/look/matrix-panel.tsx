import { useMessages } from "../../messages/table.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { View } from "../../shell/view.tsx";
import { FaithfulnessNote } from "./faithfulness-note.tsx";
import type { LookState, Scale, ViewKind } from "./look-state.ts";
import { LOOK_WORDS } from "./messages.ts";
import type { PanelProps } from "./task-look.tsx";
import { toggleMask } from "./what-if.ts";

/** What the tools of a map have changed. */
interface MapLook {
  readonly scale: Scale;
  readonly transposed: boolean;
  readonly view: ViewKind;
}

/** How the state shows in a map, and what its tools do to the state. */
export function mapLook(state: LookState, update: PanelProps["update"]) {
  return {
    set: { scale: state.scale, gamma: 0.5, transposed: state.turned, bars: true, view: state.view },
    on: { "fovea-change": ({ scale, transposed, view }: MapLook) => update({ scale, turned: transposed, view }) },
  };
}

/** How the model reads by itself, or with the reader's changes. */
export type Branch = "a" | "b";

export interface MatrixPanelProps extends PanelProps {
  /** Which of the two is shown, where there are two. */
  readonly branch: Branch;
  readonly onBranch: (branch: Branch) => void;
  /** Whether what is shown is what is asked. */
  readonly canSave: boolean;
  readonly onDialog: (dialog: "export" | "code") => void;
}

const NONE: readonly number[] = [];

/** The alignment matrix: of the reading with changes, as in the other views, or of the one without. */
export function MatrixPanel(props: MatrixPanelProps) {
  const { model, reading, state, update, selection, branch, canSave, onBranch, onDialog, hasFaithfulness } = props;
  const words = useMessages(LOOK_WORDS);
  const { set, on } = mapLook(state, update);
  const link = selection.link("matrix");
  const { a, b, applied } = reading;
  const isChanged = b !== undefined && branch === "b";
  const name = b ? branch.toUpperCase() : "";
  const mask = ({ place }: { readonly place: number }) => update({ masked: toggleMask(state.masked, place) }, "push");
  return (
    <section class="panel stack" aria-labelledby="matrix">
      <header class="row spread">
        <h2 id="matrix">
          {words.matrix}
          {b && <span class="muted"> · {name}</span>}
        </h2>
        <div class="row">
          {b && (
            <Segmented
              label={words.whichBranch}
              choices={[
                { value: "a", label: "A", title: words.asItReads },
                { value: "b", label: "B", title: words.changed },
              ]}
              value={branch}
              onChoose={onBranch}
            />
          )}
          <button
            type="button"
            class="button small"
            disabled={!canSave}
            title={`${words.export} (E)`}
            onClick={() => onDialog("export")}
          >
            {words.export}
          </button>
          <button type="button" class="button small" disabled={!canSave} onClick={() => onDialog("code")}>
            {words.copyAsCode}
          </button>
        </div>
      </header>
      <View
        tag="fovea-attention-map"
        class="view"
        set={{
          map: (isChanged ? b : a).map,
          ...set,
          masked: isChanged ? applied.masked : NONE,
          name,
          selection: link.selection,
        }}
        on={{ ...link.on, ...on, "fovea-key-click": mask }}
      />
      {hasFaithfulness && <FaithfulnessNote model={model} text={reading.text} isOfA={b !== undefined} />}
    </section>
  );
}
