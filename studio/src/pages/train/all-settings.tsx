import type { SettingLimits } from "fovea/tasks";
import { useId } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import type { RecipeFacts } from "../../worker/api.ts";
import { DATA_WORDS } from "./data-messages.ts";
import { defaultSettings, type Faults, newForm, type TrainForm } from "./form.ts";
import { TRAIN } from "./messages.ts";

interface SettingProps {
  readonly path: string;
  readonly value: string;
  readonly isChanged: boolean;
  readonly limits: SettingLimits;
  readonly isWrong: boolean;
  /** Whether the data decides, unless something is given. */
  readonly isByData: boolean;
  readonly onInput: (text: string) => void;
}

/** One setting by its path, as `--set` of the command line names it. */
function Setting({ path, value, isChanged, limits, isWrong, isByData, onInput }: SettingProps) {
  const words = useMessages(TRAIN);
  const { byData } = useMessages(DATA_WORDS);
  const [box, note] = [useId(), useId()];
  const choices = limits.enum ?? (limits.type === "boolean" ? ["true", "false"] : undefined);
  const text = words.limits(limits);
  const read = (event: { readonly currentTarget: { readonly value: string } }) => onInput(event.currentTarget.value);
  return (
    <div class="train-setting">
      <label class={isChanged ? "mono train-changed" : "mono"} for={box}>
        {path}
      </label>
      {choices ? (
        <select id={box} value={value} onChange={read}>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          id={box}
          inputMode="decimal"
          autoComplete="off"
          spellcheck={false}
          value={value}
          placeholder={isByData ? byData : undefined}
          aria-invalid={isWrong ? "true" : undefined}
          aria-describedby={note}
          onInput={read}
        />
      )}
      <small id={note} class={isWrong ? "train-bad" : "muted"}>
        {isWrong ? words.mustBe(text) : choices ? "" : text}
      </small>
    </div>
  );
}

export interface AllSettingsProps {
  readonly recipe: RecipeFacts;
  readonly value: TrainForm;
  readonly faults: Faults;
  readonly change: (changes: Partial<TrainForm>) => void;
}

/** Every setting of a recipe, with its limits, and the way back to what the page starts from. */
export function AllSettings({ recipe, value, faults, change }: AllSettingsProps) {
  const words = useMessages(TRAIN);
  const first = defaultSettings(recipe);
  const probes = { probes: value.probes, areProbesOwn: value.areProbesOwn };
  const changed = Object.entries(value.settings).filter(([path, text]) => text !== first[path]).length;
  return (
    <details class="train-details">
      <summary>
        {words.allSettings} {changed > 0 && <span class="badge">{words.changed(changed)}</span>}
      </summary>
      <div class="train-settings">
        {Object.entries(value.settings).map(([path, text]) => (
          <Setting
            key={path}
            path={path}
            value={text}
            isChanged={text !== first[path]}
            limits={recipe.limits[path] ?? {}}
            isWrong={Object.hasOwn(faults, path)}
            isByData={recipe.fromData.includes(path)}
            onInput={(next) => change({ settings: { ...value.settings, [path]: next } })}
          />
        ))}
      </div>
      <p>
        <button
          type="button"
          class="button small"
          onClick={() => change({ ...newForm(recipe, value.workers, value.data), ...probes })}
        >
          {words.reset}
        </button>
      </p>
    </details>
  );
}
