import type { AttentionMap } from "fovea/views";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { Fault } from "../../shell/fault.tsx";
import { useKeys } from "../../shell/keys.ts";
import { View } from "../../shell/view.tsx";
import { latest } from "../../state/latest.ts";
import { run } from "../../state/models.ts";
import type { Update } from "../../state/route.ts";
import type { GraphFacts, GraphRun } from "../../worker/api.ts";
import { ExportDialog } from "./export-dialog.tsx";
import { GraphForm } from "./graph-form.tsx";
import { type Head, headsOf, mapOf } from "./graph-heads.ts";
import { graphInputs } from "./graph-inputs.ts";
import { GRAPH_WORDS } from "./graph-messages.ts";
import type { LookState } from "./look-state.ts";
import { mapLook } from "./matrix-panel.tsx";
import { LOOK_WORDS } from "./messages.ts";
import { type Selection, type SharedSelection, useSelection } from "./use-selection.ts";

export interface GraphLookProps {
  readonly model: string;
  readonly graph: GraphFacts;
  readonly state: LookState;
  readonly update: Update<LookState>;
}

/** Runs a graph, and again at every change of its inputs. */
function useRun(model: string, graph: GraphFacts, state: LookState) {
  const [result, setResult] = useState<{ readonly run?: GraphRun; readonly error?: unknown }>({});
  const queue = useMemo(
    () =>
      latest<LookState, GraphRun>({
        answer: async (asked) => run(model, graphInputs(graph, asked)),
        onAnswer: (given) => setResult({ run: given }),
        onError: (error) => setResult((old) => ({ ...old, error })),
      }),
    [model, graph],
  );
  useEffect(() => queue.cancel, [queue]);
  useEffect(() => queue.ask(state), [queue, JSON.stringify(state.sizes), state.inputs, state.seed]);
  return result;
}

/** Looking at a graph whose inputs one fills in: its heads, small, and one of them large. */
export function GraphLook({ model, graph, state, update }: GraphLookProps) {
  const words = useMessages(GRAPH_WORDS);
  const { run: given, error } = useRun(model, graph, state);
  const heads = useMemo(() => (given ? headsOf(given.maps) : []), [given]);
  const index = Math.min(state.head ?? 0, Math.max(0, heads.length - 1));
  const head = heads[index];
  const map = useMemo(() => head && mapOf(head), [head]);
  const selection = useSelection(map, state, update);
  useHeadKeys({ heads, index, update });
  return (
    <>
      <GraphForm graph={graph} state={state} update={update} />
      {error !== undefined && <Fault title={words.failed} error={error} />}
      {given && <Doubt graph={graph} heads={heads.length} />}
      {!given && error === undefined && <p class="muted">{words.running}</p>}
      {given && map && (
        <section class="panel stack" aria-labelledby="heads">
          <header class="row spread">
            <h2 id="heads">{words.heads}</h2>
            <span class="muted small">{words.took(given.seconds, heads.length)}</span>
          </header>
          <View
            tag="fovea-head-grid"
            class="view"
            set={{ heads, selected: index, scale: state.scale, selection: selection.link("grid").selection }}
            on={{
              "fovea-head": ({ index: chosen }: { readonly index: number }) => update({ head: chosen }),
              "fovea-point": (place: Selection | null) => selection.point(place, "grid"),
            }}
          />
        </section>
      )}
      {map && <HeadPanel map={map} state={state} update={update} selection={selection} />}
    </>
  );
}

interface HeadKeys {
  readonly heads: readonly Head[];
  readonly index: number;
  readonly update: Update<LookState>;
}

/** From head to head, and from layer to layer. */
function useHeadKeys({ heads, index, update }: HeadKeys) {
  const go = (by: number) => heads.length > 0 && update({ head: (index + by + heads.length) % heads.length });
  const layer = (by: number) => {
    const next = heads.findIndex((head) => head.layer === (heads[index]?.layer ?? 0) + by);
    if (next >= 0) update({ head: next });
  };
  useKeys({ ",": () => go(-1), ".": () => go(1), "[": () => layer(-1), "]": () => layer(1) });
}

/** What is to be said of graphs that do not say themselves which outputs are attention. */
function Doubt({ graph, heads }: { readonly graph: GraphFacts; readonly heads: number }) {
  const words = useMessages(GRAPH_WORDS);
  if (Object.keys(graph.attention).length > 0) return null;
  return heads > 0 ? <p class="muted small">{words.guessed}</p> : <p class="notice">{words.noAttention}</p>;
}

interface HeadPanelProps {
  readonly map: AttentionMap;
  readonly state: LookState;
  readonly update: Update<LookState>;
  readonly selection: SharedSelection;
}

function HeadPanel({ map, state, update, selection }: HeadPanelProps) {
  const words = useMessages(LOOK_WORDS);
  const { set, on } = mapLook(state, update);
  const link = selection.link("matrix");
  const [isExporting, setExporting] = useState(false);
  const title = map.title ?? "";
  useKeys({
    t: () => update({ turned: !state.turned }),
    v: () => update({ view: state.view === "matrix" ? "table" : "matrix" }),
    e: () => setExporting(true),
    escape: selection.letGo,
  });
  return (
    <section class="panel stack" aria-labelledby="head-map">
      <header class="row spread">
        <h2 id="head-map">{title}</h2>
        <button type="button" class="button small" title={`${words.export} (E)`} onClick={() => setExporting(true)}>
          {words.export}
        </button>
      </header>
      <View
        tag="fovea-attention-map"
        class="view"
        set={{ map, ...set, selection: link.selection }}
        on={{ ...link.on, ...on }}
      />
      {isExporting && <ExportDialog items={[{ label: title, what: map }]} onClose={() => setExporting(false)} />}
    </section>
  );
}
