import type { Module } from "../nn/module.ts";
import type { AttentionInput, AttentionOutput, Mechanism } from "./contract.ts";
import {
  ADDITIVE,
  AdditiveAttention,
  CONCATENATED_ENERGIES,
  ConcatenatedEnergies,
  SCALED_DOT_PRODUCT,
  scaledDotProduct,
} from "./index.ts";

/** How a mechanism is built to be put through the contract. */
export interface ConformanceRow {
  readonly mechanism: Mechanism;
  /** Its name in errors. */
  readonly owner: string;
  readonly queryDim: number;
  readonly keyDim: number;
  /** Whether it takes axes between batch and length (heads). */
  readonly heads: boolean;
  readonly make: (options: { dropout: number }) => {
    readonly model?: Module;
    readonly forward: (input: AttentionInput) => AttentionOutput;
  };
}

function ofModule(model: Module & { forward(input: AttentionInput): AttentionOutput }) {
  return { model, forward: (input: AttentionInput) => model.forward(input) };
}

/** One row for each mechanism. */
export const CONFORMANCE: readonly ConformanceRow[] = [
  {
    mechanism: ADDITIVE,
    owner: "AdditiveAttention",
    queryDim: 5,
    keyDim: 3,
    heads: true,
    make: (options) => ofModule(new AdditiveAttention({ queryDim: 5, keyDim: 3, hiddenDim: 13, ...options })),
  },
  {
    mechanism: CONCATENATED_ENERGIES,
    owner: "ConcatenatedEnergies",
    queryDim: 5,
    keyDim: 3,
    heads: false,
    make: (options) => ofModule(new ConcatenatedEnergies({ queryDim: 5, keyDim: 3, hiddenDim: 13, ...options })),
  },
  {
    mechanism: SCALED_DOT_PRODUCT,
    owner: "scaledDotProduct",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    make: (options) => ({ forward: (input) => scaledDotProduct({ ...input, ...options }) }),
  },
];
