import { useMessages } from "../../messages/table.ts";
import { View } from "../../shell/view.tsx";
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

export interface MatrixPanelProps extends PanelProps {
  /** Whether what is shown is what is asked. */
  readonly canSave: boolean;
  readonly onDialog: (dialog: "export" | "code") => void;
}

/** The alignment matrix of the model as it reads by itself: what is masked is struck out in the comparison, where it counts. */
export function MatrixPanel({ reading, state, update, selection, canSave, onDialog }: MatrixPanelProps) {
  const words = useMessages(LOOK_WORDS);
  const { set, on } = mapLook(state, update);
  const link = selection.link("matrix");
  const mask = ({ place }: { readonly place: number }) => update({ masked: toggleMask(state.masked, place) }, "push");
  return (
    <section class="panel stack" aria-labelledby="matrix">
      <header class="row spread">
        <h2 id="matrix">
          {words.matrix}
          {reading.b && <span class="muted"> · A</span>}
        </h2>
        <div class="row">
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
        set={{ map: reading.a.map, ...set, name: reading.b ? "A" : "", selection: link.selection }}
        on={{ ...link.on, ...on, "fovea-key-click": mask }}
      />
    </section>
  );
}
