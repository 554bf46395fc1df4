import type { Module } from "../nn/module.ts";
import { ofModule } from "./conformance-graph.fixture.ts";
import { HEADS_ROWS } from "./conformance-heads.fixture.ts";
import { WINDOWS_ROWS } from "./conformance-windows.fixture.ts";
import type { AttentionInput, AttentionOutput, Mechanism, Normalize } from "./contract.ts";
import * as all from "./index.ts";

/** What the contract asks, by the words of the tests; a mechanism that cannot keep one says why in its row. */
export type Property =
  | "every allowed key gets some weight" // not: sparse and hard normalizers
  | "rows sum to 1 or 0" // then they sum to at most 1
  | "far numbers" // rows sum to 1 for numbers of 1e12, too
  | "order of keys" // permuting keys with their values changes nothing
  | "order of queries" // permuting queries permutes the results
  | "padding" // forbidden keys behind the others change nothing
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
  /** Whether it reads keys, and not only how many there are; default: true. */
  readonly readsKeys?: boolean;
  /** Last dimension of the output; default: that of the values, 11. */
  readonly outputDim?: number;
  /** Whether its output is more than weights · value; default: false. */
  readonly ownOutput?: boolean;
  /** Who complains of masks and biases; default: `attend`. */
  readonly maskOwner?: string;
  /** Properties that it has not, and why. */
  readonly except?: Readonly<Partial<Record<Property, string>>>;
  readonly make: (options: { dropout: number }) => {
    readonly model?: Module;
    readonly forward: (input: AttentionInput) => AttentionOutput;
  };
}

/** A normalizer beside scaled dot products. */
function normalizedBy(normalize: Normalize, options: { dropout: number }) {
  return {
    forward: (input: AttentionInput) => all.attend({ ...input, ...options, score: all.scaledDot(), normalize }),
  };
}

/** What attention by places has not, alike for all that counts places. */
const BY_PLACE = {
  "order of keys": "what a key is worth depends on its place, too",
  "order of queries": "what a query asks for depends on its place, too",
} as const;

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
    make: (options) => normalizedBy(all.softmax, options),
  },
  {
    mechanism: all.DOT,
    owner: "dotProduct",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    make: (options) => ({ forward: (input) => all.dotProduct({ ...input, ...options }) }),
  },
  {
    mechanism: all.GENERAL,
    owner: "GeneralAttention",
    queryDim: 13,
    keyDim: 3,
    heads: true,
    make: (options) => ofModule(new all.GeneralAttention({ queryDim: 13, keyDim: 3, ...options })),
  },
  {
    mechanism: all.LOCATION,
    owner: "LocationAttention",
    queryDim: 3,
    keyDim: 13,
    heads: true,
    readsKeys: false,
    except: { "order of keys": "weights go by place, whatever keys stand there" },
    make: (options) => ofModule(new all.LocationAttention({ queryDim: 3, maxLen: 17, ...options })),
  },
  {
    mechanism: all.LOCATION_SENSITIVE,
    owner: "LocationSensitiveAttention",
    queryDim: 3,
    keyDim: 13,
    heads: false,
    maskOwner: "LocationSensitiveAttention",
    except: {
      "order of keys": "filters see which keys stand beside each other",
      "order of queries": "each query sees where the one before looked",
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
    heads: true,
    make: (options) => ofModule(new all.CosineAttention({ sharpness: 3, ...options })),
  },
  {
    mechanism: all.GAUSSIAN_KERNEL,
    owner: "GaussianKernelAttention",
    queryDim: 13,
    keyDim: 13,
    heads: true,
    make: (options) => ofModule(new all.GaussianKernelAttention({ variance: 3, ...options })),
  },
  {
    mechanism: all.CHUNKED,
    owner: "chunkedAttention",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    except: { dropout: "it takes none: noise for every weight would need the memory that chunks save" },
    make: () => ({ forward: (input) => all.chunkedAttention({ ...input, chunk: 2 }) }),
  },
  {
    mechanism: all.SPARSEMAX,
    owner: "attend",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    except: { "every allowed key gets some weight": "keys far below the largest score get exactly 0" },
    make: (options) => normalizedBy(all.sparsemax, options),
  },
  {
    mechanism: all.ENTMAX_15,
    owner: "attend",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    except: { "every allowed key gets some weight": "keys far below the largest score get exactly 0" },
    make: (options) => normalizedBy(all.entmax15, options),
  },
  {
    mechanism: all.HARDMAX,
    owner: "attend",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    except: { "every allowed key gets some weight": "one key takes all" },
    make: (options) => normalizedBy(all.hardmax, options),
  },
  {
    mechanism: all.GUMBEL,
    owner: "attend",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    except: { "every allowed key gets some weight": "one key takes all" },
    make: (options) => normalizedBy(all.gumbel(), options),
  },
  {
    mechanism: all.SAMPLED,
    owner: "attend",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    except: { "every allowed key gets some weight": "one key takes all" },
    make: (options) => ({
      forward: (input) => all.sampledAttention({ ...input, ...options, score: all.scaledDot() }),
    }),
  },
  {
    mechanism: all.SINUSOIDAL,
    owner: "SinusoidalAttention",
    queryDim: 13,
    keyDim: 3,
    heads: true,
    except: BY_PLACE,
    make: (options) => ofModule(new all.SinusoidalAttention({ queryDim: 13, keyDim: 3, headDim: 17, ...options })),
  },
  {
    mechanism: all.LEARNED_POSITIONS,
    owner: "LearnedPositionAttention",
    queryDim: 13,
    keyDim: 3,
    heads: true,
    except: BY_PLACE,
    make: (options) =>
      ofModule(new all.LearnedPositionAttention({ queryDim: 13, keyDim: 3, headDim: 17, maxLen: 19, ...options })),
  },
  {
    mechanism: all.RELATIVE_POSITIONS,
    owner: "RelativePositionAttention",
    queryDim: 13,
    keyDim: 13,
    heads: true,
    ownOutput: true,
    except: BY_PLACE,
    make: (options) =>
      ofModule(new all.RelativePositionAttention({ headDim: 13, valueDim: 11, maxDistance: 3, ...options })),
  },
  {
    mechanism: all.ROTARY,
    owner: "rotaryAttention",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    except: BY_PLACE,
    make: (options) => ({ forward: (input) => all.rotaryAttention({ ...input, rotaryDim: 2, ...options }) }),
  },
  {
    mechanism: all.ALIBI,
    owner: "alibiAttention",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    except: BY_PLACE,
    // Padding and heads of one slope are compared: so the first query's place and the slope are given.
    make: (options) => ({
      forward: (input) => all.alibiAttention({ ...input, slopes: [0.5], queryOffset: 0, ...options }),
    }),
  },
  {
    mechanism: all.LINEAR_ATTENTION,
    owner: "linearAttention",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    maskOwner: "linearAttention",
    except: {
      dropout: "its linear form has no weights to drop",
      "far numbers": "features of numbers far below 0 vanish, and a row without any has no weights",
    },
    make: () => ({ forward: (input) => all.linearAttention(input) }),
  },
  ...HEADS_ROWS,
  ...WINDOWS_ROWS,
];
