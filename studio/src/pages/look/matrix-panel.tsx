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

/** The alignment matrix. */
export function MatrixPanel(props: PanelProps & { readonly onDialog: (dialog: "export" | "code") => void }) {
  const { reading, state, update, selection, onDialog } = props;
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
          <button type="button" class="button small" title={`${words.export} (E)`} onClick={() => onDialog("export")}>
            {words.export}
          </button>
          <button type="button" class="button small" onClick={() => onDialog("code")}>
            {words.copyAsCode}
          </button>
        </div>
      </header>
      <View
        tag="fovea-attention-map"
        class="view"
        set={{ map: reading.a.map, ...set, masked: state.masked, selection: link.selection }}
        on={{ ...link.on, ...on, "fovea-key-click": mask }}
      />
    </section>
  );
}
