/**
 * The reference runtime: every operator in plain TypeScript and float64, written to be read. It is the oracle of the tests,
 * and computes constants when a graph is simplified. It imports the tensor and the order of nodes, nothing else.
 */
export { evaluate, evaluateNode, type Feeds } from "./evaluate.ts";
export type { Kernel } from "./kernel.ts";
export { KERNELS } from "./kernels.ts";
export { toNdArray, toValue, type Value } from "./value.ts";
