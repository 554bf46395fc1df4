import type { EngineFactory } from "./engine.ts";

/** Thrown into a training that has been measured for long enough. */
class Enough extends Error {
  override readonly name = "Enough";
}

/** Steps until code is compiled and caches are filled: so many, and for so long. */
const WARM_STEPS = 2;
const WARM_MS = 1000;
const MOST_WARM_STEPS = 40;
const TIMED_STEPS = 5;

/**
 * How many milliseconds a training step takes on an engine: the median of some, after others to warm up.
 *
 * @param train begins the training to measure, with the engine that it is given; it is ended by an error after some steps
 * @throws what `train` throws, unless it has come so far
 */
export async function measureTraining(
  createEngine: EngineFactory,
  train: (createEngine: EngineFactory) => Promise<unknown>,
): Promise<number> {
  const times: number[] = [];
  let begun: number | undefined;
  let warm = 0;
  const isWarm = (now: number) => warm >= MOST_WARM_STEPS || (warm >= WARM_STEPS && now - (begun ?? now) >= WARM_MS);
  const timed: EngineFactory = async (program, options) => {
    const engine = await createEngine(program, options);
    return {
      workers: engine.workers,
      state: engine.state,
      async step(batch, at) {
        const start = performance.now();
        if (times.length >= TIMED_STEPS) throw new Enough("train: measured");
        const result = await engine.step(batch, at);
        if (isWarm(start)) times.push(performance.now() - start);
        else warm++;
        begun ??= performance.now();
        return result;
      },
      write: (state) => engine.write(state),
      close: () => engine.close(),
    };
  };
  try {
    await train(timed);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Whether WebGPU trains faster, and what says so. */
export interface Verdict {
  readonly isFaster: boolean;
  readonly why: string;
}

/** @param gpu,wasm milliseconds a step; not a number where the training ended before it was measured */
export function verdict(gpu: number, wasm: number): Verdict {
  if (!Number.isFinite(gpu - wasm)) return { isFaster: false, why: "the training is too short to be measured" };
  const [there, here] = [gpu, wasm].map((time) => `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`);
  return gpu < wasm
    ? { isFaster: true, why: `it took ${there} a step, WASM ${here}` }
    : { isFaster: false, why: `WebGPU took ${there} a step, WASM ${here}` };
}
