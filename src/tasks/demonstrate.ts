import type { AttentionInput, AttentionModule, AttentionOutput, Mechanism } from "../attention/contract.ts";
import { softmax } from "../attention/softmax.ts";
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
import { substitute } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { Tensor, zeros } from "../tensor/tensor.ts";
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

type Batch = Readonly<Record<"query" | "key" | "value", Tensor>> & { readonly mask?: Tensor };
type LabelledBatch = Batch & Readonly<Record<"label" | "where", Tensor>>;

/** Learned projections of query and key, the mechanism, and a readout of its output: nothing else helps it. */
class DemonstrationModel extends Module {
  readonly queryProjection: Linear;
  readonly keyProjection: Linear;
  readonly attention: AttentionModule;
  readonly readout: Linear;
  readonly #axes: string;
  readonly #isUniform: boolean;

  constructor({ axes, example }: Mechanism, { isUniform }: { isUniform: boolean }) {
    super();
    const { queryDim, keyDim, queryLen, keyLen } = KNOWN_ANSWERS[example.task];
    this.queryProjection = new Linear({ inputDim: queryDim, outputDim: DIM });
    this.keyProjection = new Linear({ inputDim: keyDim, outputDim: DIM });
    this.attention = example.build({ dim: DIM, valueDim: CLASSES, queryLen, keyLen });
    this.readout = new Linear({ inputDim: CLASSES, outputDim: CLASSES, initializer: identity });
    this.#axes = axes.replace("...", "batch");
    this.#isUniform = isUniform;
  }

  answer({ query, key, value, mask }: Batch): { logits: Tensor; answer: AttentionOutput } {
    const given = {
      query: this.queryProjection.forward(query),
      key: this.keyProjection.forward(key),
      value,
      ...(mask && { mask }),
    };
    const own = this.attention.forward(given);
    const answer = this.#isUniform ? withEqualWeights(own, given) : own;
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

/** An answer with equal weights on all allowed keys: whatever was computed from the weights is computed anew. */
function withEqualWeights(answer: AttentionOutput, { value, mask }: AttentionInput): AttentionOutput {
  const { output, weights } = answer;
  const overHeads = mask && weights.rank > mask.rank ? mask.unsqueeze(1) : mask;
  const equal = softmax(zeros(weights.shape, weights.dtype), overHeads);
  const tensors = Object.fromEntries(Object.entries(answer).filter(([, part]) => part instanceof Tensor));
  const anew = { ...answer, ...substitute(tensors, new Map([[weights, equal]])) };
  // An output that goes another way than through these weights, in chunks or blocks, is weights · value all the same.
  return anew.output === output ? { ...anew, output: equal.matmul(value) } : anew;
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
  { createEngine, backend, seed = 7, steps = mechanism.example.steps ?? STEPS }: DemonstrateOptions,
): Promise<Omit<Demonstration, "uniform">> {
  const { task, loss: extra } = mechanism.example;
  const trainer = new Trainer({
    model,
    loss: (model, batch) => lossOf(model, batch as LabelledBatch, extra),
    optimizer: adam({ learningRate: cosine({ rate: 0.03, steps, floor: 0.1 }) }),
    seed,
    createEngine,
  });
  try {
    for (let step = 0; step < steps; step++) {
      const problems = drawProblems(task, { seed, first: step * BATCH, count: BATCH });
      await trainer.takeStep({ ...problemBatch(problems), where: placesOf(problems) });
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

/** The keys that must be read: `[batch queryLen]`. */
function placesOf(problems: readonly Problem[]): NdArray {
  const [first] = problems as [Problem];
  return array(
    problems.flatMap(({ where }) => where),
    [problems.length, first.where.length],
    "int32",
  );
}

function lossOf(
  model: DemonstrationModel,
  { label, where, ...batch }: LabelledBatch,
  extra: Mechanism["example"]["loss"],
): WeightedLoss {
  const { logits, answer } = model.answer(batch);
  const { sum, weight } = crossEntropy(logits, label);
  if (!extra) return { sum, weight };
  const losses = logits.logSoftmax().gatherElements(label.unsqueeze(-1)).squeeze(-1).neg();
  return { sum: sum.add(extra({ model: model.attention, answer, losses, where }).sum()), weight };
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
