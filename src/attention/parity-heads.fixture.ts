import type { ParityCase, Tensors } from "../../test/support/parity.ts";
import {
  type AttentionOutput,
  cachedAttention,
  GroupedQueryAttention,
  lengthMask,
  MultiHeadAttention,
  MultiQueryAttention,
} from "./index.ts";

const multiHead = new MultiHeadAttention({ queryDim: 15, heads: 3 });
const multiHeadCross = new MultiHeadAttention({ queryDim: 15, keyDim: 11, valueDim: 13, heads: 3 });
const sizes = { queryDim: 13, keyDim: 11, valueDim: 17, headDim: 5, outputDim: 19 };
const groupedQuery = new GroupedQueryAttention({ ...sizes, heads: 6, keyValueHeads: 2 });
const multiQuery = new MultiQueryAttention({ ...sizes, heads: 3 });

/** What goldens hold, without the cache. */
const told = ({ output, weights }: AttentionOutput) => ({ output, weights });

export const HEADS_CASES: readonly ParityCase[] = [
  {
    golden: "multi-head",
    model: multiHead,
    tolerance: "rounded",
    build: ({ query, mask, lengths }: Tensors) =>
      told(multiHead.forward({ query, key: query, value: query, mask: mask.and(lengthMask(lengths, 7)) })),
  },
  {
    golden: "grouped-query",
    model: groupedQuery,
    tolerance: "rounded",
    build: ({ query, key, value, mask }: Tensors) => told(groupedQuery.forward({ query, key, value, mask })),
  },
  {
    golden: "multi-query",
    model: multiQuery,
    tolerance: "rounded",
    build: ({ query, key, value, mask }: Tensors) => told(multiQuery.forward({ query, key, value, mask })),
  },
  {
    golden: "key-value-cache",
    tolerance: "rounded",
    build: ({ query, key, value, pastKey, pastValue }: Tensors) =>
      told(cachedAttention({ query, key, value, cache: { key: pastKey, value: pastValue } })),
  },
];

/** PyTorch's module with keys and values of other sizes, whose weights it keeps apart. */
export const MULTI_HEAD_CROSS: ParityCase = {
  golden: "multi-head-cross",
  model: multiHeadCross,
  tolerance: "rounded",
  build: ({ query, key, value, bias, lengths }: Tensors) =>
    told(multiHeadCross.forward({ query, key, value, bias, mask: lengthMask(lengths, 7) })),
};
