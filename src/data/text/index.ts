/**
 * Text in: readers of lines, of records of named fields (TSV, CSV, JSONL) and of files side by side, that hold no more than one record
 * of a file at a time and tell file, line and column of what is wrong; and tokenizers, which make numbers of text.
 * Portable; may import `tensor/` … `models/`, and of packages `@huggingface/tokenizers` and `zod`.
 */

export { BatchOrder, type BatchOrderOptions, type BatchPlace } from "./batch-order.ts";
export { type Bucket, type Lengths, planBuckets } from "./buckets.ts";
export { type BytePair, type BytePairOptions, learnBytePairs } from "./byte-pairs.ts";
export { type ByteSource, blobSource, memorySource } from "./byte-source.ts";
export { type ExampleFiles, openExamples, type RawExample, type Spans } from "./example-files.ts";
export { isGzip, type UnpackOptions, unpackGzip } from "./gzip.ts";
export { type Line, type LineFault, type LineOptions, lineError, readLines } from "./lines.ts";
export {
  type ParallelOptions,
  type ParallelParser,
  type ParallelRecord,
  parallelParser,
  readParallel,
} from "./parallel.ts";
export {
  type RecordOptions,
  type RecordParser,
  readRecords,
  recordFormat,
  recordParser,
  type TextRecord,
} from "./records.ts";
export { readColumns } from "./records-columns.ts";
export type { Place } from "./records-fault.ts";
export { normalizeText, type RecordFormat, type Role } from "./records-roles.ts";
export { END, PAD, SPECIAL_TOKENS, START, UNKNOWN } from "./special-tokens.ts";
export { type SpannedTokens, TextTokenizer } from "./tokenizer.ts";
export type { TokenizerFiles, TokenLevel } from "./tokenizer-json.ts";
export type { TokenizerSources } from "./tokenizer-json-read.ts";
export { TokenizerLearner, type TokenizerOptions } from "./tokenizer-learner.ts";
export type { Span } from "./tokenizer-spans.ts";
