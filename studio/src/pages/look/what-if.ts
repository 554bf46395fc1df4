/** The reader's changes of how a model reads, as data. */
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

/** The places at which two answers differ. */
export function differences(a: readonly string[], b: readonly string[]): number[] {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, place) => place).filter((place) => a[place] !== b[place]);
}

/** One change, and the changes without it. */
export type OneChange =
  | { readonly kind: "masked"; readonly place: number; readonly without: Partial<WhatIf> }
  | { readonly kind: "forced"; readonly forced: Forced; readonly without: Partial<WhatIf> }
  | { readonly kind: "written"; readonly written: Written; readonly without: Partial<WhatIf> };

/** Every change by itself. */
export function changesOf({ masked, forced, written }: WhatIf): readonly OneChange[] {
  return [
    ...masked.map((place) => ({ kind: "masked" as const, place, without: { masked: toggleMask(masked, place) } })),
    ...forced.map((one) => ({
      kind: "forced" as const,
      forced: one,
      without: { forced: forced.filter((f) => f !== one) },
    })),
    ...written.map((one) => ({
      kind: "written" as const,
      written: one,
      without: { written: written.filter((w) => w !== one) },
    })),
  ];
}
