import type { ComponentChildren } from "preact";

export interface SegmentedChoice<Choice extends string> {
  readonly value: Choice;
  readonly label: ComponentChildren;
  readonly title?: string;
  /** Whether the label is a sign, which only its title puts in words. */
  readonly isSign?: boolean;
}

export interface SegmentedProps<Choice extends string> {
  readonly label: string;
  readonly choices: readonly SegmentedChoice<Choice>[];
  readonly value: Choice;
  readonly onChoose: (choice: Choice) => void;
}

/** A few choices side by side, one of which is taken. */
export function Segmented<Choice extends string>({ label, choices, value, onChoose }: SegmentedProps<Choice>) {
  return (
    <fieldset class="segmented" aria-label={label}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          title={choice.title}
          aria-label={choice.isSign ? choice.title : undefined}
          onClick={() => onChoose(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </fieldset>
  );
}
