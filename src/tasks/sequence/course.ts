import { normalizeText, PAD, type RawExample } from "../../data/text/index.ts";
import type { NamedTensors, SequenceToSequence } from "../../models/sequence-to-sequence.ts";
import { crossEntropy, type WeightedLoss } from "../../nn/losses.ts";
import type { Batch } from "../../runtime/engine.ts";
import { DataError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { DataEvent, Explanation, ProbeEvent, TaskEvent, WarningEvent } from "../events.ts";
import type { TrainOptions } from "../recipe.ts";
import { TextBatches } from "../text/batches.ts";
import type { TextData } from "../text/data.ts";
import type { KnownFiles, OpenFiles } from "../text/files.ts";
import { dataNotes } from "../text/notes.ts";
import { openTextCourse } from "../text/open-course.ts";
import type { Course, CoursePlan, FinishedRun, Validation, Values } from "../training-run.ts";
import { encodeRows } from "./batches.ts";
import { explanationOf } from "./explain.ts";
import { saveSequence } from "./folder.ts";
import { exportSequence } from "./graphs.ts";
import { measurePairs, type Pair, scoreOf } from "./measure.ts";
import { buildModel } from "./network.ts";
import { changeSequenceSettings, readSequenceSettings, type SequenceSettings } from "./settings.ts";
import type { SequenceTask } from "./task.ts";
import { PairVocabulary } from "./vocabulary.ts";
import { SequenceWriter } from "./writer.ts";

/** How a recipe of texts written from texts is trained. */
export function sequencePlan(task: SequenceTask): CoursePlan<SequenceSettings> {
  return {
    task: task.name,
    read: readSequenceSettings,
    change: (changes, before) => changeSequenceSettings(task.name, changes, before),
    open: (options, changes, known) =>
      openTextCourse({
        task: task.name,
        roles: task.roles,
        splitBy: (fields) => fields[task.splitBy ?? "source"] ?? (fields.source as string),
        options,
        known,
        first: changeSequenceSettings(task.name, changes, task.defaults),
        vocabulary: (settings) => new PairVocabulary(settings),
        settle: (facts) => changeSequenceSettings(task.name, changes, task.fit(task.defaults, facts)),
        create: (parts) => new SequenceCourse({ ...parts, task, options }),
      }),
  };
}

interface CourseParts {
  readonly task: SequenceTask;
  readonly options: TrainOptions;
  readonly settings: SequenceSettings;
  readonly files: OpenFiles;
  readonly data: TextData;
  readonly vocabulary: PairVocabulary;
  readonly kept: KnownFiles;
}

/** The array of a batch that holds the probability of scheduled sampling, which rises from 0 in a line. */
const SAMPLING = "sampling";

class SequenceCourse implements Course<SequenceSettings> {
  readonly settings: SequenceSettings;
  readonly model: SequenceToSequence;
  readonly data: KnownFiles;
  readonly notes: readonly (DataEvent | WarningEvent)[];
  readonly #parts: CourseParts;
  readonly #batches: TextBatches;
  readonly #validation: readonly Pair[];
  readonly #test: readonly Pair[];

  constructor(parts: CourseParts) {
    const { settings, data, vocabulary, kept } = parts;
    const { source, target } = vocabulary.tokenizers;
    this.#parts = parts;
    this.settings = settings;
    this.data = kept;
    this.#batches = new TextBatches(data.train, settings, encodeRows);
    this.model = buildModel(settings.model, { sourceVocabulary: source.size, targetVocabulary: target.size });
    this.#validation = data.validation.map(pairOf).filter((pair) => this.#fits(pair));
    if (this.#validation.length === 0) {
      const { sourceLen, targetLen } = settings;
      throw new DataError(
        `train: expected validation examples of at most ${sourceLen} and ${targetLen} tokens but found none among ${data.validation.length}; raise sourceLen or targetLen`,
      );
    }
    this.#test = data.test.map(pairOf);
    this.notes = dataNotes({
      ...parts,
      taken: this.#batches.count,
      vocabulary: { source: source.size, target: target.size },
      validationTaken: this.#validation.length,
    });
  }

  loss(batch: NamedTensors): WeightedLoss {
    const { source, lengths, target, label } = batch as Record<"source" | "lengths" | "target" | "label", Tensor>;
    const { [SAMPLING]: probability } = batch;
    const { logits } = probability
      ? this.model.forwardSampled({ source, lengths, target, probability })
      : this.model.forward({ source, lengths, target });
    return crossEntropy(logits, label, { ignore: PAD, smoothing: this.settings.smoothing });
  }

  async batch(step: number): Promise<Batch> {
    const batch = await this.#batches.batch(step);
    const { scheduledSampling, steps, batch: rows } = this.settings;
    if (scheduledSampling === 0) return batch;
    const data = new Float32Array(rows).fill((scheduledSampling * step) / steps);
    return { ...batch, [SAMPLING]: { data, shape: [rows], dtype: "float32" } };
  }

  validate(values: Values, step: number): Promise<Validation> {
    const { measure } = this.#parts.task;
    return this.#use(values, async (writer) => {
      const { metrics } = await measurePairs(writer, this.#validation, { measure });
      return { metrics, score: scoreOf(measure, metrics), probes: await this.#probe(writer, step) };
    });
  }

  probe(values: Values, step: number): Promise<readonly ProbeEvent[]> {
    return this.#use(values, (writer) => this.#probe(writer, step));
  }

  save(finished: FinishedRun): AsyncGenerator<TaskEvent, void> {
    const { task, options, settings, vocabulary } = this.#parts;
    return saveSequence(options, {
      ...finished,
      task,
      settings,
      model: this.model,
      tokenizers: vocabulary.tokenizers,
      validation: this.#validation,
      test: this.#test,
    });
  }

  close(): Promise<void> {
    return this.#parts.files.close();
  }

  async #probe(writer: SequenceWriter, step: number): Promise<ProbeEvent[]> {
    const { probes = [] } = this.#parts.options;
    if (probes.length === 0) return [];
    const explanations: Explanation[] = [];
    for (const answer of await writer.write(probes.map(normalizeText))) {
      explanations.push(explanationOf(writer, answer, await writer.read(answer.text, answer.tokens)));
    }
    return [{ type: "probe", step, explanations }];
  }

  /** Writes with the exported form of the model with some values: what training validates is what `predict` will run. */
  async #use<T>(values: Values, use: (writer: SequenceWriter) => Promise<T>): Promise<T> {
    const { backend } = this.#parts.options;
    const { encoder, decoder } = exportSequence(this.model, { values });
    const writer = new SequenceWriter({
      encoder: await backend.load(encoder),
      decoder: await backend.load(decoder),
      ...this.#parts.vocabulary.tokenizers,
      limits: this.settings,
    });
    try {
      return await use(writer);
    } finally {
      await writer.release();
    }
  }

  #fits({ text, expected }: Pair): boolean {
    const { source, target } = this.#parts.vocabulary.tokenizers;
    const { sourceLen, targetLen, truncate } = this.settings;
    return (truncate || source.encode(text).length <= sourceLen) && target.encode(expected).length <= targetLen;
  }
}

function pairOf({ fields }: RawExample): Pair {
  return { text: fields.source as string, expected: fields.target as string };
}
