import type { NdArray } from "../tensor/nd-array.ts";
import type { State } from "./backend.ts";
import { DeviceLostError } from "./device-lost.ts";
import type { Engine, EngineFactory, TrainingProgram } from "./engine.ts";

export interface FallbackOptions {
  /** What trains as long as its device lasts. */
  readonly first: EngineFactory;
  /** What goes on from there. */
  readonly spare: EngineFactory;
  /** Told when the spare engine goes on, with the reason. */
  readonly onFallback?: ((error: DeviceLostError) => void) | undefined;
  /** Told when the engine is closed, whichever it is: what the first one ran on may be let go. */
  readonly onClose?: (() => void) | undefined;
}

/** Copies of all states. */
export function snapshot(state: State): Record<string, NdArray> {
  return Object.fromEntries(state.names.map((name) => [name, state.read(name)]));
}

/** A program that begins where another engine is. */
export function continued(program: TrainingProgram, state: State): TrainingProgram {
  return { ...program, state: snapshot(state) };
}

/** A view of the state of whichever engine trains. */
export function stateOf(engine: () => Engine): State {
  return {
    get names() {
      return engine().state.names;
    },
    read: (name) => engine().state.read(name),
    write: (name, value) => engine().state.write(name, value),
    undo: (names) => engine().state.undo(names),
  };
}

/**
 * Trains on one engine, and on another from the step in which the first one's device is lost: that step is taken again, from the
 * state before it, which the first engine keeps outside of the device.
 */
export function fallbackEngine({ first, spare, onFallback, onClose }: FallbackOptions): EngineFactory {
  return async (program, options) => {
    let current = await first(program, options);
    let isSpare = false;
    const fallBack = async (error: unknown) => {
      if (isSpare || !(error instanceof DeviceLostError)) throw error;
      isSpare = true;
      const lost = current;
      current = await spare(continued(program, lost.state), options);
      // What is lost cannot be tidied up, either.
      await lost.close().catch(() => undefined);
      onFallback?.(error);
    };
    return {
      get workers() {
        return current.workers;
      },
      state: stateOf(() => current),
      async step(batch, at) {
        try {
          return await current.step(batch, at);
        } catch (error) {
          await fallBack(error);
          return current.step(batch, at);
        }
      },
      async write(values) {
        await current.write(values);
      },
      async close() {
        await current.close();
        onClose?.();
      },
    };
  };
}
