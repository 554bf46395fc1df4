import type { Change } from "../../tasks/events.ts";
import { type AttentionMap, rowEntropy, rowWeights } from "../attention-map.ts";

/** What is shown of one step. */
export interface StepFacts {
  readonly step: number;
  readonly token: string;
  /** What the step reads of each input token. */
  readonly weights: readonly number[];
  /** What this step and those before it read of each input token, together. */
  readonly coverage: readonly number[];
  readonly entropy: number;
  /** The input token it reads most, or undefined where it reads nothing. */
  readonly strongest: number | undefined;
}

/** @param step held between the first and the last row */
export function stepFacts(map: AttentionMap, step: number): StepFacts {
  const at = clampStep(step, map.rows.length);
  const weights = map.rows.length === 0 ? map.columns.map(() => 0) : rowWeights(map, at);
  const most = Math.max(0, ...weights);
  return {
    step: at,
    token: map.rows[at] ?? "",
    weights,
    coverage: coverage(map, at),
    entropy: rowEntropy(weights),
    strongest: most > 0 ? weights.indexOf(most) : undefined,
  };
}

/** Column sums over the rows up to and with `step`. */
export function coverage(map: AttentionMap, step: number): number[] {
  const columns = map.columns.length;
  const sums = new Array<number>(columns).fill(0);
  const end = Math.min(step + 1, map.rows.length) * columns;
  for (let i = 0; i < end; i++) sums[i % columns] = (sums[i % columns] as number) + (map.weights[i] as number);
  return sums;
}

export function clampStep(step: number, count: number): number {
  const whole = Number.isFinite(step) ? Math.round(step) : 0;
  return Math.max(0, Math.min(count - 1, whole));
}

/** Where a key press leads, or undefined where it leads nowhere. */
export function stepAfterKey(key: string, step: number, count: number): number | undefined {
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: step - 1,
    ArrowDown: step - 1,
    ArrowRight: step + 1,
    ArrowUp: step + 1,
    PageDown: step - 5,
    PageUp: step + 5,
    Home: 0,
    End: count - 1,
  };
  const target = moves[key];
  return target === undefined ? undefined : clampStep(target, count);
}

/** The input tokens that a reader has painted at a step: all its weight lies on them, in equal shares. */
export type Painting = readonly number[];

/** A click leaves all weight on one token; with `adds` it joins those painted, or leaves them where it was one. */
export function paint(painted: Painting, place: number, adds: boolean): Painting {
  if (!adds) return painted.length === 1 && painted[0] === place ? [] : [place];
  return painted.includes(place)
    ? painted.filter((other) => other !== place)
    : [...painted, place].sort((a, b) => a - b);
}

/** A drag paints from where it began to where it is; with `adds` besides what was painted. */
export function paintRange(painted: Painting, ends: readonly [number, number], adds: boolean): Painting {
  const [first, last] = [Math.min(...ends), Math.max(...ends)];
  const range = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return adds ? [...new Set([...painted, ...range])].sort((a, b) => a - b) : range;
}

/** The weights of a painting, or undefined for none: then the model's own hold. */
export function paintedWeights(painted: Painting, columns: number): number[] | undefined {
  if (painted.length === 0) return undefined;
  const weights = new Array<number>(columns).fill(0);
  for (const place of painted) weights[place] = 1 / painted.length;
  return weights;
}

/** The painting that weights come from: the places with any. */
export function paintingOf(weights: readonly number[]): Painting {
  return weights.flatMap((weight, place) => (weight > 0 ? [place] : []));
}

/** What a reader changed, by step. */
export interface ReaderChanges {
  readonly painted: ReadonlyMap<number, Painting>;
  readonly written: ReadonlyMap<number, string>;
}

export function changesOf(change: Change | undefined): ReaderChanges {
  return {
    painted: new Map(change?.forced?.map(({ step, weights }) => [step, paintingOf(weights)])),
    written: new Map(change?.written?.map(({ step, token }) => [step, token])),
  };
}

/** The changes as a model takes them, by growing step; undefined where there are none. */
export function changeOf(
  { painted, written }: ReaderChanges,
  facts: { readonly columns: number; readonly masked: readonly number[] },
): Change | undefined {
  const forced = [...painted].flatMap(([step, places]) => {
    const weights = paintedWeights(places, facts.columns);
    return weights ? [{ step, weights }] : [];
  });
  const tokens = [...written].map(([step, token]) => ({ step, token }));
  const byStep = (a: { step: number }, b: { step: number }) => a.step - b.step;
  const change = {
    ...(facts.masked.length > 0 ? { masked: facts.masked } : {}),
    ...(forced.length > 0 ? { forced: forced.sort(byStep) } : {}),
    ...(tokens.length > 0 ? { written: tokens.sort(byStep) } : {}),
  };
  return Object.keys(change).length > 0 ? change : undefined;
}
