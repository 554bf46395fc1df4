import { attend } from "../attention/attend.ts";
import {
  type AttentionInput,
  type AttentionModule,
  type AttentionOutput,
  type Mechanism,
  moduleOf,
} from "../attention/contract.ts";
import { CLASSES, drawProblems, KNOWN_ANSWERS, type Problem, problemBatch } from "../data/known-answers/index.ts";
import type { Initializer } from "../nn/initializers.ts";
import { Linear } from "../nn/linear.ts";
import { crossEntropy, type WeightedLoss } from "../nn/losses.ts";
import { Module } from "../nn/module.ts";
import { adam } from "../nn/optimizers.ts";
import { cosine } from "../nn/schedules.ts";
import { trace } from "../nn/trace.ts";
import type { Backend } from "../runtime/backend.ts";
import type { EngineFactory } from "../runtime/engine.ts";
import { type NdArray, numbers } from "../tensor/nd-array.ts";
import { type Tensor, zeros } from "../tensor/tensor.ts";
import { prepare } from "./inference.ts";
import { Trainer } from "./trainer.ts";

/** Size of queries and keys behind their projections. */
const DIM = 16;
const BATCH = 64;
const STEPS = 300;
const TEST_COUNT = 200;

/** How well a model does on problems that training has not seen. */
export interface Demonstrated {
  /** Share of the queries that are answered right. */
  readonly accuracy: number;
  /** Mean weight on the key that must be read; of several heads, that of the best. */
  readonly onTarget: number;
}

export interface Demonstration extends Demonstrated {
  /** The same model, trained as long, with equal weights on all allowed keys. */
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
  /** Where what uniform weights reach is kept, for the next mechanism on the same task. */
  readonly baselines?: Map<string, Promise<Demonstrated>>;
}

type Batch = Readonly<Record<"query" | "key" | "value" | "mask", Tensor>>;

/** Learned projections of query and key, the mechanism, and a readout of its output: nothing else helps it. */
class DemonstrationModel extends Module {
  readonly queryProjection: Linear;
  readonly keyProjection: Linear;
  readonly attention: AttentionModule;
  readonly readout: Linear;
  readonly #axes: string;

  constructor({ axes, example }: Mechanism, attention: AttentionModule) {
    super();
    const { queryDim, keyDim } = KNOWN_ANSWERS[example.task];
    this.queryProjection = new Linear({ inputDim: queryDim, outputDim: DIM });
    this.keyProjection = new Linear({ inputDim: keyDim, outputDim: DIM });
    this.attention = attention;
    this.readout = new Linear({ inputDim: CLASSES, outputDim: CLASSES, initializer: identity });
    this.#axes = axes.replace("...", "batch");
  }

  answer({ query, key, value, mask }: Batch): { logits: Tensor; answer: AttentionOutput } {
    const answer = this.attention.forward({
      query: this.queryProjection.forward(query),
      key: this.keyProjection.forward(key),
      value,
      mask,
    });
    trace("weights", answer.weights, this.#axes);
    return { logits: this.readout.forward(answer.output), answer };
  }

  forward(batch: Readonly<Record<string, Tensor>>): { symbols: Tensor } {
    return { symbols: this.answer(batch as Batch).logits.argMax() };
  }
}

/**
 * A readout that starts as it should end, up to its scale: from a random one, a model can learn to look at everything but the
 * right key, which no training leads out of.
 */
const identity: Initializer = (data, [rows, columns]) => {
  for (let i = 0; i < (rows as number); i++) data[i * (columns as number) + i] = 1;
};

/** What learns nothing of where to look. */
const uniform = moduleOf((input: AttentionInput) => {
  const score = ({ query, key }: { query: Tensor; key: Tensor }) => {
    return zeros([...query.shape.slice(0, -1), key.dim(-2)]);
  };
  return attend({ ...input, score });
});

/**
 * Trains a mechanism on its task with a known answer, and the same model with uniform weights beside it; measures both on
 * problems that neither has seen, through the exported inference graph.
 */
export async function demonstrate(mechanism: Mechanism, options: DemonstrateOptions): Promise<Demonstration> {
  const { build } = mechanism.example;
  const { queryLen, keyLen } = KNOWN_ANSWERS[mechanism.example.task];
  const attention = build({ dim: DIM, valueDim: CLASSES, queryLen, keyLen });
  const shown = await measured(mechanism, attention, options);
  return { ...shown, uniform: await baseline(mechanism, options) };
}

/** The same model, trained as long on the same problems, with uniform weights. */
function baseline(mechanism: Mechanism, options: DemonstrateOptions): Promise<Demonstrated> {
  const { task, steps } = mechanism.example;
  const key = `${task} ${options.seed} ${options.steps ?? steps}`;
  const plain = { ...mechanism, axes: "batch queryLen keyLen", example: { task, steps, build: () => uniform } };
  const found = options.baselines?.get(key) ?? measured(plain as Mechanism, uniform, options);
  options.baselines?.set(key, found);
  return found.then(({ accuracy, onTarget }) => ({ accuracy, onTarget }));
}

async function measured(
  mechanism: Mechanism,
  attention: AttentionModule,
  { createEngine, backend, seed = 7, steps = mechanism.example.steps ?? STEPS }: DemonstrateOptions,
): Promise<Omit<Demonstration, "uniform">> {
  const { task, loss: extra } = mechanism.example;
  const trainer = new Trainer({
    model: new DemonstrationModel(mechanism, attention),
    loss: (model, batch: Readonly<Record<keyof ReturnType<typeof problemBatch>, Tensor>>) =>
      lossOf(model, batch, extra),
    optimizer: adam({ learningRate: cosine({ rate: 0.03, steps, floor: 0.1 }) }),
    seed,
    createEngine,
  });
  try {
    for (let step = 0; step < steps; step++) {
      const problems = drawProblems(task, { seed, first: step * BATCH, count: BATCH });
      await trainer.takeStep(problemBatch(problems));
    }
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

function lossOf(
  model: DemonstrationModel,
  { label, ...batch }: Batch & { readonly label: Tensor },
  extra: Mechanism["example"]["loss"],
): WeightedLoss {
  const { logits, answer } = model.answer(batch);
  const { sum, weight } = crossEntropy(logits, label);
  if (!extra) return { sum, weight };
  const losses = logits.logSoftmax().gatherElements(label.unsqueeze(-1)).squeeze(-1).neg();
  return { sum: sum.add(extra(answer, losses).sum()), weight };
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
