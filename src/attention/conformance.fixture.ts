import type { Module } from "../nn/module.ts";
import type { AttentionInput, AttentionOutput, Mechanism } from "./contract.ts";
import * as all from "./index.ts";

/** What the contract asks, by the words of the tests; a mechanism that cannot keep one says why in its row. */
export type Property =
  | "every allowed key gets some weight" // not: sparse and hard normalizers
  | "rows sum to 1 or 0" // then they sum to at most 1
  | "far numbers" // rows sum to 1 for numbers of 1e12, too
  | "order of keys" // permuting keys with their values changes nothing
  | "order of queries" // permuting queries permutes the results
  | "slopes" // the derived gradients are the slopes of the values
  | "dropout"
  | "bias"
  | "open lengths"; // the exported model takes any queryLen and keyLen, not only any batch

/** How a mechanism is built to be put through the contract. */
export interface ConformanceRow {
  readonly mechanism: Mechanism;
  /** Its name in errors. */
  readonly owner: string;
  readonly queryDim: number;
  readonly keyDim: number;
  /** Whether it takes axes between batch and length (heads). */
  readonly heads: boolean;
  /** Heads of its weights, `[batch heads queryLen keyLen]`; default: none, `[batch queryLen keyLen]`. */
  readonly weightHeads?: number;
  /** How many queries it has learned itself, in place of `query`; default: it takes queries. */
  readonly ownQueries?: number;
  /** Last dimension of the output; default: that of the values, 11. */
  readonly outputDim?: number;
  /** Who complains of masks and biases; default: `attend`. */
  readonly maskOwner?: string;
  /** Properties that it has not, and why. */
  readonly except?: Readonly<Partial<Record<Property, string>>>;
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
    mechanism: all.ADDITIVE,
    owner: "AdditiveAttention",
    queryDim: 5,
    keyDim: 3,
    heads: true,
    make: (options) => ofModule(new all.AdditiveAttention({ queryDim: 5, keyDim: 3, hiddenDim: 13, ...options })),
  },
  {
    mechanism: all.CONCATENATED_ENERGIES,
    owner: "ConcatenatedEnergies",
    queryDim: 5,
    keyDim: 3,
    heads: false,
    make: (options) => ofModule(new all.ConcatenatedEnergies({ queryDim: 5, keyDim: 3, hiddenDim: 13, ...options })),
  },
  {
    mechanism: all.SCALED_DOT_PRODUCT,
    owner: "scaledDotProduct",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    make: (options) => ({ forward: (input) => all.scaledDotProduct({ ...input, ...options }) }),
  },
  {
    mechanism: all.SOFTMAX,
    owner: "attend",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    make: (options) => ({
      forward: (input) => all.attend({ ...input, ...options, score: all.scaledDot(), normalize: all.softmax }),
    }),
  },
];
