import { useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { CopyButton } from "../../shell/copy-button.tsx";
import { Dialog } from "../../shell/dialog.tsx";
import { Segmented } from "../../shell/segmented.tsx";
import { LOOK_WORDS } from "./messages.ts";

/** One way to get what the page shows without it. */
export interface CodeChoice {
  readonly label: string;
  readonly code: string;
  /** What is to be put in place of something, and of what. */
  readonly replace?: readonly [how: string, what: string];
  readonly note?: string;
}

export interface CodeDialogProps {
  readonly choices: readonly CodeChoice[];
  readonly onClose: () => void;
}

/** The present view as code. */
export function CodeDialog({ choices, onClose }: CodeDialogProps) {
  const words = useMessages(LOOK_WORDS);
  const [index, setIndex] = useState(0);
  const choice = choices[index] ?? choices[0];
  if (!choice) return null;
  const { code, replace, note } = choice;
  return (
    <Dialog title={words.copyAsCode} onClose={onClose}>
      <div class="row spread">
        <Segmented
          label={words.copyAsCode}
          choices={choices.map(({ label }, place) => ({ value: String(place), label }))}
          value={String(index)}
          onChoose={(value) => setIndex(Number(value))}
        />
        <CopyButton text={code} class="button small primary" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard */}
      <pre class="code" tabIndex={0}>
        <code>{code}</code>
      </pre>
      <p class="muted small">
        {words.codeHint}
        {replace && (
          <>
            {" "}
            {replace[0]} <code>{replace[1]}</code>.
          </>
        )}
        {note !== undefined && ` ${note}`}
      </p>
    </Dialog>
  );
}
