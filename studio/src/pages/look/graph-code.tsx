import { useMessages } from "../../messages/table.ts";
import type { GraphInputs } from "../../worker/api.ts";
import { CodeDialog } from "./code-dialog.tsx";
import { graphFileOf, graphSnippet } from "./code-snippets.ts";
import type { Head } from "./graph-heads.ts";
import { LOOK_WORDS } from "./messages.ts";

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
  const code = graphSnippet({ model, given, head });
  const replace = [words.codeFile, graphFileOf(model)] as const;
  return <CodeDialog choices={[{ label: words.typescript, code, replace }]} onClose={onClose} />;
}
