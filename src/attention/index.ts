/**
 * Attention: the contract that every mechanism keeps (`contract.ts`), the general form (`attend`), masks, and one file for each
 * mechanism. `mechanisms.ts` holds one line for each; `MECHANISMS` is the list that the command line, the studio and the
 * documentation derive their menus from. Portable; may import `tensor/`, `autodiff/` and `nn/`.
 */
import type { Mechanism } from "./contract.ts";
import * as mechanisms from "./mechanisms.ts";

export { type AttendInput, attend } from "./attend.ts";
export {
  type AttentionInput,
  type AttentionModule,
  type AttentionOutput,
  type Example,
  type ExampleSizes,
  type ExampleStep,
  FAMILIES,
  type Family,
  type KnownAnswer,
  type Mechanism,
  moduleOf,
  type Normalize,
  type Score,
  type ScoreInput,
} from "./contract.ts";
export { causalMask, lengthMask, windowMask } from "./masks.ts";
export * from "./mechanisms.ts";
export type { PlacedInput, Places } from "./places.ts";
export { PositionedAttention, type PositionedAttentionOptions, type Positions } from "./positioned-attention.ts";

function isMechanism(value: unknown): value is Mechanism {
  return typeof value === "object" && value !== null && "family" in value && "module" in value;
}

/** Every mechanism, by name. */
export const MECHANISMS: readonly Mechanism[] = Object.values(mechanisms)
  .filter(isMechanism)
  .sort((a, b) => (a.name < b.name ? -1 : 1));
