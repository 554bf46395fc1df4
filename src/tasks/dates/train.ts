import { ALPHABET, ARTICLE_ALPHABET, type DateExample } from "../../data/dates/index.ts";
import { DateNormalizer } from "../../models/date-normalizer/date-normalizer.ts";
import { crossEntropy } from "../../nn/losses.ts";
import { adam, averaged } from "../../nn/optimizers.ts";
import { cosine, warmUp } from "../../nn/schedules.ts";
import { DataError } from "../../tensor/errors.ts";
import type { NdArray } from "../../tensor/nd-array.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { readCheckpoint, writeCheckpoint } from "../checkpoint.ts";
import type { EvaluationEvent, TaskEvent } from "../events.ts";
import { InterruptedError, type TrainOptions } from "../recipe.ts";
import { Trainer } from "../trainer.ts";
import { DateBatches, heldOut, NO_ANSWER } from "./batches.ts";
import { exportDates, type History, saveDates } from "./folder.ts";
import { checkProgress, type Progress } from "./progress.ts";
import { DateReader, readAll } from "./reader.ts";
import { type DateSettings, dateSettings } from "./settings.ts";

const PROGRESS_PER_SECOND = 20;
/** Steps of which the loss is kept, for the curves. */
const MOST_POINTS = 2000;
const SMOOTHING = 0.95;
/** What a checkpoint's names of the best parameters so far begin with. */
const BEST = "best/";

/** One training run, from the first step or from a checkpoint. */
export class DateTraining {
  readonly #options: TrainOptions;
  readonly #settings: DateSettings;
  readonly #trainer: Trainer<DateNormalizer>;
  readonly #batches: DateBatches;
  readonly #validation: readonly DateExample[];
  readonly #history: { train: History["train"][number][]; validation: History["validation"][number][] };
  #best: { step: number; exactMatch: number; parameters: ReadonlyMap<string, NdArray> };
  #seconds: number;
  #started = performance.now();
  #smooth = 0;

  private constructor(options: TrainOptions, settings: DateSettings, progress?: Progress) {
    const { seed, batch, nonsense, nonsenseWeight, steps, learningRate, floor } = settings;
    const alphabet = settings.alphabet === "article" ? ARTICLE_ALPHABET : ALPHABET;
    this.#options = options;
    this.#settings = settings;
    this.#batches = new DateBatches({ seed, batch, nonsense: Math.round(nonsense * batch), nonsenseWeight, alphabet });
    this.#validation = heldOut("validation", settings.validationCount, seed);
    const fall = cosine({ rate: learningRate, steps: Math.max(1, steps - settings.warmUp), floor });
    this.#trainer = new Trainer({
      model: new DateNormalizer({ ...settings.model, vocabulary: alphabet.symbols.length }),
      loss: dateLoss,
      optimizer: averaged(
        adam({ learningRate: warmUp(settings.warmUp, fall), clipNorm: settings.clipNorm, beta2: settings.beta2 }),
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
    const { steps, seed, workers, validateEvery, patience } = this.#settings;
    const trainer = this.#trainer;
    const parameters = trainer.model.parameterCount;
    yield { type: "start", task: "dates", folder: folder.path, parameters, step: trainer.step, steps, workers, seed };
    this.#started = performance.now();
    const firstStep = trainer.step;
    const thin = Math.ceil(steps / MOST_POINTS);
    let told = 0;
    /** When the first step was done: it prepares the sessions, so the pace is counted from here. */
    let ready = 0;
    try {
      if (trainer.step === 0) await this.#checkpoint();
      while (trainer.step < steps && !this.#isIdle(patience)) {
        if (signal?.aborted) {
          yield await this.#checkpoint();
          throw new InterruptedError(trainer.step, folder.path);
        }
        const { loss, learningRate, step } = await trainer.takeStep(this.#batches.batch(trainer.step));
        this.#smooth = step === 1 ? loss : SMOOTHING * this.#smooth + (1 - SMOOTHING) * loss;
        if (step % thin === 0 || step === steps) this.#history.train.push({ step, loss, learningRate });
        const elapsed = (performance.now() - this.#started) / 1000;
        if (step === firstStep + 1) ready = elapsed;
        if (elapsed - told > 1 / PROGRESS_PER_SECOND || step === steps) {
          told = elapsed;
          const pace = step === firstStep + 1 ? 1 / elapsed : (step - firstStep - 1) / (elapsed - ready);
          const examplesPerSecond = pace * this.#settings.batch;
          const secondsLeft = (steps - step) / pace;
          yield { type: "progress", step, steps, loss: this.#smooth, learningRate, examplesPerSecond, secondsLeft };
        }
        if (step % validateEvery === 0 || step === steps) {
          yield await this.#validate();
          yield await this.#checkpoint();
        }
      }
      const seconds = this.#seconds + (performance.now() - this.#started) / 1000;
      const best = this.#best;
      yield* saveDates(this.#options, {
        model: trainer.model,
        parameters: best.parameters,
        settings: this.#settings,
        history: this.#history,
        bestStep: best.step,
        seconds,
      });
    } catch (error) {
      throw signal?.aborted && error === signal.reason ? new InterruptedError(trainer.step, folder.path) : error;
    } finally {
      await trainer.close();
    }
  }

  /** Whether so many evaluations have passed without a better one. */
  #isIdle(patience: number): boolean {
    const since = this.#history.validation.filter(({ step }) => step > this.#best.step).length;
    return since >= patience;
  }

  async #validate(): Promise<EvaluationEvent> {
    const { step } = this.#trainer;
    const values = await this.#trainer.parameters();
    const reader = await openExported(this.#options, this.#trainer.model, values, this.#settings);
    let right = 0;
    for await (const { part, readings } of readAll(reader, this.#validation)) {
      right += part.filter(({ iso }, row) => reader.output(readings, row) === iso).length;
    }
    await reader.release();
    const exactMatch = right / this.#validation.length;
    const best = exactMatch >= this.#best.exactMatch;
    if (best) this.#best = { step, exactMatch, parameters: values };
    this.#history.validation.push({ step, exactMatch });
    return { type: "evaluation", step, metrics: { exactMatch }, best };
  }

  async #checkpoint(): Promise<TaskEvent> {
    const { step } = this.#trainer;
    const arrays = await this.#trainer.checkpoint();
    for (const [name, value] of this.#best.parameters) arrays.set(BEST + name, value);
    const seconds = this.#seconds + (performance.now() - this.#started) / 1000;
    const { parameters, ...best } = this.#best;
    const progress: Progress = {
      settings: this.#settings,
      step,
      best,
      history: this.#history,
      seconds,
      smooth: this.#smooth,
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
  }
}

/** Cross-entropy summed over the ten characters; its weight counts dates. */
function dateLoss(model: DateNormalizer, batch: Readonly<Record<string, Tensor>>): { sum: Tensor; weight: Tensor } {
  const { text, lengths, label, weight } = batch as Record<"text" | "lengths" | "label" | "weight", Tensor>;
  const { logits } = model.forward({ text, lengths });
  const rowWeight = weight.unsqueeze(1).expand(label.shape);
  const { sum } = crossEntropy(logits, label, { uniform: NO_ANSWER, rowWeight });
  return { sum, weight: weight.sum() };
}

/** A reader on the exported form of a model with some values: what training validates is what `predict` will run. */
async function openExported(
  { backend }: TrainOptions,
  model: DateNormalizer,
  values: ReadonlyMap<string, NdArray>,
  settings: DateSettings,
): Promise<DateReader> {
  const { bytes, alphabet, symbols } = exportDates(model, values, settings);
  return new DateReader(await backend.load(bytes), alphabet, symbols);
}
