/**
 * How good generated text is: BLEU, chrF, ROUGE, error rates, exact match, labels, perplexity. A metric that is a sum over pairs
 * is a `PairMetric`; `Corpus` streams pairs into any of them, and resamples for intervals and comparisons. Pure text and numbers:
 * may import `tensor/`, the checks of options in `nn/`, and the shares of `tasks/`.
 */
export {
  accuracy,
  Confusion,
  exactMatch,
  exactMatchMetric,
  type LabelScore,
} from "./accuracy.ts";
export { type BleuOptions, type BleuScore, type BleuSmoothing, bleu, bleuMetric, sentenceBleu } from "./bleu.ts";
export { BLEU_TOKENIZATIONS, type BleuTokenization, bleuTokens } from "./bleu-tokens.ts";
export type { BootstrapOptions, Interval } from "./bootstrap.ts";
export { type ChrfOptions, type ChrfScore, chrf, chrfMetric, sentenceChrf } from "./chrf.ts";
export { Corpus, type CorpusOptions, type PairMetric, type References, type SetFacts } from "./corpus.ts";
export {
  characterErrorMetric,
  characterErrorRate,
  type ErrorRate,
  editDistance,
  wordErrorMetric,
  wordErrorRate,
} from "./error-rate.ts";
export { type Comparison, pairedBootstrap } from "./paired-bootstrap.ts";
export { perplexity } from "./perplexity.ts";
export {
  type RougeKind,
  type RougeOptions,
  type RougeScore,
  type RougeScores,
  type RougeTokenization,
  rouge,
  rougeMetric,
} from "./rouge.ts";
