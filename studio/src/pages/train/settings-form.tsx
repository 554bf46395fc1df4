import type { ComponentChildren } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { Dialog } from "../../shell/dialog.tsx";
import { Segmented } from "../../shell/segmented.tsx";
import { useStore } from "../../state/store.ts";
import type { Compute, RecipeFacts } from "../../worker/api.ts";
import { AllSettings } from "./all-settings.tsx";
import { type Faults, faultsOf, LONGEST_PROBE, newForm, PROBE_COUNT, requestOf, type TrainForm } from "./form.ts";
import { TRAIN } from "./messages.ts";
import { NumberField } from "./number-field.tsx";
import { form, isAgain, keeping, readKeeping, recipes, train } from "./train-store.ts";
import { download, isOnlyHere } from "./trained-model.ts";

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

/** How often it is asked whether another page trains. */
const ASKED_MS = 2000;

/** Whether what will be trained is kept: asked anew while it is shown, as other pages begin and end. */
function KeepingNote() {
  const words = useMessages(TRAIN);
  useEffect(() => {
    const timer = setInterval(() => void readKeeping().catch(() => undefined), ASKED_MS);
    return () => clearInterval(timer);
  }, []);
  return <p class="small muted">{words.keeping[useStore(keeping)]}</p>;
}

/** Asks before a model is lost that is nowhere else. */
function ReplaceDialog({ onReplace, onClose }: { readonly onReplace: () => void; readonly onClose: () => void }) {
  const words = useMessages(TRAIN);
  return (
    <Dialog title={words.replaceTitle} onClose={onClose}>
      <p>{words.replaceText}</p>
      <div class="row">
        <button type="button" class="button primary" onClick={() => void download()}>
          {words.download}
        </button>
        <button type="button" class="button" onClick={onReplace}>
          {words.replace}
        </button>
      </div>
    </Dialog>
  );
}

/** Above a trained model, which the form hides. */
function StaysNote() {
  const words = useMessages(TRAIN);
  return (
    <p class="row spread small">
      <span class="muted">{words.stays}</span>
      <button type="button" class="button small" onClick={() => isAgain.set(false)}>
        {words.toModel}
      </button>
    </p>
  );
}

/** All that is chosen before a training, and the button that starts it. */
export function SettingsForm({ recipe, value }: { readonly recipe: RecipeFacts; readonly value: TrainForm }) {
  const words = useMessages(TRAIN);
  const [isAsking, setAsking] = useState(false);
  const faults = faultsOf(value, recipe);
  const change: Change = (changes) => form.set({ ...(form.get() ?? value), ...changes });
  const start = () => void train(requestOf(value, recipe));
  const submit = async (event: Event) => {
    event.preventDefault();
    if (Object.keys(faults).length > 0) return;
    if (await isOnlyHere()) setAsking(true);
    else start();
  };
  return (
    <form class="panel stack" onSubmit={(event) => void submit(event)} noValidate aria-label={words.settings}>
      <h2 tabIndex={-1}>{words.settings}</h2>
      {useStore(isAgain) && <StaysNote />}
      <MainFields value={value} faults={faults} change={change} />
      <ProbeFields value={value} change={change} />
      <button type="submit" class="button primary train-start" disabled={Object.keys(faults).length > 0}>
        <span aria-hidden="true">▶</span> {words.start}
      </button>
      <KeepingNote />
      <AllSettings recipe={recipe} value={value} faults={faults} change={change} />
      {isAsking && <ReplaceDialog onReplace={start} onClose={() => setAsking(false)} />}
    </form>
  );
}
