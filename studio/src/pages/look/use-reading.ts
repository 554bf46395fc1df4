import type { Change, Explanation } from "fovea/tasks";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { latest } from "../../state/latest.ts";
import { explain } from "../../state/models.ts";
import { changeOf, type WhatIf } from "./look-state.ts";

/** How a model reads a text: by itself, and with the reader's changes. */
export interface Reading {
  readonly text: string;
  readonly a: Explanation;
  readonly b: Explanation | undefined;
  readonly change: Change | undefined;
  /** Why the changes could not be made. */
  readonly refused: unknown;
}

interface Question {
  readonly model: string;
  readonly text: string;
  readonly whatIf: WhatIf;
}

/** What a reading is shown with while the next is on its way, or after one that failed. */
export interface ReadingState {
  readonly reading: Reading | undefined;
  readonly error: unknown;
  /** Whether what is shown is not yet what was asked. */
  readonly isStale: boolean;
}

/** Reads a text, and again at every change of it; slow answers never overtake. */
export function useReading(model: string, text: string, whatIf: WhatIf): ReadingState {
  const [state, setState] = useState<ReadingState>({ reading: undefined, error: undefined, isStale: true });
  const known = useRef<{ key: string; a: Explanation } | undefined>(undefined);
  const queue = useMemo(() => {
    const answer = async ({ model, text, whatIf }: Question): Promise<Reading> => {
      const key = JSON.stringify([model, text]);
      const a = known.current?.key === key ? known.current.a : await explain(model, text);
      known.current = { key, a };
      const change = changeOf(whatIf, a.map.columns.length, a.map.rows.length);
      try {
        return { text, a, change, b: change ? await explain(model, text, change) : undefined, refused: undefined };
      } catch (refused) {
        return { text, a, change: undefined, b: undefined, refused };
      }
    };
    return latest<Question, Reading>({
      answer,
      onAnswer: (reading) => setState({ reading, error: undefined, isStale: false }),
      onError: (error) => setState((old) => ({ ...old, error, isStale: true })),
    });
  }, []);
  useEffect(() => queue.cancel, [queue]);
  const changes = JSON.stringify(whatIf);
  useEffect(() => {
    queue.ask({ model, text, whatIf: JSON.parse(changes) });
  }, [queue, model, text, changes]);
  return state;
}
