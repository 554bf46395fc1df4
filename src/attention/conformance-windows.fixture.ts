import type { ConformanceRow } from "./conformance.fixture.ts";
import { ofModule } from "./conformance-graph.fixture.ts";
import * as all from "./index.ts";

/** What attention by places has not, alike for all that counts places. */
export const BY_PLACE = {
  "order of keys": "what a key is worth depends on its place, too",
  "order of queries": "what a query asks for depends on its place, too",
} as const;

/** Why there are no heads beside what earlier queries leave to later ones. */
export const STATE_OF_EXAMPLES = "what earlier queries leave goes in and out as `[batch keyLen]`";

type Sees = NonNullable<ConformanceRow["sees"]>;

/** Where the queries are the last places: those up to its own. */
export const upToOwnPlace: Sees = (query, key, { queryLen, keyLen }) => key <= query + keyLen - queryLen;

/** Rows of the conformance table: windows, memory and pooling. */
export const WINDOWS_ROWS: readonly ConformanceRow[] = [
  {
    mechanism: all.LOCAL_MONOTONIC,
    owner: "localMonotonicAttention",
    queryDim: 3,
    keyDim: 3,
    sees: (query, key) => Math.abs(query - key) <= 1,
    padding: "behind",
    except: BY_PLACE,
    make: (options) => ({ forward: (input) => all.localMonotonicAttention({ ...input, ...options, radius: 1 }) }),
  },
  {
    mechanism: all.LOCAL_PREDICTIVE,
    owner: "LocalPredictiveAttention",
    queryDim: 3,
    keyDim: 3,
    maskOwner: "LocalPredictiveAttention",
    support: "some",
    padding: "behind",
    except: {
      "rows sum to 1 or 0": "the Gaussian takes its share of the weights, which are not normalised again",
      "order of keys": "what a key is worth depends on its place, too",
    },
    make: (options) =>
      ofModule(new all.LocalPredictiveAttention({ queryDim: 3, hiddenDim: 13, radius: 2, ...options })),
  },
  {
    mechanism: all.SLIDING_WINDOW,
    owner: "slidingWindowAttention",
    queryDim: 3,
    keyDim: 3,
    maskOwner: "slidingWindowAttention",
    sees: (query, key, { queryLen, keyLen }) => Math.abs(query + keyLen - queryLen - key) <= 1,
    padding: "in front",
    except: BY_PLACE,
    make: (options) => ({ forward: (input) => all.slidingWindowAttention({ ...input, ...options, window: 2 }) }),
  },
  {
    mechanism: all.SLIDING_WINDOW,
    variant: "causal",
    owner: "slidingWindowAttention",
    queryDim: 3,
    keyDim: 3,
    maskOwner: "slidingWindowAttention",
    sees: (query, key, { queryLen, keyLen }) => [0, 1].includes(query + keyLen - queryLen - key),
    padding: "in front",
    except: BY_PLACE,
    make: (options) => ({
      forward: (input) => all.slidingWindowAttention({ ...input, ...options, window: 2, causal: true }),
    }),
  },
  {
    mechanism: all.COVERAGE,
    owner: "CoverageAttention",
    queryDim: 5,
    keyDim: 3,
    maskOwner: "CoverageAttention",
    except: { "order of queries": "a query sees what earlier ones have read", heads: STATE_OF_EXAMPLES },
    make: (options) =>
      ofModule(new all.CoverageAttention({ queryDim: 5, keyDim: 3, hiddenDim: 13, fertility: 2, ...options })),
  },
  {
    mechanism: all.POINTER,
    owner: "PointerAttention",
    queryDim: 5,
    keyDim: 3,
    make: (options) => ofModule(new all.PointerAttention({ queryDim: 5, keyDim: 3, hiddenDim: 13, ...options })),
  },
  {
    mechanism: all.ATTENTION_POOLING,
    owner: "AttentionPooling",
    queryDim: 5,
    keyDim: 3,
    ownQueries: 1,
    make: (options) => ofModule(new all.AttentionPooling({ keyDim: 3, hiddenDim: 13, ...options })),
  },
  {
    mechanism: all.STRUCTURED_SELF_ATTENTION,
    owner: "StructuredSelfAttention",
    queryDim: 5,
    keyDim: 3,
    ownQueries: 3,
    make: (options) => ofModule(new all.StructuredSelfAttention({ keyDim: 3, hiddenDim: 13, hops: 3, ...options })),
  },
];
