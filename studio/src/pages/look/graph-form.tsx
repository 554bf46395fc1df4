import { useMessages } from "../../messages/table.ts";
import type { Update } from "../../state/route.ts";
import type { GraphFacts } from "../../worker/api.ts";
import { axisText } from "./axis-text.ts";
import { sizeOf, toldSizes } from "./graph-inputs.ts";
import { GRAPH_WORDS } from "./graph-messages.ts";
import type { LookState } from "./look-state.ts";
import { WholeField } from "./whole-field.tsx";

export interface GraphFormProps {
  readonly graph: GraphFacts;
  readonly state: LookState;
  readonly update: Update<LookState>;
}

/** As `openGraph` has it. */
const LARGEST_AXIS = 1024;
const SEEDS = 65_536;

/** The inputs of a graph: their shapes, and what the reader makes of them. */
export function GraphForm({ graph, state, update }: GraphFormProps) {
  const words = useMessages(GRAPH_WORDS);
  const seed = state.seed ?? 1;
  const told = toldSizes(state.inputs, graph);
  return (
    <section class="panel stack" aria-labelledby="graph-inputs">
      <h2 id="graph-inputs">{words.inputs}</h2>
      <ul class="row plain">
        {graph.inputs.map(({ name, dtype, shape }) => (
          <li key={name} class="chip mono">
            {name} <span class="muted">{`${dtype} [${shape.map((dim) => axisText(String(dim))).join(" ")}]`}</span>
          </li>
        ))}
      </ul>
      <div class="graph-fields">
        {graph.open.map((axis) => (
          <WholeField
            key={axis}
            label={axisText(axis)}
            value={sizeOf(axis, { ...state.sizes, ...told }, graph)}
            least={1}
            most={LARGEST_AXIS}
            {...(Object.hasOwn(told, axis) ? { fixed: words.fromValues } : {})}
            onValue={(size) => update({ sizes: { ...state.sizes, [axis]: size } })}
          />
        ))}
        <WholeField
          label={words.seed}
          value={seed}
          least={0}
          most={SEEDS - 1}
          onValue={(next) => update({ seed: next })}
        />
        <button type="button" class="button" onClick={() => update({ seed: (seed + 1) % SEEDS })}>
          {words.draw}
        </button>
      </div>
      <label class="field">
        {words.values}
        <textarea
          class="mono"
          rows={2}
          spellcheck={false}
          value={state.inputs}
          placeholder={words.valuesHint}
          onInput={(event) => update({ inputs: event.currentTarget.value })}
        />
      </label>
      <p class="muted small">{words.inputsHint}</p>
    </section>
  );
}
