import type {
  AttentionInput,
  AttentionModule,
  AttentionOutput,
  KnownAnswer,
  Mechanism,
} from "../attention/contract.ts";
import { softmax } from "../attention/softmax.ts";
import { CLASSES, drawProblems, KNOWN_ANSWERS, type Problem, problemBatch } from "../data/known-answers/index.ts";
import type { Initializer } from "../nn/initializers.ts";
import { Linear } from "../nn/linear.ts";
import { crossEntropy, type WeightedLoss } from "../nn/losses.ts";
import { Module } from "../nn/module.ts";
import { adam } from "../nn/optimizers.ts";
import { cosine } from "../nn/schedules.ts";
import { trace } from "../nn/trace.ts";
import type { EngineFactory } from "../runtime/engine.ts";
import { substitute } from "../tensor/graph.ts";
import { array, type NdArray } from "../tensor/nd-array.ts";
import { Tensor, zeros } from "../tensor/tensor.ts";
import { type NamedBatch, Trainer } from "./trainer.ts";

/** Size of queries and keys behind their projections. */
const DIM = 16;
/** Problems in a step. */
export const BATCH = 64;
const STEPS = 300;

/** How many steps a mechanism is trained for its demonstration. */
export function demonstrationSteps({ example }: Mechanism): number {
  return example.steps ?? STEPS;
}

/** What the model is given. */
export type Batch = Readonly<Record<"query" | "key" | "value", Tensor>> & { readonly mask?: Tensor };
type LabelledBatch = Batch & Readonly<Record<"label" | "where", Tensor>>;

/** Learned projections of query and key, the mechanism, and a readout of its output: nothing else helps it. */
export class DemonstrationModel extends Module {
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

  /** What the mechanism gets: queries and keys behind their projections. */
  project({ query, key, value, mask }: Batch): AttentionInput {
    return {
      query: this.queryProjection.forward(query),
      key: this.keyProjection.forward(key),
      value,
      ...(mask && { mask }),
    };
  }

  answer(batch: Batch): { logits: Tensor; answer: AttentionOutput } {
    return this.read(this.project(batch));
  }

  /** What it makes of projected queries and keys. */
  read(given: AttentionInput): { logits: Tensor; answer: AttentionOutput } {
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

/** Trains a model on the task of its mechanism. */
export function demonstrationTrainer(
  model: DemonstrationModel,
  { example }: Mechanism,
  { seed, steps, createEngine }: { seed: number; steps: number; createEngine: EngineFactory },
): Trainer<DemonstrationModel> {
  return new Trainer({
    model,
    loss: (model, batch) => lossOf(model, batch as LabelledBatch, example.loss),
    optimizer: adam({ learningRate: cosine({ rate: 0.03, steps, floor: 0.1 }) }),
    seed,
    createEngine,
  });
}

/** The problems of a training step. */
export function practice(task: KnownAnswer, seed: number, step: number): NamedBatch<string> {
  const problems = drawProblems(task, { seed, first: step * BATCH, count: BATCH });
  return { ...problemBatch(problems), where: placesOf(problems) };
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
