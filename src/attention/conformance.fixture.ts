import type { Module } from "../nn/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ofModule } from "./conformance-graph.fixture.ts";
import { HEADS_ROWS } from "./conformance-heads.fixture.ts";
import { NORMALIZERS_ROWS } from "./conformance-normalizers.fixture.ts";
import { BY_PLACE, STATE_OF_EXAMPLES, upToOwnPlace, WINDOWS_ROWS } from "./conformance-windows.fixture.ts";
import type { AttentionInput, AttentionOutput, Mechanism, Normalize } from "./contract.ts";
import * as all from "./index.ts";

/** What the contract asks, by the words of the tests; a mechanism that cannot keep one says why in its row. */
export type Property =
  | "rows sum to 1 or 0" // then they sum to at most 1
  | "no key, no output" // a row without any key has zero output
  | "far rows sum to 1 or 0" // the same for inputs of 1e12, whose results must be finite and sums at most 1 anyway
  | "order of keys" // permuting keys with their values changes nothing
  | "order of queries" // permuting queries permutes the results
  | "padding" // forbidden keys beside the others change nothing
  | "heads" // axes between batch and length are free
  | "slopes" // the derived gradients are the slopes of the values
  | "dropout";

/** How a mechanism is built to be put through the contract. */
export interface ConformanceRow {
  readonly mechanism: Mechanism;
  /** What tells it from other rows of its mechanism: options, in words; default: none. */
  readonly variant?: string;
  /** Its name in errors. */
  readonly owner: string;
  readonly queryDim: number;
  readonly keyDim: number;
  /** Heads of its weights, `[batch heads queryLen keyLen]`; default: none, `[batch queryLen keyLen]`. */
  readonly weightHeads?: number;
  /** How many queries it has learned itself, in place of `query`; default: it takes queries. */
  readonly ownQueries?: number;
  /** Whether it reads keys, and not only how many there are; default: true. */
  readonly readsKeys?: boolean;
  /** Last dimension of the output; default: that of the values, 11. */
  readonly outputDim?: number;
  /** Whether its output is more than weights · value; default: false. */
  readonly ownOutput?: boolean;
  /** Who complains of masks and biases; default: `attend`. */
  readonly maskOwner?: string;
  /** Whether queries must be as many as keys; default: false. */
  readonly selfOnly?: boolean;
  /** Whether it is fed uniform numbers `noise`, `[batch queryLen keyLen]`; default: false. */
  readonly noise?: boolean;
  /** Which keys a query sees at all, whatever the mask allows; default: all of them. */
  readonly sees?: (query: number, key: number, lengths: { queryLen: number; keyLen: number }) => boolean;
  /** Which of the keys that a query sees and the mask allows get weight: all, some, or exactly one; default: all. */
  readonly support?: "all" | "some" | "one";
  /** Where forbidden keys change nothing: behind the others, in front of them, or either; default: either. */
  readonly padding?: "behind" | "in front";
  /** What makes weights of scaled dot products; default: the scores are others, or a softmax is it. */
  readonly normalize?: (noise: Tensor | undefined) => Normalize;
  /** Properties that it has not, and why. */
  readonly except?: Readonly<Partial<Record<Property, string>>>;
  readonly make: (options: { dropout: number }) => {
    readonly model?: Module;
    readonly forward: (input: AttentionInput & { readonly noise?: Tensor }) => AttentionOutput;
  };
}

/** What linear attention has not, in any form. */
const WITHOUT_SCORES = {
  dropout: "its linear form has no weights to drop",
  "far rows sum to 1 or 0": "features of numbers far below 0 vanish, and a row without any has no weights",
} as const;

/** How a row is called in titles. */
export function titleOf({ mechanism, variant }: ConformanceRow): string {
  return variant === undefined ? mechanism.name : `${mechanism.name} (${variant})`;
}

/** Attention with a vector for each place, counted as it is unless told otherwise, and both from 0. */
function positionedRows(
  mechanism: Mechanism,
  create: (options: { dropout: number }) => all.SinusoidalAttention | all.LearnedPositionAttention,
): ConformanceRow[] {
  const row = {
    mechanism,
    owner: create({ dropout: 0 }).constructor.name,
    queryDim: 13,
    keyDim: 3,
    except: { ...BY_PLACE, padding: "keys behind the others move the queries, and those in front move the keys" },
    make: (options: { dropout: number }) => ofModule(create(options)),
  };
  const make: ConformanceRow["make"] = (options) => {
    const model = create(options);
    return { model, forward: (input) => model.forward({ ...input, queryOffset: 0 }) };
  };
  return [row, { ...row, variant: "queryOffset 0", padding: "behind", except: BY_PLACE, make }];
}

/** One row for each mechanism, and more for those that go other ways with other options. */
export const CONFORMANCE: readonly ConformanceRow[] = [
  {
    mechanism: all.ADDITIVE,
    owner: "AdditiveAttention",
    queryDim: 5,
    keyDim: 3,
    make: (options) => ofModule(new all.AdditiveAttention({ queryDim: 5, keyDim: 3, hiddenDim: 13, ...options })),
  },
  {
    mechanism: all.CONCATENATED_ENERGIES,
    owner: "ConcatenatedEnergies",
    queryDim: 5,
    keyDim: 3,
    make: (options) => ofModule(new all.ConcatenatedEnergies({ queryDim: 5, keyDim: 3, hiddenDim: 13, ...options })),
  },
  {
    mechanism: all.SCALED_DOT_PRODUCT,
    owner: "scaledDotProduct",
    queryDim: 3,
    keyDim: 3,
    make: (options) => ({ forward: (input) => all.scaledDotProduct({ ...input, ...options }) }),
  },
  {
    mechanism: all.DOT,
    owner: "dotProduct",
    queryDim: 3,
    keyDim: 3,
    make: (options) => ({ forward: (input) => all.dotProduct({ ...input, ...options }) }),
  },
  {
    mechanism: all.GENERAL,
    owner: "GeneralAttention",
    queryDim: 13,
    keyDim: 3,
    make: (options) => ofModule(new all.GeneralAttention({ queryDim: 13, keyDim: 3, ...options })),
  },
  {
    mechanism: all.LOCATION,
    owner: "LocationAttention",
    queryDim: 3,
    keyDim: 13,
    readsKeys: false,
    padding: "behind",
    except: { "order of keys": "weights go by place, whatever keys stand there" },
    make: (options) => ofModule(new all.LocationAttention({ queryDim: 3, maxLen: 17, ...options })),
  },
  {
    mechanism: all.LOCATION_SENSITIVE,
    owner: "LocationSensitiveAttention",
    queryDim: 3,
    keyDim: 13,
    maskOwner: "LocationSensitiveAttention",
    except: {
      "order of keys": "filters see which keys stand beside each other",
      "order of queries": "each query sees where the one before looked",
      heads: STATE_OF_EXAMPLES,
    },
    make: (options) =>
      ofModule(
        new all.LocationSensitiveAttention({
          queryDim: 3,
          keyDim: 13,
          hiddenDim: 17,
          filters: 2,
          width: 3,
          ...options,
        }),
      ),
  },
  {
    mechanism: all.COSINE,
    owner: "CosineAttention",
    queryDim: 3,
    keyDim: 3,
    make: (options) => ofModule(new all.CosineAttention({ sharpness: 3, ...options })),
  },
  {
    mechanism: all.GAUSSIAN_KERNEL,
    owner: "GaussianKernelAttention",
    queryDim: 13,
    keyDim: 13,
    make: (options) => ofModule(new all.GaussianKernelAttention({ variance: 3, ...options })),
  },
  {
    mechanism: all.CHUNKED,
    owner: "chunkedAttention",
    queryDim: 3,
    keyDim: 3,
    maskOwner: "chunkedAttention",
    except: { dropout: "it takes none: noise for every weight would need the memory that chunks save" },
    make: () => ({ forward: (input) => all.chunkedAttention({ ...input, chunk: 2 }) }),
  },
  {
    mechanism: all.CHUNKED,
    variant: "causal",
    owner: "chunkedAttention",
    queryDim: 3,
    keyDim: 3,
    maskOwner: "chunkedAttention",
    sees: upToOwnPlace,
    padding: "in front",
    except: { ...BY_PLACE, dropout: "it takes none: noise for every weight would need the memory that chunks save" },
    make: () => ({ forward: (input) => all.chunkedAttention({ ...input, chunk: 2, causal: true }) }),
  },
  ...positionedRows(
    all.SINUSOIDAL,
    (options) => new all.SinusoidalAttention({ queryDim: 13, keyDim: 3, headDim: 17, ...options }),
  ),
  ...positionedRows(
    all.LEARNED_POSITIONS,
    (options) => new all.LearnedPositionAttention({ queryDim: 13, keyDim: 3, headDim: 17, maxLen: 19, ...options }),
  ),
  {
    mechanism: all.RELATIVE_POSITIONS,
    owner: "RelativePositionAttention",
    queryDim: 13,
    keyDim: 13,
    ownOutput: true,
    padding: "in front",
    except: BY_PLACE,
    make: (options) =>
      ofModule(new all.RelativePositionAttention({ headDim: 13, valueDim: 11, maxDistance: 3, ...options })),
  },
  {
    mechanism: all.ROTARY,
    owner: "rotaryAttention",
    queryDim: 3,
    keyDim: 3,
    padding: "in front",
    except: BY_PLACE,
    make: (options) => ({ forward: (input) => all.rotaryAttention({ ...input, rotaryDim: 2, ...options }) }),
  },
  {
    mechanism: all.ALIBI,
    owner: "alibiAttention",
    queryDim: 3,
    keyDim: 3,
    padding: "in front",
    except: BY_PLACE,
    // Heads that are compared have one slope.
    make: (options) => ({ forward: (input) => all.alibiAttention({ ...input, slopes: [0.5], ...options }) }),
  },
  {
    mechanism: all.LINEAR_ATTENTION,
    owner: "linearAttention",
    queryDim: 3,
    keyDim: 3,
    maskOwner: "linearAttention",
    except: WITHOUT_SCORES,
    make: () => ({ forward: (input) => all.linearAttention(input) }),
  },
  {
    mechanism: all.LINEAR_ATTENTION,
    variant: "causal",
    owner: "linearAttention",
    queryDim: 3,
    keyDim: 3,
    maskOwner: "linearAttention",
    selfOnly: true,
    sees: upToOwnPlace,
    except: { ...WITHOUT_SCORES, ...BY_PLACE, padding: "queries are as many as keys" },
    make: () => ({ forward: (input) => all.linearAttention({ ...input, causal: true }) }),
  },
  ...NORMALIZERS_ROWS,
  ...HEADS_ROWS,
  ...WINDOWS_ROWS,
];
