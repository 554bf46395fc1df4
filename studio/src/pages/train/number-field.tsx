import type { SettingLimits } from "fovea/tasks";
import { useId } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { TRAIN } from "./messages.ts";

export interface NumberFieldProps {
  readonly label: string;
  readonly value: string;
  readonly fault: SettingLimits | undefined;
  readonly hint?: string;
  readonly unit?: string;
  /** What an empty field stands for. */
  readonly placeholder?: string;
  readonly onInput: (text: string) => void;
}

/** A number to be typed, and what it may be where it is none of those. */
export function NumberField({ label, value, fault, hint, unit, placeholder, onInput }: NumberFieldProps) {
  const words = useMessages(TRAIN);
  const [name, note] = [useId(), useId()];
  const text = fault ? words.mustBe(words.limits(fault)) : hint;
  return (
    <label class="field">
      <span id={name}>{label}</span>
      <span class="train-with-unit">
        <input
          inputMode="decimal"
          autoComplete="off"
          spellcheck={false}
          value={value}
          placeholder={placeholder}
          aria-invalid={fault ? "true" : undefined}
          aria-labelledby={unit === undefined ? name : `${name} ${name}-unit`}
          aria-describedby={text === undefined ? undefined : note}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        {unit !== undefined && <span id={`${name}-unit`}>{unit}</span>}
      </span>
      {text !== undefined && (
        <small id={note} class={fault ? "train-bad" : "muted"}>
          {text}
        </small>
      )}
    </label>
  );
}
