/**
 * Gradients as more graph: one table with one row per operator (`rules/`), and `gradient`, which walks a graph backwards
 * through it. Portable; may import `tensor/`.
 */
export { gradient, stopGradient, withGradientOf, withPullback } from "./gradient.ts";
export { FLAT, GRADIENTS } from "./rules/index.ts";
export { times } from "./rules/product.ts";
export type { GradientRule, GradientTable } from "./rules/rule.ts";
