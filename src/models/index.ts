/**
 * Whole models, one folder each: the arithmetic from a batch to logits, with whatever attention they trace. Portable; may
 * import `tensor/`, `autodiff/`, `nn/` and `attention/`.
 */
export { DateNormalizer, type DateNormalizerOptions } from "./date-normalizer/date-normalizer.ts";
