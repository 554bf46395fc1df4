import type { Folder } from "../data/folder.ts";
import type { ByteSource, Role } from "../data/text/index.ts";
import type { Backend } from "../runtime/backend.ts";
import type { EngineFactory } from "../runtime/engine.ts";
import type { TrainingControl } from "./control.ts";
import type { Change, Explanation, LabelledText, Prediction, RejectedText, TaskEvent } from "./events.ts";
import type { Faithfulness } from "./faithfulness.ts";
import type { SettingLimits } from "./settings.ts";

/** The files of a training, by names that `openSource` knows. */
export interface TrainingFiles {
  /** One table of records, or several plain-text files side by side. */
  readonly train: readonly string[];
  /** Default: split off from `train`. */
  readonly validation?: readonly string[] | undefined;
  /** Default: split off from `train`. */
  readonly test?: readonly string[] | undefined;
  /** Columns by role, where a header has other names than the recipe knows. */
  readonly columns?: Readonly<Record<string, string>> | undefined;
  /** Leaves bad records out, and counts them; default: the first one ends the training. */
  readonly skipBad?: boolean | undefined;
}

export interface TrainOptions {
  /** Where the model goes; empty, or holding an interrupted run when `resume` is set. */
  readonly folder: Folder;
  readonly createEngine: EngineFactory;
  /** Runs the exported model, for validation and test. */
  readonly backend: Backend;
  /** Changes of the recipe by path, as `{ "learningRate": "0.01", "model.maskPadding": "false" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly seed?: number;
  readonly steps?: number;
  readonly batch?: number;
  readonly workers?: number;
  /**
   * Goes on from the folder's checkpoint, to the very bits of a run that was not interrupted. The learning rate's factor goes on,
   * too, unless `control` has been given another; whether it pauses and where it stops, `control` alone says.
   */
  readonly resume?: boolean;
  /** Aborting saves a checkpoint and ends the events with `InterruptedError`. */
  readonly signal?: AbortSignal;
  /** Steers the training while it runs. */
  readonly control?: TrainingControl;
  /** What to learn from, where the recipe does not make its own; a training that goes on knows it. */
  readonly files?: TrainingFiles;
  readonly openSource?: (name: string) => Promise<ByteSource>;
  /** Texts to watch: what the model makes of them is told after each validation. */
  readonly probes?: readonly string[];
}

/** A way to train a model of one kind from data of one kind. */
export interface Recipe {
  readonly name: string;
  readonly summary: string;
  /** The recipe's settings with their defaults, as `--set` names them. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /** The metric that validations are compared by; a share of right answers can end a training (`TrainingControl.stopAt`). */
  readonly measure: string;
  /** Settings that are chosen by the data, unless they are given: what `settings` tells of them is a stand-in. */
  readonly fromData?: readonly string[];
  /** The fields of a record of its data, where it does not make its own. */
  readonly roles?: readonly Role[];
  /** What each of them may be, for forms. */
  readonly limits?: () => Readonly<Record<string, SettingLimits>>;
  /**
   * @throws RangeError or SyntaxError for settings that are not the recipe's; DataError for a folder that cannot be used;
   * ModelError when the loss is no longer a number; InterruptedError after an abort
   */
  train(options: TrainOptions): AsyncGenerator<TaskEvent, void>;
}

/** What a measurement gives beside `exactMatch`, by name, each with the most that it can be: 1 for a share, 100 for BLEU. */
export type Measures = Readonly<Record<string, number>>;

/** A trained model, opened for use. */
export interface OpenModel {
  readonly task: string;
  readonly path: string;
  /**
   * Answers, one for each text, in order. A text that the model cannot take (empty, too long) gives a rejection in its place and
   * never an exception; a rejection among the texts (a line that was no text at all) passes through in its place.
   */
  predict(
    texts: AsyncIterable<string | RejectedText> | Iterable<string | RejectedText>,
  ): AsyncGenerator<Prediction | RejectedText, void>;
  /**
   * @param change reads it in another way than the model would
   * @throws DataError for a text that the model cannot take; RangeError for a change of what is not there
   */
  explain(text: string, change?: Change): Promise<Explanation>;
  /**
   * How far the attention of its answer to a text agrees with what happens to the answer when tokens are left out, each summed over all
   * that was written. It reads the text some hundred times over.
   *
   * @throws DataError for a text that the model cannot take; ModelError for a model without attention
   */
  faithfulness?(text: string): Promise<Faithfulness>;
  /** What `evaluate` measures, on the recipe's own test set and on pairs, where that is known before. */
  readonly measures?: { readonly own: Measures; readonly pairs: Measures };
  /**
   * Measures the model: on the recipe's own test set, or on labelled pairs.
   *
   * @param options.pairs texts with their right answers; a text that the model cannot take counts as answered wrongly
   * @throws DataError at a pair's `place` where the right answer is none of this task (for dates: no `yyyy-mm-dd`)
   */
  evaluate(options?: {
    readonly pairs?: AsyncIterable<LabelledText>;
    readonly count?: number;
  }): AsyncGenerator<TaskEvent, void>;
  close(): Promise<void>;
}

/** Training was stopped from outside, after saving a checkpoint. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  readonly step: number;

  constructor(step: number, path: string) {
    super(`train: interrupted at step ${step}; the checkpoint is in ${path}, go on with --resume`);
    this.step = step;
  }
}
