import { TextTokenizer, TokenizerLearner } from "../../data/text/index.ts";
import type { Vocabulary } from "../text/data.ts";
import type { Encode } from "../text/example-set.ts";
import type { SequenceSettings } from "./settings.ts";

export interface Tokenizers {
  readonly source: TextTokenizer;
  readonly target: TextTokenizer;
}

/** The tokenizers of source and target, learnt from the examples. */
export class PairVocabulary implements Vocabulary {
  readonly #learners: { readonly source: TokenizerLearner; readonly target: TokenizerLearner };
  #tokenizers: Tokenizers | undefined;

  constructor({ sourceTokens, targetTokens, vocabulary: size, lowercase }: SequenceSettings) {
    this.#learners = {
      source: new TokenizerLearner({ level: sourceTokens, size, lowercase }),
      target: new TokenizerLearner({ level: targetTokens, size }),
    };
  }

  add({ source, target }: Readonly<Record<string, string>>): void {
    this.#learners.source.add(source as string);
    this.#learners.target.add(target as string);
  }

  finish(): Encode {
    const source = TextTokenizer.fromFiles(this.#learners.source.finish());
    const target = TextTokenizer.fromFiles(this.#learners.target.finish());
    this.#tokenizers = { source, target };
    return (fields) => ({
      source: source.encode(fields.source as string),
      target: target.encode(fields.target as string),
    });
  }

  /** Known once `finish` was called. */
  get tokenizers(): Tokenizers {
    return this.#tokenizers as Tokenizers;
  }
}
