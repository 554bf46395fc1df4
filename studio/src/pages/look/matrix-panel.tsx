import { useMessages } from "../../messages/table.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { View } from "../../shell/view.tsx";
import type { LookState, Scale } from "./look-state.ts";
import { LOOK_WORDS } from "./messages.ts";
import type { PanelProps } from "./task-look.tsx";
import { toggleMask } from "./what-if.ts";

const SCALES: readonly Scale[] = ["absolute", "row", "gamma"];

export interface MapTools {
  readonly state: LookState;
  readonly update: PanelProps["update"];
}

/** Colours, direction, and picture or table. */
export function MapToolbar({ state, update }: MapTools) {
  const words = useMessages(LOOK_WORDS);
  return (
    <div class="row toolbar">
      <Segmented
        label={words.scale}
        choices={SCALES.map((value) => ({ value, label: words.scales[value], title: words.scaleHints[value] }))}
        value={state.scale}
        onChoose={(scale) => update({ scale })}
      />
      <Segmented
        label={`${words.direction} (T)`}
        choices={[
          { value: "to", label: words.attendsTo },
          { value: "by", label: words.attendedBy },
        ]}
        value={state.turned ? "by" : "to"}
        onChoose={(value) => update({ turned: value === "by" })}
      />
      <Segmented
        label={`${words.view} (V)`}
        choices={[
          { value: "matrix", label: words.asMatrix },
          { value: "table", label: words.asTable },
        ]}
        value={state.view}
        onChoose={(view) => update({ view })}
      />
    </div>
  );
}

/** The alignment matrix. */
export function MatrixPanel(props: PanelProps & { readonly onDialog: (dialog: "export" | "code") => void }) {
  const { reading, state, update, selection, onPoint, onPin, onDialog } = props;
  const words = useMessages(LOOK_WORDS);
  const mask = ({ place }: { readonly place: number }) => update({ masked: toggleMask(state.masked, place) }, "push");
  return (
    <section class="panel stack" aria-labelledby="matrix">
      <header class="row spread">
        <h2 id="matrix">{words.matrix}</h2>
        <div class="row">
          <button type="button" class="button small" title={`${words.export} (E)`} onClick={() => onDialog("export")}>
            {words.export}
          </button>
          <button type="button" class="button small" onClick={() => onDialog("code")}>
            {words.copyAsCode}
          </button>
        </div>
      </header>
      <MapToolbar state={state} update={update} />
      <View
        tag="fovea-attention-map"
        class="view"
        set={{
          map: reading.a.map,
          scale: state.scale,
          gamma: 0.5,
          transposed: state.turned,
          bars: true,
          masked: state.masked,
          view: state.view,
          selection,
        }}
        on={{ "fovea-point": onPoint, "fovea-pin": onPin, "fovea-key-click": mask }}
      />
      <p class="muted small">{words.matrixHint}</p>
    </section>
  );
}
