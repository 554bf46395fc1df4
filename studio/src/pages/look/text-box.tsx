import type { RefObject } from "preact";
import { useId } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { LOOK_WORDS } from "./messages.ts";

export type TextInput = HTMLInputElement | HTMLTextAreaElement;

export interface TextBoxProps {
  readonly input: RefObject<TextInput | null>;
  /** Whether texts are a line of some words. */
  readonly isShort: boolean;
  readonly examples: readonly string[];
  readonly text: string;
  /** Choosing an example is a step of its own, to be gone back. */
  readonly onText: (text: string, how: "push" | "replace") => void;
  readonly isRefused: boolean;
}

const LONGEST = 4096;

/** The text to read, and some to begin with. */
export function TextBox({ input, isShort, examples, text, onText, isRefused }: TextBoxProps) {
  const words = useMessages(LOOK_WORDS);
  const box = useId();
  const shared = {
    id: box,
    value: text,
    placeholder: words.textHint,
    "aria-invalid": isRefused && text !== "",
    dir: "auto",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: false,
    maxLength: LONGEST,
  } as const;
  return (
    <div class="stack tight">
      <label class="field" for={box}>
        {words.text}
        {isShort ? (
          <input
            {...shared}
            ref={input as RefObject<HTMLInputElement>}
            class="question mono"
            onInput={(event) => onText(event.currentTarget.value, "replace")}
          />
        ) : (
          <textarea
            {...shared}
            ref={input as RefObject<HTMLTextAreaElement>}
            class="question long"
            rows={2}
            onInput={(event) => onText(event.currentTarget.value, "replace")}
          />
        )}
      </label>
      {examples.length > 0 && (
        <fieldset class="row examples" aria-label={words.examples}>
          {examples.map((example) => (
            <button
              key={example}
              type="button"
              class={`chip ${isShort ? "mono" : ""} ${example === text ? "on" : ""}`}
              title={example}
              onClick={() => onText(example, "push")}
            >
              <bdi class="example">{example}</bdi>
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
