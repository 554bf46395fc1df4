import type { Mechanism } from "../attention/contract.ts";
import { CLASSES, drawProblems, letter, type Problem, problemBatch } from "../data/known-answers/index.ts";
import { initialize } from "../nn/module.ts";
import { traceGraph } from "../nn/trace.ts";
import type { EngineFactory } from "../runtime/engine.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { sameShape } from "../tensor/dim.ts";
import type { Outputs } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import {
  type Batch,
  DemonstrationModel,
  demonstrationSteps,
  demonstrationTrainer,
  practice,
} from "./demonstration-model.ts";
import type { StepEvent } from "./trainer.ts";

/** Problems of training are drawn from the start of the stream, those to look at from here on. */
const SHOWN = 2 ** 31;

/** A table of numbers, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: readonly number[];
}

/** What a mechanism gets: queries and keys as they are behind the learned projections, a row each. */
export interface WalkInput {
  readonly query: Matrix;
  readonly key: Matrix;
  readonly value: Matrix;
  /** Which keys each query may read; default: all. */
  readonly mask?: Matrix;
}

/** A problem, and what the mechanism gets of it. */
export interface WalkProblem {
  readonly problem: Omit<Problem, "forbidden">;
  readonly input: WalkInput;
  /** How pictures call the symbols that keys carry. */
  readonly symbols: readonly string[];
}

/** One pass, stage by stage: scores → weights → output. */
export interface Walk {
  /** `queryLen × keyLen`, of each head; none where a mechanism has no scores of its own, or takes its queries one by one. */
  readonly scores: readonly Matrix[];
  /** `queryLen × keyLen`, of each head. */
  readonly weights: readonly Matrix[];
  /** `queryLen × outputDim` */
  readonly output: Matrix;
  /** How likely the readout finds each symbol: `queryLen × symbols`. */
  readonly answers: Matrix;
}

/**
 * A mechanism to play with: on its task with a known answer, trained or not, its stages for any queries and keys. They are computed
 * by the code of `attention/` itself, on the reference runtime in float64.
 */
export class WalkThrough {
  readonly mechanism: Mechanism;
  readonly steps: number;
  readonly #model: DemonstrationModel;
  readonly #seed: number;
  readonly #graphs = new Map<string, WalkGraph>();
  #isTrained = false;

  /** @param options.seed decides problems and initial values; default 7 */
  constructor(mechanism: Mechanism, { seed = 7 }: { seed?: number } = {}) {
    this.mechanism = mechanism;
    this.steps = demonstrationSteps(mechanism);
    this.#model = new DemonstrationModel(mechanism, { isUniform: false });
    this.#seed = seed;
    initialize(this.#model, seed);
  }

  get isTrained(): boolean {
    return this.#isTrained;
  }

  /** Trains it, as its page in the documents is: an event a step. Leaving early keeps what was reached. */
  async *train(createEngine: EngineFactory): AsyncGenerator<StepEvent, void> {
    const { steps, mechanism } = this;
    const trainer = demonstrationTrainer(this.#model, mechanism, { seed: this.#seed, steps, createEngine });
    try {
      for (let step = 0; step < steps; step++) {
        yield await trainer.takeStep(practice(mechanism.example.task, this.#seed, step));
      }
    } finally {
      await trainer.updateModel();
      await trainer.close();
      this.#isTrained = true;
    }
  }

  /** A problem that training never sees, by number. */
  problem(index: number): WalkProblem {
    const { task } = this.mechanism.example;
    const [problem] = drawProblems(task, { seed: this.#seed, first: SHOWN + index, count: 1 }) as [Problem];
    const { label: _, ...batch } = problemBatch([problem]);
    const leaves = Object.entries(batch).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)] as const);
    const { query, key } = this.#model.project(Object.fromEntries(leaves) as unknown as Batch);
    const fed = leaves.map(([name, leaf]) => [leaf, batch[name as "query"]] as const);
    const found = evaluate({ query, key }, new Map([...fed, ...this.#values()]));
    const { forbidden, ...plain } = problem;
    const rows = problem.query.length;
    return {
      problem: plain,
      symbols: Array.from({ length: CLASSES }, (_, symbol) => letter(symbol)),
      input: {
        query: matrixOf(found.query as NdArray),
        key: matrixOf(found.key as NdArray),
        value: matrixOf(batch.value),
        ...(batch.mask && { mask: repeated(matrixOf(batch.mask), rows) }),
      },
    };
  }

  /** @throws ShapeError for queries and keys of other sizes than the task's */
  walk(given: WalkInput): Walk {
    const { leaves, outputs } = this.#graphFor(given);
    const fed = Object.entries(given).map(([name, { rows, columns, data }]: [string, Matrix]) => {
      const dtype = name === "mask" ? "bool" : "float64";
      return [leaves.get(name) as Tensor, array(data, [1, rows, columns], dtype)] as const;
    });
    const { scores, weights, output, answers } = evaluate(outputs, new Map([...fed, ...this.#values()]));
    return {
      scores: scores ? matricesOf(scores) : [],
      weights: matricesOf(weights as NdArray),
      output: matrixOf(output as NdArray),
      answers: matrixOf(answers as NdArray),
    };
  }

  /** The stages as a graph: with a mask or without one, each is built once. */
  #graphFor({ mask, ...others }: WalkInput): WalkGraph {
    const key = mask ? "masked" : "plain";
    const known = this.#graphs.get(key);
    if (known) return known;
    const given = { ...others, ...(mask && { mask }) };
    const leaves = new Map(
      Object.entries(given).map(([name, { rows, columns }]) => {
        return [name, input(name, [1, rows, columns], name === "mask" ? "bool" : "float32")] as const;
      }),
    );
    const { result, stages } = traceGraph({ training: false }, () => {
      return this.#model.read(Object.fromEntries(leaves) as unknown as Batch);
    });
    const { output, weights } = result.answer;
    const scores = stages.get("scores");
    const hasScores = scores !== undefined && sameShape(scores.shape, weights.shape);
    const outputs = { output, weights, answers: result.logits.softmax(), ...(hasScores && { scores }) };
    const graph = { leaves, outputs };
    this.#graphs.set(key, graph);
    return graph;
  }

  *#values(): Iterable<readonly [Tensor, NdArray]> {
    for (const [, leaf] of [...this.#model.parameters(), ...this.#model.buffers()]) {
      if (leaf.value) yield [leaf, leaf.value];
    }
  }
}

interface WalkGraph {
  readonly leaves: ReadonlyMap<string, Tensor>;
  readonly outputs: Outputs;
}

/** The last two axes of an array of one example and one head. */
function matrixOf({ data, shape }: NdArray): Matrix {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return { rows, columns, data: Array.from(data as ArrayLike<number>, Number) };
}

/** `[1 … queryLen keyLen]`, a matrix for each head. */
function matricesOf(value: NdArray): Matrix[] {
  const [rows, columns] = value.shape.slice(-2) as [number, number];
  const all = numbers(value);
  const size = rows * columns;
  return Array.from({ length: all.length / size }, (_, head) => ({
    rows,
    columns,
    data: all.slice(head * size, (head + 1) * size),
  }));
}

/** One row for every query, where all have the same. */
function repeated({ rows, columns, data }: Matrix, wanted: number): Matrix {
  if (rows === wanted) return { rows, columns, data };
  return {
    rows: wanted,
    columns,
    data: Array.from({ length: wanted * columns }, (_, i) => data[i % columns] as number),
  };
}
