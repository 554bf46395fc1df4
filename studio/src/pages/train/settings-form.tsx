import type { ComponentChildren } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { Dialog } from "../../shell/dialog.tsx";
import { Segmented } from "../../shell/segmented.tsx";
import { isRightShare } from "../../state/measures.ts";
import { useStore } from "../../state/store.ts";
import type { Compute, RecipeFacts } from "../../worker/api.ts";
import { AllSettings } from "./all-settings.tsx";
import { dataOf } from "./data-choice.ts";
import { DataField, useDataDrops } from "./data-field.tsx";
import { DATA_WORDS } from "./data-messages.ts";
import { chooseRecipe, dataState, isReady } from "./data-store.ts";
import { type Faults, faultsOf, longestProbe, needsData, PROBE_COUNT, requestOf, type TrainForm } from "./form.ts";
import { TRAIN } from "./messages.ts";
import { NumberField } from "./number-field.tsx";
import { RECIPE_WORDS } from "./recipe-messages.ts";
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

interface FieldsProps {
  readonly recipe: RecipeFacts;
  readonly value: TrainForm;
  readonly faults: Faults;
  readonly change: Change;
}

function RecipeField({ value }: { readonly value: TrainForm }) {
  const words = useMessages(TRAIN);
  const known = useStore(recipes);
  if (known.length < 2) return null;
  const choose = (name: string) => {
    const recipe = known.find((one) => one.name === name);
    if (recipe) chooseRecipe(recipe);
  };
  return (
    <label class="field">
      <span>{words.recipe}</span>
      <select value={value.recipe} onChange={(event) => choose(event.currentTarget.value)}>
        {known.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

/** What matters most: how long, from which numbers, with what. */
function MainFields({ recipe, value, faults, change }: FieldsProps) {
  const words = useMessages(TRAIN);
  const { byData } = useMessages(DATA_WORDS);
  const { stopUnit } = useMessages(RECIPE_WORDS);
  const workers = (["1", "2"] as const).map((count) => ({ value: count, label: count }));
  const computes = COMPUTES.map((compute) => ({ value: compute, label: words.computes[compute] }));
  return (
    <>
      <div class="train-pair">
        <NumberField
          label={words.steps}
          value={value.steps}
          fault={faults.steps}
          {...(recipe.fromData.includes("steps") ? { placeholder: byData } : {})}
          onInput={(steps) => change({ steps })}
        />
        <NumberField label={words.seed} value={value.seed} fault={faults.seed} onInput={(seed) => change({ seed })} />
      </div>
      {isRightShare(recipe.measure) && (
        <NumberField
          label={words.stopRule}
          value={value.stopAt}
          fault={faults.stopAt}
          unit={stopUnit(recipe.name === "dates")}
          hint={words.stopHint}
          onInput={(stopAt) => change({ stopAt })}
        />
      )}
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
    change({ probes: places.map((i) => (i === place ? text : (value.probes[i] ?? ""))), areProbesOwn: true });
  };
  return (
    <fieldset class="train-fieldset stack tight" aria-describedby={hint}>
      <legend>{words.probes}</legend>
      {places.map((place) => (
        <input
          key={place}
          class="mono"
          aria-label={words.probe(place + 1)}
          dir="auto"
          maxLength={longestProbe(value.recipe)}
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
  const { missing } = useMessages(DATA_WORDS);
  const now = useStore(dataState);
  const isMissing = needsData(recipe) && !isReady(now);
  const isHeld = isMissing || Object.keys(faults).length > 0;
  useDataDrops();
  const change: Change = (changes) => form.set({ ...(form.get() ?? value), ...changes });
  const start = () => void train(requestOf(value, recipe), needsData(recipe) ? dataOf(value.data) : undefined);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isHeld) return;
    if (await isOnlyHere()) setAsking(true);
    else start();
  };
  return (
    <form class="panel stack" onSubmit={(event) => void submit(event)} noValidate aria-label={words.settings}>
      <h2 tabIndex={-1}>{words.settings}</h2>
      {useStore(isAgain) && <StaysNote />}
      <RecipeField value={value} />
      {needsData(recipe) && <DataField recipe={recipe} data={value.data} />}
      <MainFields recipe={recipe} value={value} faults={faults} change={change} />
      <ProbeFields value={value} change={change} />
      <button type="submit" class="button primary train-start" disabled={isHeld}>
        <span aria-hidden="true">▶</span> {words.start}
      </button>
      {isMissing && now.state === "none" && <p class="small muted">{missing}</p>}
      <KeepingNote />
      <AllSettings recipe={recipe} value={value} faults={faults} change={change} />
      {isAsking && <ReplaceDialog onReplace={start} onClose={() => setAsking(false)} />}
    </form>
  );
}
