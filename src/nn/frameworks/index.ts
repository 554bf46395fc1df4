/** Weights of other frameworks: one table each of names and layouts. May import `tensor/`, `runtime/reference/` and `nn/`. */
export { FRAMEWORKS, type FrameworkName, importWeights, parametersFrom } from "./import-weights.ts";
export type { Framework, LayerParameters, Layout, Take } from "./layout.ts";
