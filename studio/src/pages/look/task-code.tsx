import { useMessages } from "../../messages/table.ts";
import { type Code, CodeDialog } from "../../shell/code-dialog.tsx";
import { entries } from "../../state/models.ts";
import { site } from "../../state/site.ts";
import { useStore } from "../../state/store.ts";
import { commandSnippet, curlSnippet, folderOf, typescriptSnippet } from "./code-snippets.ts";
import { LOOK_WORDS } from "./messages.ts";
import type { Reading } from "./use-reading.ts";

export interface TaskCodeProps {
  readonly model: string;
  readonly reading: Reading;
  readonly onClose: () => void;
}

/** What the code does, and what of it is to be put in place of what. */
export function Placeholder({ how, what }: { readonly how: string; readonly what: string }) {
  const words = useMessages(LOOK_WORDS);
  return (
    <>
      {words.codeHint} {how} <code>{what}</code>.
    </>
  );
}

/** A reading as code. The server's own question only for the model that it holds. */
export function TaskCode({ model, reading, onClose }: TaskCodeProps) {
  const words = useMessages(LOOK_WORDS);
  const { answers } = useStore(site);
  const source = useStore(entries).find(({ name }) => name === model)?.source;
  const snippet = { model, text: reading.text, change: reading.change };
  const folder = <Placeholder how={words.codeFolder} what={folderOf(model)} />;
  const codes: Code[] = [
    { kind: "typescript", text: typescriptSnippet(snippet), hint: folder },
    {
      kind: "command",
      text: commandSnippet(snippet),
      hint: reading.change ? [folder, ` ${words.changesNotInCommand}`] : folder,
    },
  ];
  if (answers && source === "site") {
    const text = curlSnippet(snippet, new URL("api/explain", document.baseURI).href);
    codes.push({ kind: "curl", text, hint: words.codeHint });
  }
  return <CodeDialog codes={codes} onClose={onClose} />;
}
