import type { RefObject } from "preact";
import { useMessages } from "../../messages/table.ts";
import { EXAMPLES } from "./examples.ts";
import { LOOK_WORDS } from "./messages.ts";

export interface TextBoxProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly task: string;
  readonly text: string;
  /** Choosing an example is a step of its own, to be gone back. */
  readonly onText: (text: string, how: "push" | "replace") => void;
  readonly isRefused: boolean;
}

/** The text to read, and some to begin with. */
export function TextBox({ input, task, text, onText, isRefused }: TextBoxProps) {
  const words = useMessages(LOOK_WORDS);
  const examples = EXAMPLES[task] ?? [];
  return (
    <div class="stack tight">
      <label class="field">
        {words.text}
        <input
          ref={input}
          class="question mono"
          value={text}
          placeholder={words.textHint}
          aria-invalid={isRefused && text !== ""}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={4096}
          onInput={(event) => onText(event.currentTarget.value, "replace")}
        />
      </label>
      {examples.length > 0 && (
        <fieldset class="row examples" aria-label={words.examples}>
          {examples.map((example) => (
            <button
              key={example}
              type="button"
              class={example === text ? "chip mono on" : "chip mono"}
              onClick={() => onText(example, "push")}
            >
              {example}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
