import type { Change, Explanation } from "fovea/tasks";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { latest } from "../../state/latest.ts";
import { explain } from "../../state/models.ts";
import { type Changed, readChanged } from "./ask.ts";
import type { WhatIf } from "./look-state.ts";
import { goesOn } from "./tasks.ts";

/** How a model reads a text: by itself, and with the reader's changes. */
export interface Reading extends Changed {
  readonly text: string;
  readonly a: Explanation;
}

interface Question {
  readonly model: string;
  readonly task: string;
  readonly text: string;
  readonly whatIf: WhatIf;
}

/** What is to be shown: the last reading, while the next is on its way or after one that failed. */
export interface ReadingState {
  readonly reading: Reading | undefined;
  /** Why the text could not be read. */
  readonly error: unknown;
  /** Whether the reading is not of what is asked now. */
  readonly isStale: boolean;
}

interface Answered {
  /** The question that the reading answers. */
  readonly key: string;
  readonly reading: Reading | undefined;
  readonly error: unknown;
}

/** Reads a text, and again at every change of it; slow answers never overtake. An empty text is not asked. */
export function useReading(
  { model, task }: { readonly model: string; readonly task: string },
  text: string,
  { masked, forced, written }: WhatIf,
): ReadingState {
  const [{ key, reading, error }, setAnswered] = useState<Answered>({ key: "", reading: undefined, error: undefined });
  const known = useRef<{ key: string; a: Explanation } | undefined>(undefined);
  const asked = JSON.stringify({ model, task, text, whatIf: { masked, forced, written } } satisfies Question);
  const queue = useMemo(() => {
    const answer = async (question: string): Promise<Reading> => {
      const { model, task, text, whatIf } = JSON.parse(question) as Question;
      const key = JSON.stringify([model, text]);
      const a = known.current?.key === key ? known.current.a : await explain(model, text);
      known.current = { key, a };
      const options = { explain: (change: Change) => explain(model, text, change), goesOn: goesOn(task) };
      return { text, a, ...(await readChanged(a, whatIf, options)) };
    };
    return latest<string, Reading>({
      answer,
      onAnswer: (reading, key) => setAnswered({ key, reading, error: undefined }),
      onError: (error) => setAnswered((old) => ({ ...old, error })),
    });
  }, []);
  useEffect(() => queue.cancel, [queue]);
  useEffect(() => {
    if (text !== "") return queue.ask(asked);
    queue.cancel();
    setAnswered((old) => ({ ...old, error: undefined }));
  }, [queue, asked, text]);
  return { reading, error, isStale: key !== asked };
}
