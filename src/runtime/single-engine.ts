import type { NdArray } from "../tensor/nd-array.ts";
import type { Backend } from "./backend.ts";
import {
  type Batch,
  drawNoise,
  type EngineFactory,
  isUsable,
  type NoiseInput,
  noiseInputs,
  rowsOf,
  SUM,
  scalarFeeds,
  shapeKey,
} from "./engine.ts";
import { compile, type Program, ProgramCache } from "./program.ts";
import { stepGraph } from "./step-graph.ts";
import { Update } from "./update.ts";
import { planUpdate } from "./update-plan.ts";

/**
 * Trains in one session: forward, backward and update are one graph, one run a step. Long vectors are updated in pieces: there
 * the graph ends at the gradient, and the update's own is run for each piece.
 */
export function singleEngine(backend: Backend): EngineFactory {
  return async (program) => {
    const state = backend.createState(program.state);
    const plan = planUpdate(program, backend.piece);
    const update = plan.pieces.length > 0 ? await Update.load(plan, backend, state) : undefined;
    const programs = new ProgramCache();
    const noise = new Map<string, readonly NoiseInput[]>();
    const compiled = (batch: Batch): Promise<Program> => {
      const key = shapeKey(batch);
      return programs.get(key, () => {
        const gradients = program.gradients(batch);
        noise.set(key, noiseInputs(gradients, rowsOf(batch)));
        if (update) return compile(gradients.outputs, { backend, state, reuse: true });
        const { outputs, next } = stepGraph(gradients, program.update);
        return compile(outputs, { backend, state, next });
      });
    };
    return {
      workers: 1,
      state,
      async step(batch, { step, scalars: given }) {
        const graph = await compiled(batch);
        const place = { seed: program.seed, step, firstExample: 0, examples: rowsOf(batch) };
        const feeds = { ...batch, ...drawNoise(noise.get(shapeKey(batch)) ?? [], place) };
        const scalars = { ...given, [SUM.examples]: rowsOf(batch) };
        const sums = await graph.run(update ? feeds : { ...feeds, ...scalarFeeds(scalars) });
        const result = { loss: Number(sums[SUM.loss]?.data[0]), weight: Number(sums[SUM.weight]?.data[0]) };
        if (!update && !isUsable(result)) state.undo(Object.keys(program.update));
        if (update && isUsable(result)) await update.run(vectorsOf(sums), { ...scalars, [SUM.weight]: result.weight });
        return result;
      },
      async write(values) {
        for (const [name, value] of Object.entries(values)) state.write(name, value);
      },
      async close() {
        await programs.release();
        await update?.release();
      },
    };
  };
}

function vectorsOf(sums: Readonly<Record<string, NdArray>>): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(sums).map(([name, { data }]) => [name, data as Float32Array]));
}
