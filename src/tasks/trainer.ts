import { FlatParameters } from "../nn/flat.ts";
import type { WeightedLoss } from "../nn/losses.ts";
import { initialize, type Module } from "../nn/module.ts";
import { AVERAGE, type Optimizer } from "../nn/optimizers.ts";
import { requirePositiveIntegers } from "../nn/options.ts";
import type { Batch, Engine, EngineFactory } from "../runtime/engine.ts";
import { ModelError } from "../tensor/errors.ts";
import type { NdArray } from "../tensor/nd-array.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { gradientGraph, updateGraph, updateInPieces } from "./training-graph.ts";

export interface TrainerOptions<M extends Module, Name extends string = string> {
  readonly model: M;
  /**
   * The loss of a batch, as a graph: usually `model.forward` of some of its arrays and a loss of what that gives. Annotate the
   * batch, as in `(model, { text, label }: Record<"text" | "label", Tensor>) => …`, and `fit` takes only batches that fit.
   */
  readonly loss: (model: M, batch: Readonly<Record<Name, Tensor>>) => WeightedLoss;
  readonly optimizer: Optimizer;
  /** Decides initial values and noise. */
  readonly seed: number;
  readonly createEngine: EngineFactory;
  /** Default: 1. */
  readonly workers?: number;
}

/** Arrays of one batch, by the names that the loss knows them by; the first axis of each counts the examples. */
export type NamedBatch<Name extends string> = Readonly<Record<Name, NdArray>>;

/** One training step, just taken. */
export interface StepEvent {
  readonly type: "step";
  /** Steps taken so far. */
  readonly step: number;
  /** Mean loss of the batch. */
  readonly loss: number;
  readonly learningRate: number;
}

/** Trains a model: derives the training step from its loss, and keeps the state between steps. */
export class Trainer<M extends Module, Name extends string = string> {
  readonly model: M;
  readonly #flat: FlatParameters;
  readonly #optimizer: Optimizer;
  readonly #engine: Promise<Engine>;
  #step = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ model, loss, optimizer, seed, createEngine, workers = 1 }: TrainerOptions<M, Name>) {
    requirePositiveIntegers("Trainer", { workers });
    initialize(model, seed);
    this.model = model;
    this.#flat = new FlatParameters(model);
    this.#optimizer = optimizer;
    const zero = (): NdArray => ({
      data: new Float32Array(this.#flat.size),
      shape: [this.#flat.size],
      dtype: "float32",
    });
    const program = {
      seed,
      state: { ...this.#flat.values(), ...Object.fromEntries(optimizer.slots.map((name) => [name, zero()])) },
      update: updateGraph(this.#flat, optimizer),
      updateInPieces: () => updateInPieces(this.#flat, optimizer),
      gradients: (batch: Batch) => gradientGraph(this.#flat, (leaves) => loss(model, leaves), batch),
    };
    this.#engine = createEngine(program, { workers });
    this.#engine.catch(() => undefined);
  }

  /** Steps taken so far. */
  get step(): number {
    return this.#step;
  }

  /**
   * Takes one step on each batch, and gives the model its new values when the loop ends, however it ends.
   *
   * @throws ModelError when the loss is no longer a number; the model then has the values of the last good step
   */
  async *fit(batches: AsyncIterable<NamedBatch<Name>> | Iterable<NamedBatch<Name>>): AsyncGenerator<StepEvent, void> {
    try {
      for await (const batch of batches) yield await this.takeStep(batch);
    } finally {
      await this.updateModel();
    }
  }

  /**
   * Takes one step; calls that overlap are taken in turn.
   *
   * @throws ModelError when the loss is not a finite number; the state is then as before
   */
  takeStep(batch: NamedBatch<Name>): Promise<StepEvent> {
    const taken = this.#last.then(() => this.#takeStep(batch));
    this.#last = taken.catch(() => undefined);
    return taken;
  }

  async #takeStep(batch: NamedBatch<Name>): Promise<StepEvent> {
    const engine = await this.#engine;
    const scalars = this.#optimizer.scalars(this.#step);
    const { loss, weight } = await engine.step(batch, { step: this.#step, scalars });
    const mean = loss / weight;
    if (!Number.isFinite(mean)) {
      throw new ModelError(
        `train: expected a finite loss but found ${mean} at step ${this.#step + 1}; lower the learning rate or clip the gradient`,
      );
    }
    this.#step++;
    return { type: "step", step: this.#step, loss: mean, learningRate: scalars.learningRate as number };
  }

  /**
   * The parameters' present values, by name: their average where the optimiser keeps one.
   *
   * @throws ModelError when one is no longer a finite number
   */
  async parameters(): Promise<Map<string, NdArray>> {
    return this.#read(this.#step > 0 && this.#optimizer.slots.includes(AVERAGE) ? AVERAGE : "parameters");
  }

  /** The vectors of the state. */
  get #vectors(): readonly string[] {
    const { buffers, frozen } = this.#flat;
    const others = [buffers, frozen].filter(({ size }) => size > 0).map(({ name }) => name);
    return ["parameters", ...this.#optimizer.slots, ...others];
  }

  #layout(vector: string): FlatParameters["trainable"] | FlatParameters["buffers"] {
    const { buffers, frozen, trainable } = this.#flat;
    return [buffers, frozen].find(({ name }) => name === vector) ?? trainable;
  }

  /** A vector of the state by parameter name. @throws ModelError when it holds what is no finite number */
  async #read(vector: string): Promise<Map<string, NdArray>> {
    const all = this.#layout(vector).takeApart((await this.#engine).state.read(vector));
    for (const [name, { data }] of all) {
      const bad = (data as Float32Array).find((value) => !Number.isFinite(value));
      if (bad === undefined) continue;
      throw new ModelError(
        `train: expected finite parameters but found ${bad} in ${name} after step ${this.#step}; lower the learning rate or clip the gradient`,
      );
    }
    return all;
  }

  /** Writes the present values into the model's parameters and buffers. */
  async updateModel(): Promise<void> {
    const values = await this.parameters();
    if (this.#flat.buffers.size > 0) for (const [name, value] of await this.#read("buffers")) values.set(name, value);
    for (const { name, leaf } of [...this.#flat.trainable.slots, ...this.#flat.buffers.slots]) {
      leaf.value = values.get(name) as NdArray;
    }
  }

  /**
   * Everything that goes on from here: each state vector by parameter name, as `firstMoment/encoder.bias`.
   *
   * @throws ModelError when it holds what is no finite number
   */
  async checkpoint(): Promise<Map<string, NdArray>> {
    const all = new Map<string, NdArray>();
    for (const vector of this.#vectors) {
      for (const [name, value] of await this.#read(vector)) all.set(`${vector}/${name}`, value);
    }
    return all;
  }

  /** Goes on from a checkpoint taken at `step`. @throws ModelError when it is of another model or optimiser */
  async restore(checkpoint: ReadonlyMap<string, NdArray>, step: number): Promise<void> {
    const names = this.#vectors;
    const known = new Set(names.flatMap((vector) => this.#layout(vector).slots.map(({ name }) => `${vector}/${name}`)));
    for (const name of checkpoint.keys()) {
      if (known.has(name)) continue;
      throw new ModelError(`restore: expected a checkpoint of this model and its optimizer but found ${name} in it`);
    }
    const vectors = names.map((vector) => {
      const parts = [...checkpoint].filter(([name]) => name.startsWith(`${vector}/`));
      return [
        vector,
        this.#layout(vector).putTogether(new Map(parts.map(([name, value]) => [name.slice(vector.length + 1), value]))),
      ];
    });
    await (await this.#engine).write(Object.fromEntries(vectors));
    this.#step = step;
  }

  async close(): Promise<void> {
    await (await this.#engine).close();
  }
}
