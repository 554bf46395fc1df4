import type { NamedTensors } from "../models/sequence-to-sequence.ts";
import type { WeightedLoss } from "../nn/losses.ts";
import type { Module } from "../nn/module.ts";
import { adam, averaged } from "../nn/optimizers.ts";
import { cosine, warmUp } from "../nn/schedules.ts";
import type { Batch } from "../runtime/engine.ts";
import { DataError } from "../tensor/errors.ts";
import type { NdArray } from "../tensor/nd-array.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { TrainingControl } from "./control.ts";
import type { ProbeEvent, TaskEvent } from "./events.ts";
import { Pace } from "./pace.ts";
import { InterruptedError, type TrainOptions } from "./recipe.ts";
import { type Best, checkProgress, type History, type Progress, type SettingsReader } from "./run-progress.ts";
import type { RunSettings } from "./run-settings.ts";
import { smoothLoss } from "./smooth-loss.ts";
import { Trainer } from "./trainer.ts";

/** Parameters by name. */
export type Values = ReadonlyMap<string, NdArray>;

/** What a validation found. */
export interface Validation {
  /** By name; shares are from 0 to 1. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What validations are compared by: the greater, the better. */
  readonly score: number;
  /** What is made of the texts that are watched. */
  readonly probes: readonly ProbeEvent[];
}

/** A training that has taken its last step. */
export interface FinishedRun {
  /** The best of the validated parameters. */
  readonly parameters: Values;
  readonly history: History;
  readonly bestStep: number;
  readonly seconds: number;
}

/** What a recipe brings to a training run: model, data and measures. The run brings the rest. */
export interface Course<S extends RunSettings> {
  readonly settings: S;
  readonly model: Module;
  /** What there is to say of the data before the first step. */
  readonly notes?: readonly TaskEvent[];
  /** What it must find again to go on: kept in checkpoints. */
  readonly data?: unknown;
  /** The loss of a batch of the model, as a graph. */
  loss(batch: NamedTensors): WeightedLoss;
  /** The batch of a step, counted from 0: a function of seed and step, so that an interrupted run goes on with the same ones. */
  batch(step: number): Batch | Promise<Batch>;
  /** Measures the model with some values, on data that it does not learn from. */
  validate(values: Values, step: number): Promise<Validation>;
  /** What it makes of the texts that are watched. */
  probe(values: Values, step: number): Promise<readonly ProbeEvent[]>;
  /** Measures the finished model and writes its folder. */
  save(finished: FinishedRun): AsyncGenerator<TaskEvent, void>;
  close?(): Promise<void>;
}

/** A recipe as a training run needs it. */
export interface CoursePlan<S extends RunSettings> extends SettingsReader<S> {
  /** @param known what a checkpoint tells, where training goes on from one */
  readonly open: (
    options: TrainOptions,
    changes: Readonly<Record<string, string | number>>,
    known: Progress<S> | undefined,
  ) => Promise<Course<S>>;
}

const PROGRESS_PER_SECOND = 20;
/** Steps of which the loss is kept, for the curves. */
const MOST_POINTS = 2000;
/** What a checkpoint's names of the best parameters so far begin with. */
const BEST = "best/";

const told = (factor: number) => (factor === 1 ? {} : { learningRateFactor: factor });

/** One training, from the first step or from a checkpoint, to the saved model. */
export class TrainingRun<S extends RunSettings> {
  readonly #task: string;
  readonly #options: TrainOptions;
  readonly #control: TrainingControl;
  readonly #course: Course<S>;
  readonly #trainer: Trainer<Module>;
  readonly #history: { train: History["train"][number][]; validation: History["validation"][number][] };
  #best: Best & { readonly parameters: Values };
  #seconds: number;
  #pace: Pace = new Pace(0);
  #smooth = 0;
  #factor = 1;
  /** The step of the last checkpoint. */
  #kept = -1;

  private constructor(task: string, options: TrainOptions, course: Course<S>) {
    const { control = new TrainingControl() } = options;
    this.#task = task;
    this.#options = options;
    this.#control = control;
    this.#course = course;
    this.#trainer = this.#createTrainer();
    this.#history = { train: [], validation: [] };
    this.#best = { step: 0, score: Number.NEGATIVE_INFINITY, parameters: new Map() };
    this.#seconds = 0;
  }

  /** Runs a recipe by its plan. */
  static async *run<S extends RunSettings>(
    plan: CoursePlan<S>,
    options: TrainOptions,
  ): AsyncGenerator<TaskEvent, void> {
    const { seed, steps, batch, workers, settings, folder, resume } = options;
    const given = Object.entries({ seed, steps, batch, workers }).flatMap(([name, value]) => {
      return value === undefined ? [] : [[name, value] as const];
    });
    const changes = { ...settings, ...Object.fromEntries(given) };
    if (!resume) {
      const files = await folder.list();
      if (files.length > 0) {
        throw new DataError(
          `train: expected ${folder.path} to be empty but found ${files[0]}; take another folder, or --resume`,
        );
      }
      yield* new TrainingRun(plan.task, options, await plan.open(options, changes, undefined)).#run();
      return;
    }
    const { arrays, progress } = await readCheckpoint(folder);
    const known = checkProgress(progress, plan, changes);
    const run = new TrainingRun(plan.task, options, await plan.open(options, changes, known));
    try {
      await run.#restore(arrays, known);
    } catch (error) {
      await run.#close();
      throw error;
    }
    yield* run.#run();
  }

  #createTrainer(): Trainer<Module> {
    const { settings, model } = this.#course;
    const { learningRate, steps, floor, clipNorm, beta2, averaging, seed, workers } = settings;
    const fall = cosine({ rate: learningRate, steps: Math.max(1, steps - settings.warmUp), floor });
    const rate = warmUp(settings.warmUp, fall);
    const optimizer = adam({ learningRate: (step) => rate(step) * this.#takeFactor(), clipNorm, beta2 });
    return new Trainer({
      model,
      loss: (_, leaves) => this.#course.loss(leaves),
      optimizer: averaged(optimizer, { decay: averaging, from: Math.floor(steps / 4) }),
      seed,
      createEngine: this.#options.createEngine,
      workers,
    });
  }

  async *#run(): AsyncGenerator<TaskEvent, void> {
    const { folder, signal } = this.#options;
    const { settings, notes = [] } = this.#course;
    const trainer = this.#trainer;
    try {
      yield this.#start();
      yield* notes;
      this.#pace = new Pace(trainer.step);
      if (trainer.step === 0) await this.#checkpoint();
      if (this.#options.probes?.length) yield* await this.#course.probe(await trainer.parameters(), trainer.step);
      while (!this.#isOver()) {
        // Who pauses may leave: nothing is to be lost then.
        if (this.#control.isWaiting && !signal?.aborted && this.#kept !== trainer.step) yield await this.#checkpoint();
        await this.#pace.rest(this.#control.nextStep(signal));
        if (signal?.aborted) {
          yield await this.#checkpoint();
          throw new InterruptedError(trainer.step, folder.path);
        }
        if (this.#isOver()) break;
        yield* this.#step();
        if (trainer.step % settings.validateEvery !== 0 && trainer.step !== settings.steps) continue;
        yield* this.#validate();
        yield await this.#checkpoint();
      }
      if (this.#history.validation.at(-1)?.step !== trainer.step) {
        yield* this.#validate();
        yield await this.#checkpoint();
      }
      yield* this.#save();
    } catch (error) {
      throw signal?.aborted && error === signal.reason ? new InterruptedError(trainer.step, folder.path) : error;
    } finally {
      await this.#close();
    }
  }

  async #close(): Promise<void> {
    await this.#trainer.close();
    await this.#course.close?.();
  }

  #start(): TaskEvent {
    const { steps, seed, workers } = this.#course.settings;
    const { path } = this.#options.folder;
    const { step, model } = this.#trainer;
    const numbers = { parameters: model.parameterCount, step, steps, workers, seed };
    return { type: "start", task: this.#task, folder: path, ...numbers, ...told(this.#control.learningRateFactor) };
  }

  /** Whether there is no step to take: all are taken, the last ones brought nothing, it is good enough, or it is told to end. */
  #isOver(): boolean {
    const { stopAt = Number.POSITIVE_INFINITY, isFinishing } = this.#control;
    const { steps, patience } = this.#course.settings;
    const { validation } = this.#history;
    const last = validation.at(-1);
    const isGood = last?.step === this.#trainer.step && (last.exactMatch ?? last.accuracy ?? 0) >= stopAt;
    const isIdle = validation.filter(({ step }) => step > this.#best.step).length >= patience;
    return this.#trainer.step >= steps || isIdle || isGood || isFinishing;
  }

  /** Takes one step; tells of it now and then, and whenever it was asked for by itself or is the last. */
  async *#step(): AsyncGenerator<TaskEvent, void> {
    const { steps, batch } = this.#course.settings;
    const { loss, learningRate, step } = await this.#trainer.takeStep(await this.#course.batch(this.#trainer.step));
    this.#smooth = smoothLoss(step === 1 ? undefined : this.#smooth, loss);
    const thin = Math.ceil(steps / MOST_POINTS);
    if (step % thin === 0 || step === steps) this.#history.train.push({ step, loss, learningRate });
    const pace = this.#pace.step(step);
    const { isPaused, isFinishing } = this.#control;
    const isWanted = step === steps || isPaused || isFinishing;
    if (!this.#pace.isTimeToTell(PROGRESS_PER_SECOND, isWanted)) return;
    const rest = { learningRate, examplesPerSecond: pace * batch, secondsLeft: (steps - step) / pace };
    yield { type: "progress", step, steps, loss: this.#smooth, ...rest, ...told(this.#factor) };
  }

  /** The learning rate's factor for a step. Whoever steers may change it before the step is told of. */
  #takeFactor(): number {
    this.#factor = this.#control.learningRateFactor;
    return this.#factor;
  }

  async *#validate(): AsyncGenerator<TaskEvent, void> {
    const { step } = this.#trainer;
    const parameters = await this.#trainer.parameters();
    const { metrics, score, probes } = await this.#course.validate(parameters, step);
    const best = score >= this.#best.score;
    if (best) this.#best = { step, score, parameters };
    this.#history.validation.push({ step, ...metrics });
    yield { type: "evaluation", step, metrics, best, seconds: this.#seconds + this.#pace.seconds };
    yield* probes;
  }

  #save(): AsyncGenerator<TaskEvent, void> {
    const { step: bestStep, parameters } = this.#best;
    const seconds = this.#seconds + this.#pace.seconds;
    return this.#course.save({ parameters, bestStep, seconds, history: this.#history });
  }

  async #checkpoint(): Promise<TaskEvent> {
    const { step } = this.#trainer;
    const { settings, data } = this.#course;
    const arrays = await this.#trainer.checkpoint();
    for (const [name, value] of this.#best.parameters) arrays.set(BEST + name, value);
    const { parameters, ...best } = this.#best;
    const progress: Progress<S> = {
      task: this.#task,
      settings,
      step,
      best: { ...best, score: Number.isFinite(best.score) ? best.score : -Number.MAX_VALUE },
      history: this.#history,
      seconds: this.#seconds + this.#pace.seconds,
      smooth: this.#smooth,
      learningRateFactor: this.#control.learningRateFactor,
      ...(data === undefined ? {} : { data }),
    };
    await writeCheckpoint(this.#options.folder, { arrays, progress });
    this.#kept = step;
    return { type: "checkpoint", step, folder: this.#options.folder.path };
  }

  async #restore(arrays: Values, progress: Progress<S>): Promise<void> {
    const isBest = ([name]: readonly [string, NdArray]) => name.startsWith(BEST);
    await this.#trainer.restore(new Map([...arrays].filter((entry) => !isBest(entry))), progress.step);
    const best = [...arrays].filter(isBest).map(([name, value]) => [name.slice(BEST.length), value] as const);
    this.#best = { ...progress.best, parameters: new Map(best) };
    this.#smooth = progress.smooth;
    this.#seconds = progress.seconds;
    this.#history.train.push(...progress.history.train);
    this.#history.validation.push(...progress.history.validation);
    this.#control.restore(progress.learningRateFactor);
  }
}
