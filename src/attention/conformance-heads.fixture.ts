import type { ConformanceRow } from "./conformance.fixture.ts";
import * as all from "./index.ts";

/** The gradient check runs twice for each number of a weight: so heads are of 4, which is no prime, but small. */
const SIZES = { queryDim: 13, keyDim: 17, valueDim: 11, headDim: 4, outputDim: 19 } as const;

function headsRow(
  mechanism: ConformanceRow["mechanism"],
  heads: number,
  create: (options: { dropout: number }) => all.MultiHeadAttention | all.GroupedQueryAttention,
): ConformanceRow {
  const owner = create({ dropout: 0 }).constructor.name;
  return {
    mechanism,
    owner,
    queryDim: SIZES.queryDim,
    keyDim: SIZES.keyDim,
    heads: false,
    weightHeads: heads,
    outputDim: SIZES.outputDim,
    maskOwner: owner,
    make: (options) => {
      const model = create(options);
      return { model, forward: (input) => model.forward(input) };
    },
  };
}

/** Rows of the mechanisms with heads, and of the cache that they share. */
export const HEADS_ROWS: readonly ConformanceRow[] = [
  headsRow(all.MULTI_HEAD, 3, (options) => new all.MultiHeadAttention({ ...SIZES, ...options, heads: 3 })),
  headsRow(
    all.GROUPED_QUERY,
    6,
    (options) => new all.GroupedQueryAttention({ ...SIZES, ...options, heads: 6, keyValueHeads: 3 }),
  ),
  headsRow(all.MULTI_QUERY, 3, (options) => new all.MultiQueryAttention({ ...SIZES, ...options, heads: 3 })),
  {
    mechanism: all.KEY_VALUE_CACHE,
    owner: "cachedAttention",
    queryDim: 3,
    keyDim: 3,
    heads: true,
    maskOwner: "cachedAttention",
    except: {
      "every allowed key gets some weight": "keys behind the query's own place get exactly 0",
      "rows sum to 1 or 0": "a row whose allowed keys all lie behind its own place sums to 0",
      "order of keys": "places decide what a query sees",
      "order of queries": "a query sees the keys up to its own place",
      padding: "the queries are the last places: keys behind the others move them on",
    },
    make: (options) => ({ forward: (input) => all.cachedAttention({ ...input, ...options }) }),
  },
];
