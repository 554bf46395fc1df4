/** The reader's changes of how a model reads, as data. */
import type { Change } from "fovea/tasks";
import type { Forced, WhatIf, Written } from "./look-state.ts";

export function toggleMask(masked: readonly number[], place: number): readonly number[] {
  return masked.includes(place) ? masked.filter((other) => other !== place) : [...masked, place].sort((a, b) => a - b);
}

/** Puts a step's attention in place of what was forced there before; no weights give the step back to the model. */
export function force(forced: readonly Forced[], step: number, weights: ArrayLike<number>): readonly Forced[] {
  const largest = Math.max(0, ...Array.from(weights));
  const shares = Array.from(weights, (weight, place) => ({ place, share: largest > 0 ? weight / largest : 0 }));
  const others = forced.filter((one) => one.step !== step);
  const kept = shares.filter(({ share }) => share >= 1e-6);
  if (kept.length === 0) return others;
  return [...others, { step, shares: kept }].sort((a, b) => a.step - b.step);
}

/** Writes a token at a step; the model's own token there, or none, takes the change back. */
export function write(
  written: readonly Written[],
  { step, token }: { readonly step: number; readonly token: string | undefined },
  own: string | undefined,
): readonly Written[] {
  const others = written.filter((one) => one.step !== step);
  if (token === own || token === undefined) return others;
  return [...others, { step, token }].sort((a, b) => a.step - b.step);
}

/** Answers of more tokens are compared place by place. */
const MOST_ALIGNED = 400;

/**
 * The places of B's tokens that are unlike those of A: place by place where both are as long, else all but the longest sequence that
 * they have in common.
 */
export function differences(a: readonly string[], b: readonly string[]): number[] {
  const places = [...b.keys()];
  if (a.length === b.length || Math.max(a.length, b.length) > MOST_ALIGNED) {
    return places.filter((place) => a[place] !== b[place]);
  }
  const kept = commonPlaces(a, b);
  return places.filter((place) => !kept.has(place));
}

/** Places of B in a longest common subsequence. */
function commonPlaces(a: readonly string[], b: readonly string[]): Set<number> {
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] as number;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const kept = new Set<number>();
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      kept.add(j);
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return kept;
}

/** How many tokens must be changed, added or left out to make B of A. */
export function differenceCount(a: readonly string[], b: readonly string[]): number {
  const unlike = differences(a, b).length;
  return Math.max(unlike, a.length - (b.length - unlike));
}

/** One change by itself. */
export type OneChange =
  | { readonly kind: "masked"; readonly place: number }
  | { readonly kind: "forced"; readonly forced: Forced }
  | { readonly kind: "written"; readonly written: Written };

/** Every change by itself. */
export function changesOf({ masked, forced, written }: WhatIf): readonly OneChange[] {
  return [
    ...masked.map((place): OneChange => ({ kind: "masked", place })),
    ...forced.map((one): OneChange => ({ kind: "forced", forced: one })),
    ...written.map((one): OneChange => ({ kind: "written", written: one })),
  ];
}

/** Changes that stand by themselves, put together. */
export function together(changes: readonly OneChange[]): WhatIf {
  return {
    masked: changes.flatMap((one) => (one.kind === "masked" ? [one.place] : [])),
    forced: changes.flatMap((one) => (one.kind === "forced" ? [one.forced] : [])),
    written: changes.flatMap((one) => (one.kind === "written" ? [one.written] : [])),
  };
}

/** What is left when a change is taken back. */
export function without({ masked, forced, written }: WhatIf, change: OneChange): Partial<WhatIf> {
  if (change.kind === "masked") return { masked: masked.filter((place) => place !== change.place) };
  if (change.kind === "forced") return { forced: forced.filter(({ step }) => step !== change.forced.step) };
  return { written: written.filter(({ step }) => step !== change.written.step) };
}

/** Changes that can be made to a reading of so many places, and those that cannot: the address may name any. */
export interface Fitting {
  readonly fit: WhatIf;
  readonly left: readonly OneChange[];
}

/** Parts the changes by whether the text and the answer have their places, and by whether a step is changed but once. */
export function fitting({ masked, forced, written }: WhatIf, columns: number, rows: number): Fitting {
  const fit: OneChange[] = [];
  const left: OneChange[] = [];
  for (const place of new Set(masked)) (place < columns ? fit : left).push({ kind: "masked", place });
  for (const [at, { step, shares }] of forced.entries()) {
    const isOnce = step < rows && forced.findIndex((other) => other.step === step) === at;
    const there = isOnce ? shares.filter(({ place }) => place < columns) : [];
    const others = shares.filter((share) => !there.includes(share));
    if (there.length > 0) fit.push({ kind: "forced", forced: { step, shares: there } });
    if (others.length > 0) left.push({ kind: "forced", forced: { step, shares: others } });
  }
  for (const [at, one] of written.entries()) {
    const isOnce = one.step < rows && written.findIndex(({ step }) => step === one.step) === at;
    (isOnce ? fit : left).push({ kind: "written", written: one });
  }
  return { fit: together(fit), left };
}

/** Changes that {@link fitting} has found fit, as a model takes them; undefined for none. */
export function changeOf({ masked, forced, written }: WhatIf, columns: number): Change | undefined {
  if (masked.length + forced.length + written.length === 0) return undefined;
  const forces = forced.map(({ step, shares }) => {
    const weights = new Array<number>(columns).fill(0);
    for (const { place, share } of shares) weights[place] = share;
    return { step, weights };
  });
  return {
    ...(masked.length > 0 ? { masked } : {}),
    ...(forces.length > 0 ? { forced: forces } : {}),
    ...(written.length > 0 ? { written } : {}),
  };
}
