import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type Table, useMessages } from "../messages/table.ts";
import { CopyButton } from "./copy-button.tsx";
import { Dialog } from "./dialog.tsx";
import { Segmented } from "./segmented.tsx";

const WORDS: Table<{ readonly title: string; readonly kinds: Readonly<Record<Kind, string>> }> = {
  en: { title: "Copy as code", kinds: { command: "Command line", typescript: "TypeScript", curl: "curl" } },
  "zh-CN": { title: "复制为代码", kinds: { command: "命令行", typescript: "TypeScript", curl: "curl" } },
};

type Kind = "command" | "typescript" | "curl";

export interface Code {
  readonly kind: Kind;
  readonly text: string;
  /** What is to be known of it. */
  readonly hint: ComponentChildren;
}

/** Code of several kinds that does the same outside of the page. */
export function CodeDialog({ codes, onClose }: { readonly codes: readonly Code[]; readonly onClose: () => void }) {
  const words = useMessages(WORDS);
  const [kind, setKind] = useState<Kind>(codes[0]?.kind ?? "command");
  const code = codes.find((one) => one.kind === kind) ?? codes[0];
  const choices = codes.map((one) => ({ value: one.kind, label: words.kinds[one.kind] }));
  return (
    <Dialog title={words.title} onClose={onClose}>
      <div class="row spread">
        <Segmented label={words.title} choices={choices} value={kind} onChoose={setKind} />
        <CopyButton text={code?.text ?? ""} class="button small primary" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard */}
      <pre class="code" tabIndex={0}>
        <code>{code?.text}</code>
      </pre>
      <p class="muted small">{code?.hint}</p>
    </Dialog>
  );
}
