import type { Linear } from "../nn/linear.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import type { AttentionInput, AttentionOutput, Normalize } from "./contract.ts";
import { dot } from "./dot.ts";

export interface LearnedQueriesInput extends Omit<AttentionInput, "query"> {
  /** `[queryLen hiddenDim]`: vectors that have been learned, in place of queries. */
  readonly contexts: Tensor;
  /** What of a key is compared with them: `[... keyLen keyDim]` → `[... keyLen hiddenDim]`, through tanh. */
  readonly keyProjection: Linear;
  readonly normalize: Normalize | undefined;
  readonly dropout: number;
}

/** `weights = softmax(contexts · tanh(W key + b))`, and what they make of the values. */
export function attendByContexts({ contexts, keyProjection, ...args }: LearnedQueriesInput): AttentionOutput {
  const { output, weights } = attend({
    ...args,
    query: contexts,
    score: ({ query, key }) => dot({ query, key: keyProjection.forward(key).tanh() }),
  });
  return { output, weights };
}
