import { Worker } from "node:worker_threads";
import { writeModel } from "../onnx/write.ts";
import { ModelError } from "../tensor/errors.ts";
import type { NdArray } from "../tensor/nd-array.ts";
import type { NextState, Session } from "./backend.ts";
import {
  type Batch,
  type Engine,
  type EngineFactory,
  fillNoise,
  rowsOf,
  SUM,
  shapeKey,
  shard,
  type TrainingProgram,
} from "./engine.ts";
import { nodeBackend, RUN_OPSET } from "./node.ts";
import { lower } from "./program.ts";
import { giveUp, Rank, type SharedMemory, shareMemory } from "./rank.ts";
import { singleEngine } from "./single-engine.ts";

type Arrays = Readonly<Record<string, NdArray>>;

export interface WorkerData {
  readonly rank: number;
  readonly ranks: number;
  /** Sizes of the vectors that are summed over the ranks, by name. */
  readonly sums: Readonly<Record<string, number>>;
  readonly memory: SharedMemory;
  readonly state: Arrays;
  readonly update: Uint8Array;
  readonly next: NextState;
}

export type WorkerOrder =
  | { readonly kind: "load"; readonly key: string; readonly model: Uint8Array }
  | { readonly kind: "write"; readonly state: Arrays }
  | { readonly kind: "forget"; readonly key: string }
  | { readonly kind: "close" }
  | {
      readonly kind: "step";
      readonly key: string;
      readonly feeds: Arrays;
      readonly scalars: Readonly<Record<string, number>>;
    };

/**
 * Trains on worker threads, one session each, which share every batch by examples. One worker is the calling thread itself,
 * so `workers: 2` starts one thread. The result equals one worker's to rounding, and is the same at every run.
 */
export const nodeEngine: EngineFactory = (program, options) =>
  options.workers === 1 ? singleEngine(nodeBackend)(program, options) : startWorkers(program, options.workers);

async function startWorkers(program: TrainingProgram, ranks: number): Promise<Engine> {
  const { parameters, buffers } = program.state;
  const sums = {
    [SUM.gradient]: parameters?.data.length as number,
    ...(buffers ? { [SUM.buffers]: buffers.data.length } : {}),
  };
  const memory = shareMemory(ranks, sums);
  const graph = lower({}, program.update);
  const update = writeModel(graph.outputs, { inputs: graph.inputs, opset: RUN_OPSET });
  const state = nodeBackend.createState(program.state);
  const session = await nodeBackend.load(update, { state, next: graph.next });
  const first = new Rank({ rank: 0, ranks, sums, memory, update: session, state });
  const common = { ranks, sums, memory, state: program.state, update, next: graph.next };
  const script = new URL("./node-worker-thread.js", import.meta.url);
  const threads = Array.from({ length: ranks - 1 }, (_, i) => {
    return new Worker(script, { workerData: { ...common, rank: i + 1 } satisfies WorkerData });
  });
  // A program that forgets to close its trainer still ends.
  for (const thread of threads) thread.unref();
  return new WorkerEngine(program, { threads, first, memory });
}

/**
 * Asks a thread to end when it has done what it is at. It is never ended by force: where that happens while ONNX Runtime
 * computes, the whole process is aborted.
 */
async function leave(thread: Worker): Promise<void> {
  if (thread.threadId === ENDED) return;
  const gone = new Promise((resolve) => thread.once("exit", resolve));
  thread.ref();
  thread.postMessage({ kind: "close" } satisfies WorkerOrder);
  await gone;
}

/** What Node gives as the id of a thread that has ended. */
const ENDED = -1;
/** How long to wait for a failed worker's own words. */
const WORDS_MS = 1000;
/** Eight shapes of batches, whose shards may be of two sizes. */
const MOST_SESSIONS = 16;

class WorkerEngine implements Engine {
  readonly workers: number;
  readonly #program: TrainingProgram;
  readonly #threads: readonly Worker[];
  readonly #first: Rank;
  readonly #sessions = new Map<string, Session>();
  readonly #noise = new Map<string, ReturnType<TrainingProgram["gradients"]>["noise"]>();
  readonly #memory: SharedMemory;
  /** Rejected when a worker fails, with what it said. */
  readonly #failed: Promise<never>;
  #fail: (reason: string) => void = () => undefined;
  #failure: Error | undefined;
  #isClosed = false;

  constructor(
    program: TrainingProgram,
    { threads, first, memory }: { threads: readonly Worker[]; first: Rank; memory: SharedMemory },
  ) {
    this.workers = threads.length + 1;
    this.#program = program;
    this.#threads = threads;
    this.#first = first;
    this.#memory = memory;
    this.#failed = new Promise((_, reject) => {
      this.#fail = (reason) => {
        this.#failure ??= new ModelError(`workers: expected every worker to do its part but found: ${reason}`);
        giveUp(memory);
        reject(this.#failure);
      };
    });
    this.#failed.catch(() => undefined);
    for (const thread of threads) {
      thread.on("message", ({ error }: { error?: string }) => error !== undefined && this.#fail(error));
      thread.on("error", ({ message }) => this.#fail(message));
      thread.on("exit", () => this.#fail("a thread that has ended"));
    }
  }

  get state(): Rank["state"] {
    return this.#first.state;
  }

  async step(
    batch: Batch,
    { step, scalars: given }: { step: number; scalars: Readonly<Record<string, number>> },
  ): Promise<{ loss: number; weight: number }> {
    const scalars = { ...given, [SUM.examples]: rowsOf(batch) };
    if (this.#failure) throw this.#failure;
    if (rowsOf(batch) < this.workers) {
      throw new RangeError(`workers: expected a batch of at least ${this.workers} examples but found ${rowsOf(batch)}`);
    }
    const shards = Array.from({ length: this.workers }, (_, rank) => shard(batch, rank, this.workers));
    const keys = shards.map(shapeKey);
    for (const [rank, part] of shards.entries()) await this.#prepare(keys[rank] as string, part);
    let firstExample = 0;
    const feeds = shards.map((part, rank) => {
      const noise = [...(this.#noise.get(keys[rank] as string) ?? [])].map(([name, input]) => {
        return [
          name,
          fillNoise(input, { seed: this.#program.seed, step, firstExample, examples: rowsOf(part) }),
        ] as const;
      });
      firstExample += rowsOf(part);
      return { ...part, ...Object.fromEntries(noise) };
    });
    for (const [i, thread] of this.#threads.entries()) {
      this.#send(thread, { kind: "step", key: keys[i + 1] as string, feeds: feeds[i + 1] as Arrays, scalars });
    }
    try {
      return await this.#first.step(this.#sessions.get(keys[0] as string) as Session, feeds[0] as Arrays, scalars);
    } catch (error) {
      const isElsewhere = !giveUp(this.#memory);
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
    giveUp(this.#memory);
    await Promise.all(this.#threads.map(leave));
    const sessions = [...this.#sessions.values(), ...(this.#isClosed ? [] : [this.#first])];
    this.#isClosed = true;
    this.#sessions.clear();
    for (const session of sessions) await session.release();
  }

  /** Loads the gradient graph for these shapes in every worker, all at the same time. */
  async #prepare(key: string, like: Batch): Promise<void> {
    if (this.#sessions.has(key)) return;
    const gradients = this.#program.gradients(like);
    this.#noise.set(key, gradients.noise);
    const graph = lower(gradients.outputs);
    const model = writeModel(graph.outputs, { inputs: graph.inputs, opset: RUN_OPSET });
    const [session] = await Promise.all([
      nodeBackend.load(model, { state: this.#first.state }),
      this.#ask({ kind: "load", key, model }),
    ]);
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

  #send(thread: Worker, order: WorkerOrder): void {
    thread.postMessage(order);
  }

  /** Gives an order to all and waits until it is done. @throws ModelError when a worker fails */
  async #ask(order: WorkerOrder): Promise<void> {
    if (this.#failure) throw this.#failure;
    const answers = this.#threads.map((thread) => new Promise((resolve) => thread.once("message", resolve)));
    for (const thread of this.#threads) thread.ref();
    for (const thread of this.#threads) this.#send(thread, order);
    await Promise.race([Promise.all(answers), this.#failed]);
    for (const thread of this.#threads) thread.unref();
  }
}
