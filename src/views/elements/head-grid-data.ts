import { ShapeError } from "../../tensor/errors.ts";
import { type HeadFacts, headFacts } from "./head-badges.ts";

/** One head of a grid. */
export interface Head {
  /** Its number, as text that always stands beside its colour. */
  readonly label: string;
  readonly layer?: number;
  readonly head?: number;
  /** Row-major rows × columns, each from 0 to 1. */
  readonly weights: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** Texts of rows and columns, the same for all heads. */
export interface HeadTokens {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
}

export type HeadSort = "layer" | "entropy" | "distance";

/** @throws ShapeError when a head's weights are not rows × columns */
export function checkHeads(heads: readonly Head[]): void {
  for (const { label, weights, rows, columns } of heads) {
    if (weights.length === rows * columns) continue;
    throw new ShapeError(
      `fovea-head-grid: expected ${rows * columns} weights for ${rows} rows and ${columns} columns of head ${label} but found ${weights.length}`,
    );
  }
}

/** A head with what was computed of it and its place among those given. */
export interface RatedHead extends HeadFacts {
  readonly index: number;
  readonly head: Head;
}

export function rateHeads(heads: readonly Head[], tokens: HeadTokens | undefined): RatedHead[] {
  return heads.map((head, index) => ({ index, head, ...headFacts(head, tokens?.columns) }));
}

/** The heads in the order asked for; those that are equal in it stay in the order given. */
export function sortHeads(heads: readonly RatedHead[], by: HeadSort): RatedHead[] {
  const value: Readonly<Record<HeadSort, (head: RatedHead) => number[]>> = {
    layer: ({ head }) => [head.layer ?? 0, head.head ?? 0],
    entropy: ({ entropy }) => [entropy],
    distance: ({ distance }) => [distance],
  };
  return [...heads].sort((a, b) => {
    const [left, right] = [value[by](a), value[by](b)];
    for (const [i, part] of left.entries()) if (part !== right[i]) return part - (right[i] as number);
    return a.index - b.index;
  });
}

/** The number of the head that a key leads to from the one at `place`, or undefined for keys that do not move. */
export function headAfterKey(
  key: string,
  place: number,
  { count, perRow }: { count: number; perRow: number },
): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -perRow,
    ArrowDown: perRow,
    Home: -place,
    End: count - 1 - place,
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  const to = place + step;
  return to < 0 || to >= count ? place : to;
}
