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
import { headsOf, mapOf } from "./graph-heads.ts";
import { graphInputs } from "./graph-inputs.ts";
import { GRAPH_WORDS } from "./graph-messages.ts";
import type { LookState } from "./look-state.ts";
import { mapLook } from "./matrix-panel.tsx";
import { LOOK_WORDS } from "./messages.ts";
import { useSelection } from "./use-selection.ts";

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
  const go = (to: number) => heads.length > 0 && update({ head: (to + heads.length) % heads.length });
  const layer = (by: number) => {
    const next = heads.findIndex((head) => head.layer === (heads[index]?.layer ?? 0) + by);
    if (next >= 0) go(next);
  };
  useKeys({ ",": () => go(index - 1), ".": () => go(index + 1), "[": () => layer(-1), "]": () => layer(1) });
  const hasAttention = Object.keys(graph.attention).length > 0;
  return (
    <>
      <GraphForm graph={graph} state={state} update={update} />
      {error !== undefined && <Fault title={words.failed} error={error} />}
      {!hasAttention && <p class="notice">{words.noAttention}</p>}
      {!given && error === undefined && <p class="muted">{words.running}</p>}
      {given && heads.length > 0 && (
        <section class="panel stack" aria-labelledby="heads">
          <header class="row spread">
            <h2 id="heads">{words.heads}</h2>
            <span class="muted small">{words.took(given.seconds, heads.length)}</span>
          </header>
          <View
            tag="fovea-head-grid"
            class="view"
            set={{ heads, chosen: index, selected: index }}
            on={{ "fovea-head": ({ index: chosen }: { readonly index: number }) => go(chosen) }}
          />
          <p class="muted small">{words.headsHint}</p>
        </section>
      )}
      {heads[index] && <HeadPanel key={heads[index].label} head={heads[index]} state={state} update={update} />}
    </>
  );
}

interface HeadPanelProps {
  readonly head: Parameters<typeof mapOf>[0];
  readonly state: LookState;
  readonly update: Update<LookState>;
}

function HeadPanel({ head, state, update }: HeadPanelProps) {
  const words = useMessages(LOOK_WORDS);
  const map = useMemo(() => mapOf(head), [head]);
  const { set, on } = mapLook(state, update);
  const selection = useSelection(map, state, update);
  const link = selection.link("matrix");
  const [isExporting, setExporting] = useState(false);
  useKeys({
    t: () => update({ turned: !state.turned }),
    v: () => update({ view: state.view === "matrix" ? "table" : "matrix" }),
    e: () => setExporting(true),
    escape: selection.letGo,
  });
  return (
    <section class="panel stack" aria-labelledby="head-map">
      <header class="row spread">
        <h2 id="head-map">{head.label}</h2>
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
      {isExporting && <ExportDialog items={[{ label: head.label, what: map }]} onClose={() => setExporting(false)} />}
    </section>
  );
}
