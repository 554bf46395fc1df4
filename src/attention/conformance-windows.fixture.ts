import type { ConformanceRow } from "./conformance.fixture.ts";
import { ofModule } from "./conformance-graph.fixture.ts";
import * as all from "./index.ts";

const WINDOWED = "keys outside the window get exactly 0";
const WINDOW_WITHOUT_KEY = "a row whose window holds no allowed key sums to 0, whatever is allowed outside";

/** Rows of the conformance table: windows, memory and pooling. */
export const WINDOWS_ROWS: readonly ConformanceRow[] = [
  {
    mechanism: all.LOCAL_MONOTONIC,
    owner: "localMonotonic",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    except: {
      "every allowed key gets some weight": WINDOWED,
      "rows sum to 1 or 0": WINDOW_WITHOUT_KEY,
      "order of keys": "places decide what a query sees",
      "order of queries": "a query looks at its own place",
    },
    make: (options) => ({ forward: (input) => all.localMonotonic({ ...input, ...options, radius: 1 }) }),
  },
  {
    mechanism: all.LOCAL_PREDICTIVE,
    owner: "LocalPredictive",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    maskOwner: "LocalPredictive",
    except: {
      "every allowed key gets some weight": WINDOWED,
      "rows sum to 1 or 0": "the Gaussian takes its share of the weights, which are not normalised again",
      "far numbers": "the Gaussian takes its share of the weights, which are not normalised again",
      "order of keys": "places decide what a query sees",
    },
    make: (options) => ofModule(new all.LocalPredictive({ queryDim: 3, hiddenDim: 13, radius: 2, ...options })),
  },
  {
    mechanism: all.SLIDING_WINDOW,
    owner: "slidingWindow",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    maskOwner: "slidingWindow",
    except: {
      "every allowed key gets some weight": WINDOWED,
      "rows sum to 1 or 0": WINDOW_WITHOUT_KEY,
      "order of keys": "places decide what a query sees",
      "order of queries": "a query looks at its own place",
    },
    make: (options) => ({ forward: (input) => all.slidingWindow({ ...input, ...options, window: 2 }) }),
  },
  {
    mechanism: all.COVERAGE,
    owner: "CoverageAttention",
    queryDim: 5,
    keyDim: 3,
    heads: false,
    maskOwner: "CoverageAttention",
    except: { "order of queries": "a query sees what earlier ones have read" },
    make: (options) =>
      ofModule(new all.CoverageAttention({ queryDim: 5, keyDim: 3, hiddenDim: 13, fertility: 2, ...options })),
  },
  {
    mechanism: all.POINTER,
    owner: "PointerAttention",
    queryDim: 5,
    keyDim: 3,
    heads: true,
    make: (options) => ofModule(new all.PointerAttention({ queryDim: 5, keyDim: 3, hiddenDim: 13, ...options })),
  },
  {
    mechanism: all.ATTENTION_POOLING,
    owner: "AttentionPooling",
    queryDim: 5,
    keyDim: 3,
    heads: true,
    ownQueries: 1,
    make: (options) => ofModule(new all.AttentionPooling({ keyDim: 3, hiddenDim: 13, ...options })),
  },
  {
    mechanism: all.STRUCTURED_SELF_ATTENTION,
    owner: "StructuredSelfAttention",
    queryDim: 5,
    keyDim: 3,
    heads: false,
    ownQueries: 3,
    make: (options) => ofModule(new all.StructuredSelfAttention({ keyDim: 3, hiddenDim: 13, hops: 3, ...options })),
  },
];
