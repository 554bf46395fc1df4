import { useMessages } from "../../messages/table.ts";
import { entries } from "../../state/models.ts";
import { site } from "../../state/site.ts";
import { useStore } from "../../state/store.ts";
import { type CodeChoice, CodeDialog } from "./code-dialog.tsx";
import { commandSnippet, curlSnippet, folderOf, typescriptSnippet } from "./code-snippets.ts";
import { LOOK_WORDS } from "./messages.ts";
import type { Reading } from "./use-reading.ts";

export interface TaskCodeProps {
  readonly model: string;
  readonly reading: Reading;
  readonly onClose: () => void;
}

/** A reading as code. The server's own question only for the model that it holds. */
export function TaskCode({ model, reading, onClose }: TaskCodeProps) {
  const words = useMessages(LOOK_WORDS);
  const { answers } = useStore(site);
  const source = useStore(entries).find(({ name }) => name === model)?.source;
  const snippet = { model, text: reading.text, change: reading.change };
  const replace = [words.codeFolder, folderOf(model)] as const;
  const command: CodeChoice = { label: words.commandLine, code: commandSnippet(snippet), replace };
  const choices: readonly CodeChoice[] = [
    { label: words.typescript, code: typescriptSnippet(snippet), replace },
    reading.change ? { ...command, note: words.changesNotInCommand } : command,
    ...(answers && source === "site"
      ? [{ label: words.curl, code: curlSnippet(snippet, new URL("api/explain", document.baseURI).href) }]
      : []),
  ];
  return <CodeDialog choices={choices} onClose={onClose} />;
}
