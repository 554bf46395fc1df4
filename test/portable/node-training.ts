import type { TestProject } from "vitest/node";
import { nodeBackend } from "../../src/runtime/node.ts";
import { singleEngine } from "../../src/runtime/single-engine.ts";
import { trainDates } from "./date-training.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** What Node finds: the losses of the first ten steps of the date normaliser. */
    nodeLosses: readonly number[];
  }
}

/** Before the tests in the browser: trains in Node what they train there. */
export async function setup(project: TestProject): Promise<void> {
  const createEngine = singleEngine(nodeBackend);
  project.provide("nodeLosses", await trainDates({ createEngine, workers: 1, steps: 10 }));
}
