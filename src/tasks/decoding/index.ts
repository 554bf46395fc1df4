/**
 * Decoding: answers written token by token, by any decoder that can take a step. One search (`search.ts`) serves greedy decoding,
 * beam search and sampling; `decode` gives whole answers, `writeTokens` one as it grows. Plain computing on the host; portable; may
 * import `tensor/` and `nn/`.
 */
export type { DecodeInput } from "./batch.ts";
export { decode, type WriteInput, type WriteOptions, type WrittenToken, writeTokens } from "./decode.ts";
export { coveragePenalty, type Hypothesis, lengthPenalty } from "./hypothesis.ts";
export type { DecodeOptions, SampleOptions } from "./options.ts";
export type { StepDecoder, StepOutput } from "./step-decoder.ts";
