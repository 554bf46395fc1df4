import type { AttentionMap } from "fovea/views";
import { useEffect, useMemo, useState } from "preact/hooks";
import { errorLine } from "../../messages/errors.ts";
import { useMessages } from "../../messages/table.ts";
import { Fault } from "../../shell/fault.tsx";
import { useKeys } from "../../shell/keys.ts";
import { View } from "../../shell/view.tsx";
import { latest } from "../../state/latest.ts";
import { run, stopModels } from "../../state/models.ts";
import { language } from "../../state/preferences.ts";
import type { Update } from "../../state/route.ts";
import { useStatusOf } from "../../state/status.ts";
import { useStore } from "../../state/store.ts";
import type { GraphFacts, GraphInputs, GraphRun } from "../../worker/api.ts";
import { ExportDialog } from "./export-later.ts";
import { GraphCode, type GraphCodeProps } from "./graph-code.tsx";
import { GraphForm } from "./graph-form.tsx";
import { type Head, headsOf, inLayer, mapOf } from "./graph-heads.ts";
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

/** A run, and what it was given. */
interface Ran {
  readonly run: GraphRun;
  readonly given: GraphInputs;
}

/** What came of the last run, and whether there is another: under way, for so long that one may want to stop it, or stopped. */
interface Runs extends Partial<Ran> {
  readonly error?: unknown;
  readonly state: "running" | "slow" | "stopped" | "done";
  readonly stop: () => void;
  readonly again: () => void;
}

/** A run that takes longer can be stopped; shorter ones would only make the page flicker. */
const SLOW_MS = 500;

/** Runs a graph, and again at every change of its inputs. */
function useRun(model: string, graph: GraphFacts, look: LookState): Runs {
  const [result, setResult] = useState<Omit<Runs, "stop" | "again">>({ state: "running" });
  const queue = useMemo(
    () =>
      latest<LookState, Ran>({
        answer: async (asked) => {
          const given = graphInputs(graph, asked);
          return { given, run: await run(model, given) };
        },
        onAnswer: (ran) => setResult({ ...ran, state: "done" }),
        onError: (error) => setResult((old) => ({ ...old, error, state: "done" })),
      }),
    [model, graph],
  );
  const { state } = result;
  const ask = () => {
    setResult((old) => ({ ...old, state: old.state === "slow" ? "slow" : "running" }));
    queue.ask(look);
  };
  useEffect(() => queue.cancel, [queue]);
  useEffect(ask, [queue, JSON.stringify(look.sizes), look.inputs, look.seed]);
  useEffect(() => {
    if (state !== "running") return;
    const timer = setTimeout(() => setResult((old) => ({ ...old, state: "slow" })), SLOW_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const stop = () => {
    queue.cancel();
    stopModels();
    setResult((old) => ({ ...old, state: "stopped" }));
  };
  return { ...result, stop, again: ask };
}

/** A run that takes long, which can be stopped, and one that was. */
function RunState({ state, stop, again }: Pick<Runs, "state" | "stop" | "again">) {
  const words = useMessages(GRAPH_WORDS);
  if (state !== "slow" && state !== "stopped") return null;
  const isSlow = state === "slow";
  return (
    <p class="notice" role="status">
      <span>{isSlow ? words.running : words.stopped}</span>
      <button type="button" class="button small" onClick={isSlow ? stop : again}>
        {isSlow ? words.stop : words.again}
      </button>
    </p>
  );
}

/** Looking at a graph whose inputs one fills in: its heads, small, and one of them large. */
export function GraphLook({ model, graph, state, update }: GraphLookProps) {
  const words = useMessages(GRAPH_WORDS);
  const runs = useRun(model, graph, state);
  const { run: given, given: inputs, error } = runs;
  const heads = useMemo(() => (given ? headsOf(given.maps) : []), [given]);
  const index = Math.min(state.head ?? 0, Math.max(0, heads.length - 1));
  const head = heads[index];
  const map = useMemo(() => head && mapOf(head), [head]);
  const selection = useSelection(map, state, update);
  useStatusOf(map);
  useHeadKeys({ heads, index, update });
  return (
    <>
      <GraphForm graph={graph} state={state} update={update} />
      <RunState {...runs} />
      {error !== undefined && <Fault title={words.failed} error={error} />}
      {given && <Doubt graph={graph} heads={heads.length} />}
      {runs.state === "running" && !given && error === undefined && <p class="muted">{words.running}</p>}
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
      {map && head && inputs && (
        <HeadPanel
          map={map}
          state={state}
          update={update}
          selection={selection}
          code={{ model, given: inputs, head }}
        />
      )}
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
    const next = inLayer(heads, index, by);
    if (next !== undefined) update({ head: next });
  };
  useKeys({ ",": () => go(-1), ".": () => go(1), "[": () => layer(-1), "]": () => layer(1) });
}

/** What is to be said of graphs that do not say themselves which outputs are attention, or say what does not hold. */
function Doubt({ graph, heads }: { readonly graph: GraphFacts; readonly heads: number }) {
  const words = useMessages(GRAPH_WORDS);
  const lang = useStore(language);
  const isSaid = Object.keys(graph.attention).length > 0;
  const { faults } = graph;
  return (
    <>
      {faults.length > 0 && (
        <div class="notice small">
          <ul class="plain stack tight">
            {faults.map((fault) => (
              <li key={fault}>{errorLine(fault, lang)}</li>
            ))}
          </ul>
        </div>
      )}
      {!isSaid && heads > 0 && <p class="muted small">{faults.length > 0 ? words.guessedDespite : words.guessed}</p>}
      {!isSaid && heads === 0 && <p class="notice">{words.noAttention}</p>}
    </>
  );
}

interface HeadPanelProps {
  readonly map: AttentionMap;
  readonly state: LookState;
  readonly update: Update<LookState>;
  readonly selection: SharedSelection;
  readonly code: Omit<GraphCodeProps, "onClose">;
}

function HeadPanel({ map, state, update, selection, code }: HeadPanelProps) {
  const words = useMessages(LOOK_WORDS);
  const { set, on } = mapLook(state, update);
  const link = selection.link("matrix");
  const [dialog, setDialog] = useState<"export" | "code" | undefined>(undefined);
  const close = () => setDialog(undefined);
  const title = map.title ?? "";
  useKeys({
    t: () => update({ turned: !state.turned }),
    v: () => update({ view: state.view === "matrix" ? "table" : "matrix" }),
    e: () => setDialog("export"),
    escape: selection.letGo,
  });
  return (
    <section class="panel stack" aria-labelledby="head-map">
      <header class="row spread">
        <h2 id="head-map">{title}</h2>
        <div class="row">
          <button type="button" class="button small" title={`${words.export} (E)`} onClick={() => setDialog("export")}>
            {words.export}
          </button>
          <button type="button" class="button small" onClick={() => setDialog("code")}>
            {words.copyAsCode}
          </button>
        </div>
      </header>
      <View
        tag="fovea-attention-map"
        class="view"
        set={{ map, ...set, selection: link.selection }}
        on={{ ...link.on, ...on }}
      />
      {dialog === "export" && <ExportDialog items={[{ label: title, what: map }]} look={set} onClose={close} />}
      {dialog === "code" && <GraphCode {...code} onClose={close} />}
    </section>
  );
}
