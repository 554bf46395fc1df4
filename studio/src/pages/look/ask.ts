/** How a model reads a text, by itself and with the reader's changes. */
import type { Change, Explanation } from "fovea/tasks";
import type { WhatIf } from "./look-state.ts";
import { changeOf, changesOf, fitting, type OneChange, together } from "./what-if.ts";

/** A change that was not made, and what the model said of it; nothing where the text or the answer has no such place. */
export interface LeftOut {
  readonly change: OneChange;
  readonly why?: unknown;
}

export interface Changed {
  /** The answer with the changes; undefined where none was made. */
  readonly b: Explanation | undefined;
  /** What was made, as the model was told. */
  readonly change: Change | undefined;
  readonly applied: WhatIf;
  readonly left: readonly LeftOut[];
}

export interface ReadOptions {
  /** Asks the model. */
  readonly explain: (change: Change) => Promise<Explanation>;
  /** Whether the model reads what it has written, so that one changed token changes those after it. */
  readonly goesOn: boolean;
}

/**
 * Reads with what can be made of some changes; one that the model refuses does not keep it from the others.
 */
export async function readChanged(a: Explanation, whatIf: WhatIf, { explain, goesOn }: ReadOptions): Promise<Changed> {
  const columns = a.map.columns.length;
  // Where a model goes on from what it wrote, the changed answer may be longer: the model itself knows how long.
  const { fit, left } = fitting(whatIf, columns, goesOn ? Number.POSITIVE_INFINITY : a.map.rows.length);
  const read = async (wanted: WhatIf) => {
    const change = changeOf(wanted, columns);
    return { change, b: change && (await explain(change)), applied: wanted };
  };
  const unfit = left.map((change): LeftOut => ({ change }));
  try {
    return { ...(await read(fit)), left: unfit };
  } catch (error) {
    const parts = changesOf(fit);
    const refused: LeftOut[] = [];
    for (const part of parts) {
      await read(together([part])).catch((why: unknown) => refused.push({ change: part, why }));
    }
    // Each alone is taken, but not all of them: then none is made.
    if (refused.length === 0) refused.push(...parts.map((change) => ({ change, why: error })));
    const taken = parts.filter((part) => refused.every(({ change }) => change !== part));
    const rest = await readChanged(a, together(taken), { explain, goesOn });
    return { ...rest, left: [...unfit, ...refused, ...rest.left] };
  }
}
