import { ALPHABET, ARTICLE_ALPHABET, type DateExample } from "../../data/dates/index.ts";
import { DateNormalizer } from "../../models/date-normalizer/date-normalizer.ts";
import type { NamedTensors } from "../../models/sequence-to-sequence.ts";
import type { WeightedLoss } from "../../nn/losses.ts";
import type { Batch } from "../../runtime/engine.ts";
import type { ProbeEvent, TaskEvent } from "../events.ts";
import type { TrainOptions } from "../recipe.ts";
import type { Course, CoursePlan, FinishedRun, Validation, Values } from "../training-run.ts";
import { DateBatches, heldOut } from "./batches.ts";
import { exportDates, saveDates } from "./folder.ts";
import { dateLoss } from "./loss.ts";
import { checkProbes, probe } from "./probes.ts";
import { DateReader, readAll } from "./reader.ts";
import { type DateSettings, dateSettings, readDateSettings } from "./settings.ts";

/** How the dates are trained. */
export const DATES_PLAN: CoursePlan<DateSettings> = {
  task: "dates",
  read: readDateSettings,
  change: dateSettings,
  open: async (options, changes, known) => new DateCourse(options, known?.settings ?? dateSettings(changes)),
};

class DateCourse implements Course<DateSettings> {
  readonly settings: DateSettings;
  readonly model: DateNormalizer;
  readonly #options: TrainOptions;
  readonly #batches: DateBatches;
  readonly #validation: readonly DateExample[];

  constructor(options: TrainOptions, settings: DateSettings) {
    const { seed, batch, nonsense, nonsenseWeight, validationCount } = settings;
    const alphabet = settings.alphabet === "article" ? ARTICLE_ALPHABET : ALPHABET;
    checkProbes(options.probes ?? [], alphabet);
    this.#options = options;
    this.settings = settings;
    this.model = new DateNormalizer({ ...settings.model, vocabulary: alphabet.symbols.length });
    this.#batches = new DateBatches({ seed, batch, nonsense: Math.round(nonsense * batch), nonsenseWeight, alphabet });
    this.#validation = heldOut("validation", validationCount, seed);
  }

  loss(batch: NamedTensors): WeightedLoss {
    return dateLoss(this.model, batch);
  }

  batch(step: number): Batch {
    return this.#batches.batch(step);
  }

  validate(values: Values, step: number): Promise<Validation> {
    return this.#read(values, async (reader) => {
      let right = 0;
      for await (const { part, readings } of readAll(reader, this.#validation)) {
        right += part.filter(({ iso }, row) => reader.output(readings, row) === iso).length;
      }
      const exactMatch = right / this.#validation.length;
      return { metrics: { exactMatch }, score: exactMatch, probes: await this.#probe(reader, step) };
    });
  }

  probe(values: Values, step: number): Promise<readonly ProbeEvent[]> {
    return this.#read(values, (reader) => this.#probe(reader, step));
  }

  save(finished: FinishedRun): AsyncGenerator<TaskEvent, void> {
    return saveDates(this.#options, { ...finished, model: this.model, settings: this.settings });
  }

  #probe(reader: DateReader, step: number): Promise<ProbeEvent[]> {
    return probe(reader, this.#options.probes ?? [], step);
  }

  /** Reads with the exported form of the model with some values: what training validates is what `predict` will run. */
  async #read<T>(values: Values, use: (reader: DateReader) => Promise<T>): Promise<T> {
    const { bytes, alphabet, symbols } = exportDates(this.model, values, { settings: this.settings });
    const reader = new DateReader(await this.#options.backend.load(bytes), alphabet, symbols);
    try {
      return await use(reader);
    } finally {
      await reader.release();
    }
  }
}
