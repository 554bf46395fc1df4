import type { Mechanism } from "../attention/contract.ts";
import { drawProblems, type Problem, problemBatch } from "../data/known-answers/index.ts";
import type { Backend } from "../runtime/backend.ts";
import type { EngineFactory } from "../runtime/engine.ts";
import { type NdArray, numbers } from "../tensor/nd-array.ts";
import {
  BATCH,
  DemonstrationModel,
  demonstrationSteps,
  demonstrationTrainer,
  practice,
} from "./demonstration-model.ts";
import { prepare } from "./inference.ts";

const TEST_COUNT = 200;

/** How well a model does on problems that training has not seen. */
export interface Demonstrated {
  /** Share of the queries that are answered right. */
  readonly accuracy: number;
  /** Mean weight on the key that must be read; of several heads, that of the best. */
  readonly onTarget: number;
}

export interface Demonstration extends Demonstrated {
  /** The same model, trained as long, with equal weights on all keys that the mask allows. */
  readonly uniform: Demonstrated;
  /** A problem of the test, and the weights that it got: rows × columns; of several heads, the best one's. */
  readonly problem: Problem;
  readonly weights: readonly number[];
}

export interface DemonstrateOptions {
  readonly createEngine: EngineFactory;
  readonly backend: Backend;
  /** Decides problems, initial values and noise; default 7. */
  readonly seed?: number;
  /** Default: the example's own, else 300. */
  readonly steps?: number;
  /** Where what uniform weights reach is kept, for the next mechanism on the same task that learns nothing itself. */
  readonly baselines?: Map<string, Promise<Demonstrated>>;
}

/**
 * Trains a mechanism on its task with a known answer, and the same model with uniform weights beside it; measures both on
 * problems that neither has seen, through the exported inference graph.
 */
export async function demonstrate(mechanism: Mechanism, options: DemonstrateOptions): Promise<Demonstration> {
  const shown = await measured(new DemonstrationModel(mechanism, { isUniform: false }), mechanism, options);
  return { ...shown, uniform: await baseline(mechanism, options) };
}

/** The same model, trained as long on the same problems, with uniform weights. */
async function baseline(mechanism: Mechanism, options: DemonstrateOptions): Promise<Demonstrated> {
  const { task, steps, loss } = mechanism.example;
  const model = new DemonstrationModel(mechanism, { isUniform: true });
  // With equal weights, mechanisms without parameters are all alike.
  const kind = model.attention.parameterCount > 0 || loss ? mechanism.name : "plain";
  const key = `${task} ${kind} ${options.seed} ${options.steps ?? steps}`;
  const found = options.baselines?.get(key) ?? measured(model, mechanism, options);
  options.baselines?.set(key, found);
  const { accuracy, onTarget } = await found;
  return { accuracy, onTarget };
}

async function measured(
  model: DemonstrationModel,
  mechanism: Mechanism,
  { createEngine, backend, seed = 7, steps = demonstrationSteps(mechanism) }: DemonstrateOptions,
): Promise<Omit<Demonstration, "uniform">> {
  const { task } = mechanism.example;
  const trainer = demonstrationTrainer(model, mechanism, { seed, steps, createEngine });
  try {
    for (let step = 0; step < steps; step++) await trainer.takeStep(practice(task, seed, step));
    await trainer.updateModel();
  } finally {
    await trainer.close();
  }
  const problems = drawProblems(task, { seed, first: steps * BATCH, count: TEST_COUNT });
  const { label, ...feeds } = problemBatch(problems);
  const types = Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, dtype }]) => [name, { shape: ["batch", ...shape.slice(1)], dtype }]),
  );
  const runner = await prepare(trainer.model, types, backend);
  const { symbols, weights } = (await runner.run(feeds)) as Record<string, NdArray>;
  await runner.release();
  return judge(problems, { label, symbols: symbols as NdArray, weights: weights as NdArray });
}

interface Judged {
  readonly label: NdArray;
  readonly symbols: NdArray;
  /** `[batch … queryLen keyLen]` */
  readonly weights: NdArray;
}

function judge(problems: readonly Problem[], { label, symbols, weights }: Judged): Omit<Demonstration, "uniform"> {
  const right = numbers(symbols).filter((symbol, i) => symbol === Number(label.data[i])).length;
  const [first] = problems as [Problem];
  const size = first.query.length * first.key.length;
  const all = numbers(weights);
  const heads = all.length / problems.length / size;
  const rows = problems.flatMap(({ where }, problem) => where.map((at, query) => ({ problem, query, at })));
  const weightOf = (head: number, { problem, query, at }: (typeof rows)[number]) =>
    all[(problem * heads + head) * size + query * first.key.length + at] as number;
  const onTargets = Array.from(
    { length: heads },
    (_, head) => rows.reduce((sum, row) => sum + weightOf(head, row), 0) / rows.length,
  );
  const onTarget = Math.max(...onTargets);
  const best = onTargets.indexOf(onTarget);
  return {
    accuracy: right / rows.length,
    onTarget,
    problem: first,
    weights: all.slice(best * size, (best + 1) * size),
  };
}
