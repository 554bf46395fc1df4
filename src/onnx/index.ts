/**
 * Graphs as ONNX: `writeModel` and `readModel`, and the simplification that comes before. Portable; may import `tensor/` and
 * `autodiff/`.
 */
export { NEWEST_OPSET, type ReadModel, readModel } from "./read.ts";
export type { ReadLimits } from "./read-limits.ts";
export { readTensor } from "./read-tensor.ts";
export { simplify } from "./simplify.ts";
export { DEFAULT_OPSET, type WriteOptions, writeModel } from "./write.ts";
