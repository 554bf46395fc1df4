import { array, DataError, type Folder, type NdArray } from "fovea";
import { nodeEngine } from "fovea/node";
import type { Engine, EngineFactory } from "fovea/runtime";

/** A folder whose disk is full after so many writes. */
export function fullAfter(folder: Folder, writes: number): Folder {
  let left = writes;
  return {
    ...folder,
    write: async (name, bytes) => {
      if (left-- <= 0) throw new DataError(`folder: expected to write ${name} but found the disk full (ENOSPC)`);
      await folder.write(name, bytes);
    },
  };
}

/** An engine that gets a batch of no numbers at a step, counted from 0, and from then on is lost. */
export function poisonedAt(poisoned: number): EngineFactory {
  return async (program, options) => {
    const engine = await nodeEngine(program, options);
    const spoilt: Engine = {
      workers: engine.workers,
      state: engine.state,
      step: (batch, at) => {
        const weight = batch.weight as NdArray;
        const bad = { ...batch, weight: array(new Float32Array(weight.data.length).fill(Number.NaN), weight.shape) };
        return engine.step(at.step === poisoned ? bad : batch, at);
      },
      write: (state) => engine.write(state),
      close: () => engine.close(),
    };
    return spoilt;
  };
}

/** Aborts when the events have come to a step. */
export function abortAt(step: number): { signal: AbortSignal; createEngine: EngineFactory } {
  const controller = new AbortController();
  const createEngine: EngineFactory = async (program, options) => {
    const engine = await nodeEngine(program, options);
    return {
      workers: engine.workers,
      state: engine.state,
      step: (batch, at) => {
        if (at.step === step - 1) controller.abort();
        return engine.step(batch, at);
      },
      write: (state) => engine.write(state),
      close: () => engine.close(),
    };
  };
  return { signal: controller.signal, createEngine };
}
