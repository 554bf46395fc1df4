/**
 * Fovea: attention models in TypeScript. Build them (`fovea/nn`, `fovea/attention`), train them, look inside them, ship them
 * as ONNX. This entry is portable; `fovea/node` has what needs Node: the back end, the workers and folders on disk.
 */
export { type Folder, memoryFolder } from "./data/folder.ts";
export { readSafetensors, type Safetensors, writeSafetensors } from "./data/safetensors.ts";
export * from "./tasks/index.ts";
export { DataError, ModelError, ShapeError } from "./tensor/errors.ts";
export { array, type DType, type NdArray, numbers } from "./tensor/nd-array.ts";
export { Rng } from "./tensor/random.ts";
export { concat, constant, input, stack, Tensor, where, zeros } from "./tensor/tensor.ts";
