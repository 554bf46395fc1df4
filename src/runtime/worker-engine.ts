import { writeModel } from "../onnx/write.ts";
import { ModelError } from "../tensor/errors.ts";
import type { Backend, Session } from "./backend.ts";
import {
  type Batch,
  drawNoise,
  type Engine,
  type EngineFactory,
  type NoiseInput,
  type NoisePlace,
  noiseInputs,
  rowsOf,
  type StepResult,
  SUM,
  shapeKey,
  shard,
  type TrainingProgram,
} from "./engine.ts";
import type { Exchange } from "./exchange.ts";
import { lower } from "./program.ts";
import { Rank } from "./rank.ts";
import { RUN_OPSET } from "./session-options.ts";
import { singleEngine } from "./single-engine.ts";
import { Update } from "./update.ts";
import { planUpdate } from "./update-plan.ts";
import type { Arrays, WorkerOrder, WorkerPort, WorkerSetup } from "./worker-port.ts";

/** Where workers come from. */
export interface WorkerHost {
  readonly backend: Backend;
  /** Starts one worker for each of these, ranks 1 and up, and gives the exchange of rank 0, the caller, with them. */
  start(setups: readonly WorkerSetup[]): Promise<{ exchange: Exchange; workers: readonly WorkerPort[] }>;
}

/**
 * Trains on workers, one session each, which share every batch by examples. One worker is the caller itself, so `workers: 2`
 * starts one more. The result equals one worker's to rounding, and is the same at every run.
 */
export function workerEngine(host: WorkerHost): EngineFactory {
  return (program, options) =>
    options.workers === 1 ? singleEngine(host.backend)(program, options) : startWorkers(host, program, options.workers);
}

async function startWorkers(host: WorkerHost, program: TrainingProgram, ranks: number): Promise<Engine> {
  const { parameters, buffers } = program.state;
  const sums = {
    [SUM.gradient]: parameters?.data.length as number,
    ...(buffers ? { [SUM.buffers]: buffers.data.length } : {}),
  };
  const plan = planUpdate(program, host.backend.piece);
  const common = { ranks, sums, state: program.state, update: plan };
  const { exchange, workers } = await host.start(
    Array.from({ length: ranks - 1 }, (_, i) => ({ ...common, rank: i + 1 })),
  );
  const state = host.backend.createState(program.state);
  try {
    const update = await Update.load(plan, host.backend, state);
    const first = new Rank({ sums, exchange, update, state });
    return new WorkerEngine({ backend: host.backend, program, workers, first, exchange });
  } catch (error) {
    exchange.giveUp();
    await Promise.all(workers.map((worker) => worker.leave()));
    throw error;
  }
}

/** How long to wait for a failed worker's own words. */
const WORDS_MS = 1000;
/** Eight shapes of batches, whose shards may be of two sizes. */
const MOST_SESSIONS = 16;

class WorkerEngine implements Engine {
  readonly workers: number;
  readonly #backend: Backend;
  readonly #program: TrainingProgram;
  readonly #others: readonly WorkerPort[];
  readonly #first: Rank;
  readonly #sessions = new Map<string, Session>();
  readonly #noise = new Map<string, readonly NoiseInput[]>();
  readonly #exchange: Exchange;
  /** Rejected when a worker fails, with what it said. */
  readonly #failed: Promise<never>;
  #failure: Error | undefined;
  #isClosed = false;

  constructor(options: {
    backend: Backend;
    program: TrainingProgram;
    workers: readonly WorkerPort[];
    first: Rank;
    exchange: Exchange;
  }) {
    this.workers = options.workers.length + 1;
    this.#backend = options.backend;
    this.#program = options.program;
    this.#others = options.workers;
    this.#first = options.first;
    this.#exchange = options.exchange;
    this.#failed = Promise.race(options.workers.map((worker) => worker.failed)).then((reason) => {
      this.#failure ??= new ModelError(`workers: expected every worker to do its part but found: ${reason}`);
      this.#exchange.giveUp();
      throw this.#failure;
    });
    this.#failed.catch(() => undefined);
  }

  get state(): Rank["state"] {
    return this.#first.state;
  }

  async step(
    batch: Batch,
    { step, scalars: given }: { step: number; scalars: Readonly<Record<string, number>> },
  ): Promise<StepResult> {
    const scalars = { ...given, [SUM.examples]: rowsOf(batch) };
    if (this.#failure) throw this.#failure;
    if (rowsOf(batch) < this.workers) {
      throw new RangeError(`workers: expected a batch of at least ${this.workers} examples but found ${rowsOf(batch)}`);
    }
    const shards = Array.from({ length: this.workers }, (_, rank) => shard(batch, rank, this.workers));
    const keys = shards.map(shapeKey);
    for (const [rank, part] of shards.entries()) await this.#prepare(keys[rank] as string, part);
    const places = this.#places(shards, step);
    for (const [i, worker] of this.#others.entries()) {
      const [key, feeds, place] = [keys[i + 1] as string, shards[i + 1] as Batch, places[i + 1] as NoisePlace];
      worker.send({ kind: "step", key, feeds, place, scalars });
    }
    try {
      const [key, place] = [keys[0] as string, places[0] as NoisePlace];
      const feeds = { ...shards[0], ...drawNoise(this.#noise.get(key) ?? [], place) };
      return await this.#first.step(this.#sessions.get(key) as Session, feeds, scalars);
    } catch (error) {
      const isElsewhere = !this.#exchange.giveUp();
      if (isElsewhere) await Promise.race([this.#failed, new Promise((resolve) => setTimeout(resolve, WORDS_MS))]);
      this.#failure ??= error as Error;
      throw error;
    }
  }

  async write(values: Arrays): Promise<void> {
    for (const [name, value] of Object.entries(values)) this.#first.state.write(name, value);
    await this.#ask({ kind: "write", state: values });
  }

  async close(): Promise<void> {
    this.#exchange.giveUp();
    await Promise.all(this.#others.map((worker) => worker.leave()));
    const sessions = [...this.#sessions.values(), ...(this.#isClosed ? [] : [this.#first])];
    this.#isClosed = true;
    this.#sessions.clear();
    for (const session of sessions) await session.release();
  }

  /** Where in the whole batch the examples of each rank are: each draws the noise of just these. */
  #places(shards: readonly Batch[], step: number): NoisePlace[] {
    let firstExample = 0;
    return shards.map((part) => {
      const place = { seed: this.#program.seed, step, firstExample, examples: rowsOf(part) };
      firstExample += rowsOf(part);
      return place;
    });
  }

  /** Loads the gradient graph for these shapes in every worker, all at the same time. */
  async #prepare(key: string, like: Batch): Promise<void> {
    if (this.#sessions.has(key)) return;
    const gradients = this.#program.gradients(like);
    const noise = noiseInputs(gradients, rowsOf(like));
    this.#noise.set(key, noise);
    const graph = lower(gradients.outputs);
    const model = writeModel(graph.outputs, { inputs: graph.inputs, opset: RUN_OPSET });
    const asked = this.#ask({ kind: "load", key, model, noise });
    const [session] = await Promise.all([this.#backend.load(model, { state: this.#first.state, reuse: true }), asked]);
    this.#sessions.set(key, session);
    if (this.#sessions.size > MOST_SESSIONS) await this.#forget(this.#sessions.keys().next().value as string);
  }

  /** Releases the session that was made first, everywhere. */
  async #forget(key: string): Promise<void> {
    const session = this.#sessions.get(key);
    this.#sessions.delete(key);
    this.#noise.delete(key);
    await Promise.all([session?.release(), this.#ask({ kind: "forget", key })]);
  }

  /** Gives an order to all and waits until it is done. @throws ModelError when a worker fails */
  async #ask(order: WorkerOrder): Promise<void> {
    if (this.#failure) throw this.#failure;
    await Promise.race([Promise.all(this.#others.map((worker) => worker.ask(order))), this.#failed]);
  }
}
