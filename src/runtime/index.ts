/**
 * Running graphs: `compile(outputs)` → `Program.run(feeds)`, with state that stays in place between runs, and engines that
 * train with one session or several workers. Back ends: `node` and `web` (ONNX Runtime), `web-gpu`, and `reference` (plain
 * TypeScript, float64: the oracle of the tests). Portable but for `node*.ts` and `web*.ts`; may import `tensor/`, `autodiff/`
 * and `onnx/`.
 */
export type { Backend, Session, SessionOptions, State } from "./backend.ts";
export type {
  Batch,
  Engine,
  EngineFactory,
  GradientGraph,
  StepResult,
  TrainingProgram,
} from "./engine.ts";
export { type CompileOptions, compile, type Feeds, Program, ProgramCache } from "./program.ts";
export { evaluate, evaluateNode } from "./reference/index.ts";
export { singleEngine } from "./single-engine.ts";
export { stepGraph } from "./step-graph.ts";
