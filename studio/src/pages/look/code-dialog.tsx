import { useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { Dialog } from "../../shell/dialog.tsx";
import { Segmented } from "../../shell/segmented.tsx";
import { entries } from "../../state/models.ts";
import { site } from "../../state/site.ts";
import { useStore } from "../../state/store.ts";
import { commandSnippet, curlSnippet, folderOf, typescriptSnippet } from "./code-snippets.ts";
import { LOOK_WORDS } from "./messages.ts";
import type { Reading } from "./use-reading.ts";

export interface CodeDialogProps {
  readonly model: string;
  readonly reading: Reading;
  readonly onClose: () => void;
}

type Kind = "typescript" | "command" | "curl";

/** The present view as code. The server's own question only for the model that it holds. */
export function CodeDialog({ model, reading, onClose }: CodeDialogProps) {
  const words = useMessages(LOOK_WORDS);
  const [kind, setKind] = useState<Kind>("typescript");
  const { answers } = useStore(site);
  const source = useStore(entries).find(({ name }) => name === model)?.source;
  const snippet = { model, text: reading.text, change: reading.change };
  const code: Readonly<Record<Kind, string>> = {
    typescript: typescriptSnippet(snippet),
    command: commandSnippet(snippet),
    curl: curlSnippet(snippet, new URL("api/explain", document.baseURI).href),
  };
  const choices = [
    { value: "typescript" as const, label: words.typescript },
    { value: "command" as const, label: words.commandLine },
    ...(answers && source === "site" ? [{ value: "curl" as const, label: words.curl }] : []),
  ];
  return (
    <Dialog title={words.copyAsCode} onClose={onClose}>
      <div class="row spread">
        <Segmented label={words.copyAsCode} choices={choices} value={kind} onChoose={setKind} />
        <CopyButton text={code[kind]} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard */}
      <pre class="code" tabIndex={0}>
        <code>{code[kind]}</code>
      </pre>
      <p class="muted small">
        {words.codeHint}
        {kind !== "curl" && (
          <>
            {" "}
            {words.codeFolder} <code>{folderOf(model)}</code>.
          </>
        )}
        {kind === "command" && reading.change && ` ${words.changesNotInCommand}`}
      </p>
    </Dialog>
  );
}

function CopyButton({ text }: { readonly text: string }) {
  const words = useMessages(LOOK_WORDS);
  const [copied, setCopied] = useState("");
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(text);
  };
  return (
    <button type="button" class="button small primary" onClick={copy}>
      <span aria-live="polite">{copied === text ? `✓ ${words.copied}` : words.copy}</span>
    </button>
  );
}
