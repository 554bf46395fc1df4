import { useEffect, useRef, useState } from "preact/hooks";
import { SHELL } from "../messages/shell.ts";
import { useMessages } from "../messages/table.ts";
import { copyText } from "./copy-text.ts";

export interface CopyButtonProps {
  readonly text: string;
  /** What the button says. @default “Copy” */
  readonly label?: string;
  readonly class?: string;
}

/** Copies a text. Where the browser does not let a page copy, it shows the text, selected, for the reader's own keys. */
export function CopyButton({ text, label, class: name = "button small" }: CopyButtonProps) {
  const words = useMessages(SHELL);
  const box = useRef<HTMLTextAreaElement>(null);
  const [done, setDone] = useState<{ readonly text: string; readonly isCopied: boolean } | undefined>(undefined);
  const state = done?.text === text ? done : undefined;
  const isByHand = state?.isCopied === false;
  useEffect(() => {
    if (isByHand) box.current?.select();
  }, [isByHand]);
  const copy = async () => setDone({ text, isCopied: await copyText(text) });
  return (
    <>
      <button type="button" class={name} onClick={() => void copy()}>
        <span aria-live="polite">{state?.isCopied ? `✓ ${words.copied}` : (label ?? words.copy)}</span>
      </button>
      {isByHand && (
        <label class="field by-hand">
          {words.copyByHand}
          <textarea ref={box} class="mono" rows={4} readOnly value={text} />
        </label>
      )}
    </>
  );
}
