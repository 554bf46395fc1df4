import type { Backend } from "./backend.ts";
import { type EngineFactory, fillNoise, isUsable, rowsOf, SUM, scalarFeeds, shapeKey } from "./engine.ts";
import { compile, ProgramCache } from "./program.ts";
import { stepGraph } from "./step-graph.ts";

/** Trains in one session: forward, backward and update are one graph, one run a step. */
export function singleEngine(backend: Backend): EngineFactory {
  return async (program) => {
    const state = backend.createState(program.state);
    const programs = new ProgramCache();
    const noise = new Map<string, ReturnType<typeof program.gradients>["noise"]>();
    return {
      workers: 1,
      state,
      async step(batch, { step, scalars }) {
        const key = shapeKey(batch);
        const compiled = await programs.get(key, () => {
          const gradients = program.gradients(batch);
          noise.set(key, gradients.noise);
          const { outputs, next } = stepGraph(gradients, program.update);
          return compile(outputs, { backend, state, next });
        });
        const filled = Object.fromEntries(
          [...(noise.get(key) ?? [])].map(([name, input]) => {
            return [name, fillNoise(input, { seed: program.seed, step, firstExample: 0, examples: rowsOf(batch) })];
          }),
        );
        const sums = await compiled.run({
          ...batch,
          ...filled,
          ...scalarFeeds({ ...scalars, [SUM.examples]: rowsOf(batch) }),
        });
        const result = { loss: Number(sums[SUM.loss]?.data[0]), weight: Number(sums[SUM.weight]?.data[0]) };
        if (!isUsable(result)) state.undo(Object.keys(program.update));
        return result;
      },
      async write(values) {
        for (const [name, value] of Object.entries(values)) state.write(name, value);
      },
      close: () => programs.release(),
    };
  };
}
