import type { ConformanceRow } from "./conformance.fixture.ts";
import { BY_PLACE, upToOwnPlace } from "./conformance-windows.fixture.ts";
import * as all from "./index.ts";

/** The gradient check runs twice for each number of a weight: so heads are of 4, which is no prime, but small. */
const SIZES = { queryDim: 13, keyDim: 17, valueDim: 11, headDim: 4, outputDim: 19 } as const;

function headsRow(
  mechanism: ConformanceRow["mechanism"],
  heads: number,
  create: (options: { dropout: number }) => all.MultiHeadAttention | all.GroupedQueryAttention,
  rest: Pick<ConformanceRow, "variant" | "sees" | "padding" | "except"> & { readonly causal?: boolean } = {},
): ConformanceRow {
  const { causal = false, ...given } = rest;
  const owner = create({ dropout: 0 }).constructor.name;
  return {
    ...given,
    mechanism,
    owner,
    queryDim: SIZES.queryDim,
    keyDim: SIZES.keyDim,
    weightHeads: heads,
    outputDim: SIZES.outputDim,
    maskOwner: owner,
    except: { ...given.except, "no key, no output": "the bias of the last projection is left, b_o" },
    make: (options) => {
      const model = create(options);
      return { model, forward: (input) => model.forward({ ...input, causal }) };
    },
  };
}

/** Rows of the mechanisms with heads, and of the cache that they share. */
export const HEADS_ROWS: readonly ConformanceRow[] = [
  headsRow(all.MULTI_HEAD, 3, (options) => new all.MultiHeadAttention({ ...SIZES, ...options, heads: 3 })),
  headsRow(all.MULTI_HEAD, 3, (options) => new all.MultiHeadAttention({ ...SIZES, ...options, heads: 3 }), {
    variant: "causal",
    causal: true,
    sees: upToOwnPlace,
    padding: "in front",
    except: BY_PLACE,
  }),
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
    maskOwner: "cachedAttention",
    sees: upToOwnPlace,
    padding: "in front",
    except: BY_PLACE,
    make: (options) => ({ forward: (input) => all.cachedAttention({ ...input, ...options }) }),
  },
];
