import { ModelError } from "../tensor/errors.ts";
import type { Outputs } from "../tensor/graph.ts";
import { type NdArray, product } from "../tensor/nd-array.ts";
import { Rng } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { State } from "./backend.ts";

/** Arrays of one batch; the first axis of each counts its examples. */
export type Batch = Readonly<Record<string, NdArray>>;

/** Names of a gradient graph's outputs, and of the update's inputs of the same meaning; `examples` and `squares` the engine adds itself. */
export const SUM = {
  gradient: "sum.gradient",
  buffers: "sum.buffers",
  squares: "sum.squares",
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

/** The update cut up, for vectors that are longer than a processor's cache. All of it is of the one dimension `size`. */
export interface UpdateInPieces {
  /** `sum.squares` of a piece of `sum.gradient`; nothing where the update does not ask for the sum over all of them. */
  readonly squares: Outputs;
  /** The vectors from their beginning to their end: so many elements are updated, piece by piece, by this graph. */
  readonly runs: readonly { readonly size: number; readonly update: Outputs }[];
  /** Next values of all other states. */
  readonly rest: Outputs;
}

/** What an engine trains with. */
export interface TrainingProgram {
  /** Seed of the noise. */
  readonly seed: number;
  /** First values of all states: `parameters`, the optimiser's slots, frozen parameters. */
  readonly state: Readonly<Record<string, NdArray>>;
  /** Next values of states, from inputs `sum.gradient`, `sum.weight`, states and scalars. */
  readonly update: Outputs;
  /** The same values in pieces; left out, the update is always made at once. */
  readonly updateInPieces?: () => UpdateInPieces;
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

/** An input to be filled with noise. */
export interface NoiseInput {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Which step a batch is of, and which of all its examples are here. */
export interface NoisePlace {
  readonly seed: number;
  readonly step: number;
  readonly firstExample: number;
  readonly examples: number;
}

/** The noise inputs of a graph for so many examples. @throws ModelError for a first axis that does not count the examples */
export function noiseInputs({ noise }: Pick<GradientGraph, "noise">, examples: number): NoiseInput[] {
  return [...noise].map(([name, tensor]) => {
    const shape = tensor.shape as readonly number[];
    rowsEach({ name, shape }, examples);
    return { name, shape };
  });
}

/** How many rows of noise each example has. @throws ModelError where that is no whole number: sharing the batch would change it */
function rowsEach({ name, shape }: NoiseInput, examples: number): number {
  const rows = (shape[0] ?? 1) / examples;
  if (Number.isInteger(rows)) return rows;
  throw new ModelError(
    `${name}: expected a first axis that counts the ${examples} examples but found shape [${shape}]; put the batch first`,
  );
}

/**
 * Uniform numbers for noise inputs: a function of seed, step, name and each example's index in the whole batch. The first axis
 * counts the examples, or as many rows for each example, one after the other.
 *
 * @throws ModelError for any other first axis
 */
export function drawNoise(inputs: readonly NoiseInput[], place: NoisePlace): Record<string, NdArray> {
  return Object.fromEntries(inputs.map((input) => [input.name, drawOne(input, place)]));
}

function drawOne(input: NoiseInput, { seed, step, firstExample, examples }: NoisePlace): NdArray {
  const { name, shape } = input;
  const first = firstExample * rowsEach(input, examples);
  const data = new Float32Array(product(shape));
  const width = product(shape.slice(1));
  const rng = new Rng(seed, name);
  for (let row = 0; row < (shape[0] ?? 0); row++) {
    rng.fill(data, { start: row * width, end: (row + 1) * width, index: first + row, step });
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
