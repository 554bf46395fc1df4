import { ModelError } from "../tensor/errors.ts";

/** Training graphs never leave the process, so they may use the newest operators that the runtime has. */
export const RUN_OPSET = 20;

interface RunOptions {
  intraOpNumThreads: number;
  interOpNumThreads: number;
  executionMode: "sequential";
  graphOptimizationLevel: "extended";
  logSeverityLevel: 4;
}

/**
 * Session options that every graph of ours runs with: errors thrown, not printed, and one thread. Small graphs do not gain from
 * more; and `ScatterND` with `add`, the gradient of an embedding, is wrong with more: ONNX Runtime 1.30 then loses additions to
 * one row that happen at the same time.
 */
export const SESSION_OPTIONS: RunOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "extended",
  logSeverityLevel: 4,
};

/** Half a megabyte of each vector: `npm run bench` measures it. */
export const CACHED_PIECE: number = 2 ** 17;

/** What is told when ONNX Runtime refuses a model. */
export function loadError(reason: string): ModelError {
  return new ModelError(`onnx: expected a model that ONNX Runtime can load but found: ${reason}`);
}

/** What is told when a run fails. */
export function runError(reason: string): ModelError {
  return new ModelError(`run: expected ONNX Runtime to run the model but found: ${reason}`);
}
