import { useMessages } from "../../messages/table.ts";
import { CodeDialog } from "../../shell/code-dialog.tsx";
import type { GraphInputs } from "../../worker/api.ts";
import { graphFileOf, graphSnippet } from "./code-snippets.ts";
import type { Head } from "./graph-heads.ts";
import { LOOK_WORDS } from "./messages.ts";
import { Placeholder } from "./task-code.tsx";

export interface GraphCodeProps {
  readonly model: string;
  /** What the graph was run with. */
  readonly given: GraphInputs;
  readonly head: Head;
  readonly onClose: () => void;
}

/** A head of a graph as code that draws the same. */
export function GraphCode({ model, given, head, onClose }: GraphCodeProps) {
  const words = useMessages(LOOK_WORDS);
  const text = graphSnippet({ model, given, head });
  const hint = <Placeholder how={words.codeFile} what={graphFileOf(model)} />;
  return <CodeDialog codes={[{ kind: "typescript", text, hint }]} onClose={onClose} />;
}
