import { TextTokenizer, TokenizerLearner } from "../../data/text/index.ts";
import { DataError } from "../../tensor/errors.ts";
import type { Vocabulary } from "../text/data.ts";
import type { Encode } from "../text/example-set.ts";
import type { ClassifySettings } from "./settings.ts";

/** More labels than this are no classes but texts. */
const MOST_LABELS = 10_000;

/** The tokenizer of the texts, and the labels. */
export class LabelVocabulary implements Vocabulary {
  readonly #learner: TokenizerLearner;
  readonly #file: string;
  readonly #counts = new Map<string, number>();
  #tokenizer: TextTokenizer | undefined;
  #labels: readonly string[] = [];

  /** @param file names the data in messages */
  constructor({ tokens, vocabulary: size, lowercase }: ClassifySettings, file: string) {
    this.#learner = new TokenizerLearner({ level: tokens, size, lowercase });
    this.#file = file;
  }

  add({ text, label }: Readonly<Record<string, string>>): void {
    this.#learner.add(text as string);
    this.#counts.set(label as string, (this.#counts.get(label as string) ?? 0) + 1);
    if (this.#counts.size <= MOST_LABELS) return;
    throw this.#fault(`more than ${MOST_LABELS}; is the column of labels the right one?`);
  }

  finish(): Encode {
    this.#labels = [...this.#counts.keys()].sort();
    if (this.#labels.length < 2) {
      throw this.#fault(`${this.#labels.length === 1 ? `only ${JSON.stringify(this.#labels[0])}` : "none"}`);
    }
    const tokenizer = TextTokenizer.fromFiles(this.#learner.finish());
    this.#tokenizer = tokenizer;
    const places = new Map(this.#labels.map((label, i) => [label, i]));
    return ({ text, label }) => ({
      source: tokenizer.encode(text as string),
      target: Int32Array.of(places.get(label as string) as number),
    });
  }

  /** Known once `finish` was called. */
  get tokenizer(): TextTokenizer {
    return this.#tokenizer as TextTokenizer;
  }

  /** In the order of the network's outputs. */
  get labels(): readonly string[] {
    return this.#labels;
  }

  #fault(found: string): DataError {
    return new DataError(`classify: expected two or more labels in ${this.#file} but found ${found}`, {
      file: this.#file,
    });
  }
}
