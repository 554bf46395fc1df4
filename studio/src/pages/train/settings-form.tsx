import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useStore } from "../../state/store.ts";
import type { Compute, RecipeFacts } from "../../worker/api.ts";
import { AllSettings } from "./all-settings.tsx";
import { type Faults, faultsOf, LONGEST_PROBE, newForm, PROBE_COUNT, requestOf, type TrainForm } from "./form.ts";
import { TRAIN } from "./messages.ts";
import { NumberField } from "./number-field.tsx";
import { form, isSafe, recipes, train } from "./train-store.ts";

const COMPUTES: readonly Compute[] = ["auto", "wasm", "webgpu"];

type Change = (changes: Partial<TrainForm>) => void;

function Group({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <div class="field">
      <span aria-hidden="true">{label}</span>
      {children}
    </div>
  );
}

/** What matters most: how long, from which numbers, with what. */
function MainFields({ value, faults, change }: { value: TrainForm; faults: Faults; change: Change }) {
  const words = useMessages(TRAIN);
  const known = useStore(recipes);
  const workers = (["1", "2"] as const).map((count) => ({ value: count, label: count }));
  const computes = COMPUTES.map((compute) => ({ value: compute, label: words.computes[compute] }));
  const choose = (name: string) => {
    const recipe = known.find((one) => one.name === name);
    if (recipe) change(newForm(recipe, value.workers));
  };
  return (
    <>
      {known.length > 1 && (
        <label class="field">
          <span>{words.recipe}</span>
          <select value={value.recipe} onChange={(event) => choose(event.currentTarget.value)}>
            {known.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      <div class="train-pair">
        <NumberField
          label={words.steps}
          value={value.steps}
          fault={faults.steps}
          onInput={(steps) => change({ steps })}
        />
        <NumberField label={words.seed} value={value.seed} fault={faults.seed} onInput={(seed) => change({ seed })} />
      </div>
      <NumberField
        label={words.stopRule}
        value={value.stopAt}
        fault={faults.stopAt}
        unit={words.stopUnit}
        hint={words.stopHint}
        onInput={(stopAt) => change({ stopAt })}
      />
      <div class="train-choices">
        <Group label={words.workers}>
          <Segmented
            label={words.workers}
            choices={workers}
            value={`${value.workers}`}
            onChoose={(count) => change({ workers: count === "2" ? 2 : 1 })}
          />
        </Group>
        <Group label={words.compute}>
          <Segmented
            label={words.compute}
            choices={computes}
            value={value.compute}
            onChoose={(compute) => change({ compute })}
          />
        </Group>
      </div>
    </>
  );
}

function ProbeFields({ value, change }: { readonly value: TrainForm; readonly change: Change }) {
  const words = useMessages(TRAIN);
  const hint = useId();
  const places = Array.from({ length: PROBE_COUNT }, (_, i) => i);
  const write = (place: number, text: string) => {
    change({ probes: places.map((i) => (i === place ? text : (value.probes[i] ?? ""))) });
  };
  return (
    <fieldset class="train-fieldset stack tight" aria-describedby={hint}>
      <legend>{words.probes}</legend>
      {places.map((place) => (
        <input
          key={place}
          class="mono"
          aria-label={words.probe(place + 1)}
          maxLength={LONGEST_PROBE}
          spellcheck={false}
          autoComplete="off"
          value={value.probes[place] ?? ""}
          onInput={(event) => write(place, event.currentTarget.value)}
        />
      ))}
      <small id={hint} class="muted">
        {words.probesHint}
      </small>
    </fieldset>
  );
}

/** All that is chosen before a training, and the button that starts it. */
export function SettingsForm({ recipe, value }: { readonly recipe: RecipeFacts; readonly value: TrainForm }) {
  const words = useMessages(TRAIN);
  const faults = faultsOf(value, recipe);
  const change: Change = (changes) => form.set({ ...(form.get() ?? value), ...changes });
  const submit = (event: Event) => {
    event.preventDefault();
    if (Object.keys(faults).length === 0) void train(requestOf(value, recipe));
  };
  return (
    <form class="panel stack" onSubmit={submit} noValidate aria-label={words.settings}>
      <MainFields value={value} faults={faults} change={change} />
      <ProbeFields value={value} change={change} />
      <button type="submit" class="button primary train-start" disabled={Object.keys(faults).length > 0}>
        <span aria-hidden="true">▶</span> {words.start}
      </button>
      <p class="small muted">{useStore(isSafe) ? words.kept : words.notKept}</p>
      <AllSettings recipe={recipe} value={value} faults={faults} change={change} />
    </form>
  );
}
