/**
 * Shapes, element types, the symbolic `Tensor`, the table of operators, axis patterns and counter-based randomness.
 * A tensor is a node in a graph, never a number; `runtime/` computes. Everything here is portable and imports nothing else
 * of the project.
 */
export * from "./dim.ts";
export * from "./errors.ts";
export { inputsOf, type Outputs, sortNodes, substitute, transform } from "./graph.ts";
export * from "./nd-array.ts";
export { OPERATORS, type Operator, operatorNamed } from "./operators/index.ts";
export { bindAxes, rearrange } from "./patterns.ts";
export { philox, Rng } from "./random.ts";
export { type Scanned, type ScanOptions, scanNode } from "./scan.ts";
export { knownDims, knownIntegers, shapeTensor } from "./symbolic-shape.ts";
export * from "./tensor.ts";
