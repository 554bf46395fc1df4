/**
 * Layers, losses, optimisers and what they are made of: a `Module` has `Parameter`s that are leaves of the graphs it builds,
 * `traceGraph` gathers what a forward pass marks, and `FlatParameters` lays all weights into one vector. One layer a file.
 * Portable; may import `tensor/`, `autodiff/` and `runtime/reference/`.
 */
export { gelu, silu } from "./activations.ts";
export { Conv1d, conv1d, type Padding } from "./conv.ts";
export { Dropout, dropout } from "./dropout.ts";
export { Embedding } from "./embedding.ts";
export { FlatParameters } from "./flat.ts";
export {
  FRAMEWORKS,
  type Framework,
  type FrameworkName,
  importWeights,
  type LayerParameters,
  parametersFrom,
  type Take,
} from "./frameworks/index.ts";
export { Gru, GruCell, type GruOutput, type GruState } from "./gru.ts";
export {
  constantInitializer,
  gateBias,
  glorot,
  he,
  type Initializer,
  normal,
  orthogonal,
  perBlock,
  uniform,
  zerosInitializer,
} from "./initializers.ts";
export { LayerNorm } from "./layer-norm.ts";
export { Linear, project } from "./linear.ts";
export {
  binaryCrossEntropy,
  type CrossEntropyOptions,
  crossEntropy,
  meanSquaredError,
  type WeightedLoss,
} from "./losses.ts";
export { Lstm, LstmCell, type LstmOutput, type LstmState } from "./lstm.ts";
export { Buffer, initialize, Module, Parameter, type ParameterOptions } from "./module.ts";
export {
  type AdamOptions,
  adam,
  adamW,
  averaged,
  type Optimizer,
  type Segment,
  sgd,
  type UpdateArguments,
} from "./optimizers.ts";
export { oneHot } from "./recurrence.ts";
export { scan, UNROLLED_STEPS, type UnrolledScanOptions } from "./scan.ts";
export { constantRate, cosine, inverseDecay, type Schedule, warmUp } from "./schedules.ts";
export { reverseWithin, stepMask } from "./sequence.ts";
export {
  isTraining,
  nextNoiseName,
  stage,
  type Traced,
  type TracedWeights,
  trace,
  traceGraph,
  uniformNoise,
  updateBuffer,
} from "./trace.ts";
