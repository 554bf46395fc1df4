import type { ParityCase, Tensors } from "../../test/support/parity.ts";
import { crossEntropy } from "../nn/losses.ts";
import {
  AttentionPooling,
  CoverageAttention,
  LocalPredictiveAttention,
  lengthMask,
  localMonotonicAttention,
  PointerAttention,
  StructuredSelfAttention,
  scaledDot,
  slidingWindowAttention,
} from "./index.ts";

const score = scaledDot({ scale: 1 });
const localPredictive = new LocalPredictiveAttention({ queryDim: 7, hiddenDim: 13, radius: 3, score });
const coverage = new CoverageAttention({ queryDim: 5, keyDim: 11, hiddenDim: 13, fertility: 2 });
const pointer = new PointerAttention({ queryDim: 5, keyDim: 11, hiddenDim: 13 });
const pooling = new AttentionPooling({ keyDim: 11, hiddenDim: 13 });
const structured = new StructuredSelfAttention({ keyDim: 11, hiddenDim: 13, hops: 5 });

/** Rows of the parity test: windows, memory and pooling. */
export const WINDOWS_CASES: readonly ParityCase[] = [
  {
    golden: "local-monotonic",
    build: ({ query, key, value, mask }: Tensors) => ({
      ...localMonotonicAttention({ query, key, value, mask, score, radius: 2 }),
    }),
  },
  {
    golden: "local-predictive",
    tolerance: "rounded",
    model: localPredictive,
    build: ({ query, key, value, lengths }: Tensors) => ({
      ...localPredictive.forward({ query, key, value, mask: lengthMask(lengths, 11) }),
    }),
  },
  {
    golden: "sliding-window",
    tolerance: "rounded",
    build: ({ query, key, value, lengths }: Tensors) => {
      const given = { query, key, value, mask: lengthMask(lengths, 23), score, window: 4 };
      const [plain, gaps, past] = [
        slidingWindowAttention(given),
        // Without a score, so that gaps come in blocks, too: the scale is taken back.
        slidingWindowAttention({ ...given, query: query.mul(Math.sqrt(5)), score: undefined, dilation: 2 }),
        slidingWindowAttention({ ...given, causal: true }),
      ];
      return {
        ...plain,
        dilated: gaps.output,
        dilatedWeights: gaps.weights,
        causal: past.output,
        causalWeights: past.weights,
      };
    },
  },
  {
    golden: "coverage",
    model: coverage,
    build: ({ query, key, value, lengths, previous }: Tensors) => ({
      ...coverage.forward({ query, key, value, mask: lengthMask(lengths, 7), coverage: previous }),
    }),
  },
  {
    golden: "pointer",
    model: pointer,
    build: ({ query, key, value, lengths, labels }: Tensors) => {
      const answer = pointer.forward({ query, key, value, mask: lengthMask(lengths, 7) });
      return { ...answer, loss: crossEntropy(answer.logProbabilities, labels).sum };
    },
  },
  {
    golden: "attention-pooling",
    model: pooling,
    build: ({ key, value, lengths }: Tensors) => ({
      ...pooling.forward({ key, value, mask: lengthMask(lengths, 7) }),
    }),
  },
  {
    golden: "structured-self-attention",
    model: structured,
    build: ({ key, value, lengths }: Tensors) => ({
      ...structured.forward({ key, value, mask: lengthMask(lengths, 7) }),
    }),
  },
];
