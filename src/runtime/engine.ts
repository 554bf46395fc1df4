import { ModelError } from "../tensor/errors.ts";
import type { Outputs } from "../tensor/graph.ts";
import { type NdArray, product } from "../tensor/nd-array.ts";
import { Rng } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { State } from "./backend.ts";

/** Arrays of one batch; the first axis of each counts its examples. */
export type Batch = Readonly<Record<string, NdArray>>;

/** Names of a gradient graph's outputs, and of the update's inputs of the same meaning; `examples` the engine counts itself. */
export const SUM = {
  gradient: "sum.gradient",
  buffers: "sum.buffers",
  examples: "sum.examples",
  loss: "sum.loss",
  weight: "sum.weight",
} as const;

/** Outputs of a gradient graph: sums over the batch, to be added over batches and workers and divided once. */
export interface GradientGraph {
  /** `sum.gradient` `[size]`, `sum.loss` `[]`, `sum.weight` `[]`, and where there are buffers `sum.buffers`; inputs: the batch's arrays, noise, and states. */
  readonly outputs: Outputs;
  /** Inputs to be filled with uniform numbers in [0, 1), by name; their first axis counts the examples. */
  readonly noise: ReadonlyMap<string, Tensor>;
}

/** What an engine trains with. */
export interface TrainingProgram {
  /** Seed of the noise. */
  readonly seed: number;
  /** First values of all states: `parameters`, the optimiser's slots, frozen parameters. */
  readonly state: Readonly<Record<string, NdArray>>;
  /** Next values of states, from inputs `sum.gradient`, `sum.weight`, states and scalars. */
  readonly update: Outputs;
  /** The gradient graph for batches of the shapes of this one. */
  readonly gradients: (batch: Batch) => GradientGraph;
}

/** Sums over the batch. */
export interface StepResult {
  readonly loss: number;
  readonly weight: number;
}

/** Takes training steps: in one session, or on several workers that share each batch. */
export interface Engine {
  readonly workers: number;
  /** The state of the first worker; all are alike. */
  readonly state: State;
  /** @param step counted from 0; with the seed, it decides the noise */
  step(batch: Batch, options: { step: number; scalars: Readonly<Record<string, number>> }): Promise<StepResult>;
  /** Replaces states everywhere. */
  write(state: Readonly<Record<string, NdArray>>): Promise<void>;
  close(): Promise<void>;
}

export type EngineFactory = (program: TrainingProgram, options: { workers: number }) => Promise<Engine>;

/** The examples that one of `count` workers takes: consecutive, as equal in number as can be. */
export function shard(batch: Batch, rank: number, count: number): Batch {
  const rows = rowsOf(batch);
  const [start, end] = [Math.floor((rank * rows) / count), Math.floor(((rank + 1) * rows) / count)];
  return Object.fromEntries(
    Object.entries(batch).map(([name, { data, shape, dtype }]) => {
      const width = product(shape.slice(1));
      return [name, { data: data.slice(start * width, end * width), shape: [end - start, ...shape.slice(1)], dtype }];
    }),
  );
}

export function rowsOf(batch: Batch): number {
  return Object.values(batch)[0]?.shape[0] ?? 0;
}

/** A name for the shapes of a batch. */
export function shapeKey(batch: Batch): string {
  return Object.entries(batch)
    .map(([name, { shape, dtype }]) => `${name} ${dtype}[${shape}]`)
    .join(" ");
}

/** Whether a step can be made from these sums: their quotient is a number. */
export function isUsable({ loss, weight }: StepResult): boolean {
  return Number.isFinite(loss / weight);
}

/**
 * Uniform numbers for a noise input: a function of seed, step, name and each example's index in the whole batch. The first axis
 * counts the examples, or as many rows for each example, one after the other.
 *
 * @throws ModelError for any other first axis: sharing the batch would change the numbers
 */
export function fillNoise(
  input: Tensor,
  options: { seed: number; step: number; firstExample: number; examples: number },
): NdArray {
  const { seed, step, examples } = options;
  const shape = input.shape as readonly number[];
  const perExample = (shape[0] ?? 1) / examples;
  const firstExample = options.firstExample * perExample;
  if (!Number.isInteger(perExample)) {
    const name = input.node.attributes.name as string;
    throw new ModelError(
      `${name}: expected a first axis that counts the ${examples} examples but found shape [${shape}]; put the batch first`,
    );
  }
  const data = new Float32Array(product(shape));
  const width = product(shape.slice(1));
  const rng = new Rng(seed, input.node.attributes.name as string);
  for (let row = 0; row < (shape[0] ?? 0); row++) {
    rng.at(firstExample + row, step);
    for (let i = 0; i < width; i++) data[row * width + i] = rng.uniform();
  }
  return { data, shape, dtype: "float32" };
}

export function scalarFeeds(scalars: Readonly<Record<string, number>>): Record<string, NdArray> {
  return Object.fromEntries(
    Object.entries(scalars).map(([name, value]) => [
      name,
      { data: Float32Array.of(value), shape: [], dtype: "float32" },
    ]),
  );
}
