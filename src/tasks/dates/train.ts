import { ALPHABET, ARTICLE_ALPHABET, type DateExample } from "../../data/dates/index.ts";
import { DateNormalizer } from "../../models/date-normalizer/date-normalizer.ts";
import { adam, averaged } from "../../nn/optimizers.ts";
import { cosine, warmUp } from "../../nn/schedules.ts";
import { DataError } from "../../tensor/errors.ts";
import type { NdArray } from "../../tensor/nd-array.ts";
import { readCheckpoint, writeCheckpoint } from "../checkpoint.ts";
import { TrainingControl } from "../control.ts";
import type { ProbeEvent, TaskEvent } from "../events.ts";
import { Pace } from "../pace.ts";
import { InterruptedError, type TrainOptions } from "../recipe.ts";
import { Trainer } from "../trainer.ts";
import { DateBatches, heldOut } from "./batches.ts";
import { exportDates, type History, saveDates } from "./folder.ts";
import { dateLoss } from "./loss.ts";
import { checkProbes, probe } from "./probes.ts";
import { checkProgress, type Progress } from "./progress.ts";
import { DateReader, readAll } from "./reader.ts";
import { type DateSettings, dateSettings } from "./settings.ts";

const PROGRESS_PER_SECOND = 20;
/** Steps of which the loss is kept, for the curves. */
const MOST_POINTS = 2000;
const SMOOTHING = 0.95;
/** What a checkpoint's names of the best parameters so far begin with. */
const BEST = "best/";

const told = (factor: number) => (factor === 1 ? {} : { learningRateFactor: factor });

/** One training run, from the first step or from a checkpoint. */
export class DateTraining {
  readonly #options: TrainOptions;
  readonly #control: TrainingControl;
  readonly #settings: DateSettings;
  readonly #trainer: Trainer<DateNormalizer>;
  readonly #batches: DateBatches;
  readonly #validation: readonly DateExample[];
  readonly #history: { train: History["train"][number][]; validation: History["validation"][number][] };
  #best: { step: number; exactMatch: number; parameters: ReadonlyMap<string, NdArray> };
  #seconds: number;
  #pace: Pace = new Pace(0);
  #smooth = 0;
  #factor = 1;

  private constructor(options: TrainOptions, settings: DateSettings, progress?: Progress) {
    const { seed, batch, nonsense, nonsenseWeight, steps, learningRate, floor } = settings;
    const alphabet = settings.alphabet === "article" ? ARTICLE_ALPHABET : ALPHABET;
    const { control = new TrainingControl() } = options;
    this.#options = options;
    this.#control = control;
    this.#settings = settings;
    this.#batches = new DateBatches({ seed, batch, nonsense: Math.round(nonsense * batch), nonsenseWeight, alphabet });
    this.#validation = heldOut("validation", settings.validationCount, seed);
    checkProbes(options.probes ?? [], alphabet);
    const fall = cosine({ rate: learningRate, steps: Math.max(1, steps - settings.warmUp), floor });
    const rate = warmUp(settings.warmUp, fall);
    this.#trainer = new Trainer({
      model: new DateNormalizer({ ...settings.model, vocabulary: alphabet.symbols.length }),
      loss: dateLoss,
      optimizer: averaged(
        adam({
          learningRate: (step) => rate(step) * this.#takeFactor(),
          clipNorm: settings.clipNorm,
          beta2: settings.beta2,
        }),
        { decay: settings.averaging, from: Math.floor(steps / 4) },
      ),
      seed,
      createEngine: options.createEngine,
      workers: settings.workers,
    });
    this.#history = {
      train: [...(progress?.history.train ?? [])],
      validation: [...(progress?.history.validation ?? [])],
    };
    this.#best = { step: 0, exactMatch: -1, ...progress?.best, parameters: new Map() };
    this.#seconds = progress?.seconds ?? 0;
  }

  static async open(options: TrainOptions): Promise<DateTraining> {
    const { seed, steps, batch, workers, settings } = options;
    const given = Object.entries({ seed, steps, batch, workers }).flatMap(([name, value]) => {
      return value === undefined ? [] : [[name, value] as const];
    });
    const changes = { ...settings, ...Object.fromEntries(given) };
    const files = await options.folder.list();
    if (!options.resume) {
      if (files.length > 0) {
        throw new DataError(
          `train: expected ${options.folder.path} to be empty but found ${files[0]}; take another folder, or --resume`,
        );
      }
      return new DateTraining(options, dateSettings(changes));
    }
    const { arrays, progress } = await readCheckpoint(options.folder);
    const known = checkProgress(progress, changes);
    const training = new DateTraining(options, known.settings, known);
    try {
      await training.#restore(arrays, known);
      return training;
    } catch (error) {
      await training.#trainer.close();
      throw error;
    }
  }

  async *run(): AsyncGenerator<TaskEvent, void> {
    const { folder, signal } = this.#options;
    const trainer = this.#trainer;
    yield this.#start();
    this.#pace = new Pace(trainer.step);
    try {
      if (trainer.step === 0) await this.#checkpoint();
      yield* this.#watch();
      while (!this.#isOver()) {
        await this.#pace.rest(this.#control.nextStep(signal));
        if (signal?.aborted) {
          yield await this.#checkpoint();
          throw new InterruptedError(trainer.step, folder.path);
        }
        if (this.#isOver()) break;
        yield* this.#step();
        if (trainer.step % this.#settings.validateEvery !== 0 && trainer.step !== this.#settings.steps) continue;
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
      await trainer.close();
    }
  }

  #start(): TaskEvent {
    const { steps, seed, workers } = this.#settings;
    const { path } = this.#options.folder;
    const { step, model } = this.#trainer;
    const numbers = { parameters: model.parameterCount, step, steps, workers, seed };
    return { type: "start", task: "dates", folder: path, ...numbers, ...told(this.#control.learningRateFactor) };
  }

  /** Whether there is no step to take: all are taken, the last ones brought nothing, it is good enough, or it is told to end. */
  #isOver(): boolean {
    const { stopAt = Number.POSITIVE_INFINITY, isFinishing } = this.#control;
    const { validation } = this.#history;
    const last = validation.at(-1);
    const isGood = last?.step === this.#trainer.step && last.exactMatch >= stopAt;
    const isIdle = validation.filter(({ step }) => step > this.#best.step).length >= this.#settings.patience;
    return this.#trainer.step >= this.#settings.steps || isIdle || isGood || isFinishing;
  }

  /** Takes one step; tells of it now and then, and whenever it was asked for by itself or is the last. */
  async *#step(): AsyncGenerator<TaskEvent, void> {
    const { steps, batch } = this.#settings;
    const { loss, learningRate, step } = await this.#trainer.takeStep(this.#batches.batch(this.#trainer.step));
    this.#smooth = step === 1 ? loss : SMOOTHING * this.#smooth + (1 - SMOOTHING) * loss;
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
    const values = await this.#trainer.parameters();
    const { right, probes } = await this.#read(values, async (reader) => {
      let right = 0;
      for await (const { part, readings } of readAll(reader, this.#validation)) {
        right += part.filter(({ iso }, row) => reader.output(readings, row) === iso).length;
      }
      return { right, probes: await this.#probe(reader) };
    });
    const exactMatch = right / this.#validation.length;
    const best = exactMatch >= this.#best.exactMatch;
    if (best) this.#best = { step, exactMatch, parameters: values };
    this.#history.validation.push({ step, exactMatch });
    yield { type: "evaluation", step, metrics: { exactMatch }, best };
    yield* probes;
  }

  /** What the model makes of the probes before the next step. */
  async *#watch(): AsyncGenerator<TaskEvent, void> {
    if (!this.#options.probes?.length) return;
    yield* await this.#read(await this.#trainer.parameters(), (reader) => this.#probe(reader));
  }

  #probe(reader: DateReader): Promise<ProbeEvent[]> {
    return probe(reader, this.#options.probes ?? [], this.#trainer.step);
  }

  /** Reads with the exported form of the model with some values: what training validates is what `predict` will run. */
  async #read<T>(values: ReadonlyMap<string, NdArray>, use: (reader: DateReader) => Promise<T>): Promise<T> {
    const { bytes, alphabet, symbols } = exportDates(this.#trainer.model, values, { settings: this.#settings });
    const reader = new DateReader(await this.#options.backend.load(bytes), alphabet, symbols);
    try {
      return await use(reader);
    } finally {
      await reader.release();
    }
  }

  #save(): AsyncGenerator<TaskEvent, void> {
    const { step: bestStep, parameters } = this.#best;
    return saveDates(this.#options, {
      model: this.#trainer.model,
      parameters,
      settings: this.#settings,
      history: this.#history,
      bestStep,
      seconds: this.#seconds + this.#pace.seconds,
    });
  }

  async #checkpoint(): Promise<TaskEvent> {
    const { step } = this.#trainer;
    const arrays = await this.#trainer.checkpoint();
    for (const [name, value] of this.#best.parameters) arrays.set(BEST + name, value);
    const seconds = this.#seconds + this.#pace.seconds;
    const { parameters, ...best } = this.#best;
    const progress: Progress = {
      settings: this.#settings,
      step,
      best,
      history: this.#history,
      seconds,
      smooth: this.#smooth,
      learningRateFactor: this.#control.learningRateFactor,
    };
    await writeCheckpoint(this.#options.folder, { arrays, progress });
    return { type: "checkpoint", step, folder: this.#options.folder.path };
  }

  async #restore(arrays: ReadonlyMap<string, NdArray>, progress: Progress): Promise<void> {
    const isBest = ([name]: readonly [string, NdArray]) => name.startsWith(BEST);
    await this.#trainer.restore(new Map([...arrays].filter((entry) => !isBest(entry))), progress.step);
    const best = [...arrays].filter(isBest).map(([name, value]) => [name.slice(BEST.length), value] as const);
    this.#best = { ...progress.best, parameters: new Map(best) };
    this.#smooth = progress.smooth;
    if (progress.learningRateFactor !== undefined) this.#control.restore(progress.learningRateFactor);
  }
}
