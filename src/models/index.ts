/**
 * Whole models, one folder each: the arithmetic from a batch to logits, with whatever attention they trace. What writes one
 * sequence from another keeps the contract of `SequenceToSequence`. Portable; may import `tensor/`, `autodiff/`, `nn/` and `attention/`.
 */
export { Bahdanau, type BahdanauOptions } from "./bahdanau/bahdanau.ts";
export { DateNormalizer, type DateNormalizerOptions } from "./date-normalizer/date-normalizer.ts";
export { Luong, type LuongOptions } from "./luong/luong.ts";
export {
  CROSS_ATTENTION,
  type Encoded,
  type NamedTensors,
  SequenceToSequence,
  type StepInput,
  type StepResult,
  type TeacherForced,
} from "./sequence-to-sequence.ts";
export { TextClassifier, type TextClassifierOptions } from "./text-classifier/text-classifier.ts";
