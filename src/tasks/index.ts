/**
 * What one does with a model: train, predict, evaluate, explain, export, as async generators of typed events (`events.ts`,
 * the one protocol). Portable: files, sessions and workers are handed in. May import everything but `views/` and `cli/`.
 */
import type { Recipe } from "./recipe.ts";
import * as recipes from "./recipes.ts";

export { TrainingControl } from "./control.ts";
export * from "./decoding/index.ts";
export {
  type Demonstrated,
  type DemonstrateOptions,
  type Demonstration,
  demonstrate,
} from "./demonstrate.ts";
export {
  addEvent,
  EVENT_LOG_FILE,
  isTaskEvent,
  type LoggedEvent,
  type LoggedProgress,
  type LogLine,
  parseLogLine,
  type RunState,
  type RunSummary,
  standingEvents,
  summarize,
} from "./event-log.ts";
export type * from "./events.ts";
export {
  type Deletion,
  type Faithfulness,
  type FaithfulnessInput,
  type FaithfulnessOptions,
  faithfulness,
} from "./faithfulness.ts";
export { exportOnnx, type InputTypes, type NamedModel, prepare, type Runner } from "./inference.ts";
export * from "./metrics/index.ts";
export { type GraphFacts, type GraphInputs, type GraphRun, type OpenGraph, openGraph } from "./open-graph.ts";
export { type Opened, openAnything, openModel } from "./open-model.ts";
export {
  InterruptedError,
  type Measures,
  type OpenModel,
  type Recipe,
  type TrainingFiles,
  type TrainOptions,
} from "./recipe.ts";
export { load, save } from "./save.ts";
export { SequenceWriter, type WriterOptions, type Written } from "./sequence/writer.ts";
export type { SettingLimits } from "./settings.ts";
export { type NamedBatch, type StepEvent, Trainer, type TrainerOptions } from "./trainer.ts";
export { type Matrix, type Walk, type WalkInput, type WalkProblem, WalkThrough } from "./walk-through.ts";
export { type ChangedOutput, type WeightChange, type WhatIfGraph, whatIfGraph } from "./what-if.ts";

export { recipes };

/** Every recipe that `fovea train` knows. */
export const RECIPES: readonly Recipe[] = [
  recipes.dates,
  recipes.transduce,
  recipes.translate,
  recipes.dialogue,
  recipes.summarize,
  recipes.classify,
];
