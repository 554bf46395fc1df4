import type { Folder } from "../data/folder.ts";
import type { Backend } from "../runtime/backend.ts";
import { openClassifier } from "./classify/open.ts";
import { DIALOGUE } from "./dialogue/index.ts";
import type { OpenModel } from "./recipe.ts";
import { openSequence } from "./sequence/open.ts";
import type { SequenceTask } from "./sequence/task.ts";
import { SUMMARIZE } from "./summarize/index.ts";
import { TRANSDUCE } from "./transduce/index.ts";
import { TRANSLATE } from "./translate/index.ts";

type SequenceName = "transduce" | "translate" | "dialogue" | "summarize";

const SEQUENCES: Readonly<Record<SequenceName, SequenceTask>> = {
  transduce: TRANSDUCE,
  translate: TRANSLATE,
  dialogue: DIALOGUE,
  summarize: SUMMARIZE,
};

/** Tasks whose models have a vocabulary of their own. */
export type TextTask = SequenceName | "classify";

/** Opens the folder of a model that has learnt from a file of texts. @throws ModelError when a file is missing, damaged or foreign */
export function openText(
  task: TextTask,
  { folder, config, backend }: { readonly folder: Folder; readonly config: Uint8Array; readonly backend: Backend },
): Promise<OpenModel> {
  if (task === "classify") return openClassifier(folder, config, backend);
  return openSequence(SEQUENCES[task], { folder, config, backend });
}
