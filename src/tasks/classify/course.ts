import { type Bucket, normalizeText, PAD, type RawExample } from "../../data/text/index.ts";
import type { NamedTensors } from "../../models/sequence-to-sequence.ts";
import type { TextClassifier } from "../../models/text-classifier/text-classifier.ts";
import { crossEntropy, type WeightedLoss } from "../../nn/losses.ts";
import type { Batch } from "../../runtime/engine.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { DataEvent, ProbeEvent, TaskEvent, WarningEvent } from "../events.ts";
import type { TrainOptions } from "../recipe.ts";
import { TextBatches } from "../text/batches.ts";
import type { TextData } from "../text/data.ts";
import type { Encoding } from "../text/example-set.ts";
import type { KnownFiles, OpenFiles } from "../text/files.ts";
import { dataNotes } from "../text/notes.ts";
import { openTextCourse } from "../text/open-course.ts";
import type { Course, CoursePlan, FinishedRun, Validation, Values } from "../training-run.ts";
import { saveClassifier } from "./folder.ts";
import { accuracyOf, type LabelledPair, lossOf, readPairs } from "./measure.ts";
import { buildModel, exportClassifier } from "./network.ts";
import { explanationOf, TextReader } from "./reader.ts";
import { ROLES } from "./roles.ts";
import {
  CLASSIFY_DEFAULTS,
  type ClassifySettings,
  changeClassifySettings,
  fitClassify,
  readClassifySettings,
} from "./settings.ts";
import { LabelVocabulary } from "./vocabulary.ts";

/** How classifiers are trained. */
export const CLASSIFY_PLAN: CoursePlan<ClassifySettings> = {
  task: "classify",
  read: readClassifySettings,
  change: changeClassifySettings,
  open: (options, changes, known) =>
    openTextCourse({
      task: "classify",
      roles: ROLES,
      splitBy: ({ text }) => text as string,
      options,
      known,
      first: changeClassifySettings(changes),
      vocabulary: (settings, file) => new LabelVocabulary(settings, file),
      settle: (facts) => changeClassifySettings(changes, fitClassify(CLASSIFY_DEFAULTS, facts)),
      create: (parts) => new ClassifyCourse({ ...parts, options }),
    }),
};

interface CourseParts {
  readonly options: TrainOptions;
  readonly settings: ClassifySettings;
  readonly files: OpenFiles;
  readonly data: TextData;
  readonly vocabulary: LabelVocabulary;
  readonly kept: KnownFiles;
}

/** Texts as arrays: `text` `[rows sourceLen]`, `lengths` `[rows]`, `label` `[rows]`; rows that are not there have the label −1. */
function encodeRows(rows: readonly Encoding[], { count, sourceLen }: Bucket & { readonly count: number }): Batch {
  const text = new Int32Array(count * sourceLen).fill(PAD);
  const lengths = new Int32Array(count).fill(1);
  const label = new Int32Array(count).fill(-1);
  for (const [row, { source, target }] of rows.entries()) {
    text.set(source, row * sourceLen);
    lengths[row] = source.length;
    label[row] = target[0] as number;
  }
  return {
    text: { data: text, shape: [count, sourceLen], dtype: "int32" },
    lengths: { data: lengths, shape: [count], dtype: "int32" },
    label: { data: label, shape: [count], dtype: "int32" },
  };
}

class ClassifyCourse implements Course<ClassifySettings> {
  readonly settings: ClassifySettings;
  readonly model: TextClassifier;
  readonly data: KnownFiles;
  readonly notes: readonly (DataEvent | WarningEvent)[];
  readonly #parts: CourseParts;
  readonly #batches: TextBatches;
  readonly #validation: readonly LabelledPair[];

  constructor(parts: CourseParts) {
    const { settings, data, vocabulary, kept } = parts;
    const { tokenizer, labels } = vocabulary;
    this.#parts = parts;
    this.settings = settings;
    this.data = kept;
    this.#batches = new TextBatches(data.train, { ...settings, targetLen: 1, truncate: true }, encodeRows);
    this.model = buildModel(settings.model, { vocabulary: tokenizer.size, classes: labels.length });
    this.#validation = data.validation.map(pairOf);
    this.notes = dataNotes({
      ...parts,
      taken: this.#batches.count,
      vocabulary: { text: tokenizer.size, labels: labels.length },
      validationTaken: this.#validation.length,
    });
  }

  loss(batch: NamedTensors): WeightedLoss {
    const { text, lengths, label } = batch as Record<"text" | "lengths" | "label", Tensor>;
    const { logits } = this.model.forward({ text, lengths });
    return crossEntropy(logits, label, { ignore: -1, smoothing: this.settings.smoothing });
  }

  batch(step: number): Promise<Batch> {
    return this.#batches.batch(step);
  }

  validate(values: Values, step: number): Promise<Validation> {
    return this.#use(values, async (reader) => {
      const readings = await readPairs(reader, this.#validation, this.#parts.options.signal);
      const accuracy = accuracyOf(reader, this.#validation, readings);
      const loss = lossOf(reader, this.#validation, { readings });
      // Of two alike, the one that is surer of the right labels.
      const score = accuracy - Math.min(loss, 1) / 1e6;
      return { metrics: { accuracy, loss }, score, probes: await this.#probe(reader, step) };
    });
  }

  probe(values: Values, step: number): Promise<readonly ProbeEvent[]> {
    return this.#use(values, (reader) => this.#probe(reader, step));
  }

  save(finished: FinishedRun): AsyncGenerator<TaskEvent, void> {
    const { options, settings, vocabulary, data } = this.#parts;
    return saveClassifier(options, {
      ...finished,
      settings,
      model: this.model,
      tokenizer: vocabulary.tokenizer,
      labels: vocabulary.labels,
      validation: this.#validation,
      test: data.test.map(pairOf),
    });
  }

  close(): Promise<void> {
    return this.#parts.files.close();
  }

  async #probe(reader: TextReader, step: number): Promise<ProbeEvent[]> {
    const { probes = [] } = this.#parts.options;
    if (probes.length === 0) return [];
    const readings = await reader.read(probes.map(normalizeText));
    return [{ type: "probe", step, explanations: readings.map((reading) => explanationOf(reader, reading, 1)) }];
  }

  /** Reads with the exported form of the model with some values: what training validates is what `predict` will run. */
  async #use<T>(values: Values, use: (reader: TextReader) => Promise<T>): Promise<T> {
    const session = await this.#parts.options.backend.load(exportClassifier(this.model, { values }));
    const { tokenizer, labels } = this.#parts.vocabulary;
    const reader = new TextReader({ session, tokenizer, labels, sourceLen: this.settings.sourceLen });
    try {
      return await use(reader);
    } finally {
      await reader.release();
    }
  }
}

function pairOf({ fields }: RawExample): LabelledPair {
  return { text: fields.text as string, expected: fields.label as string };
}
