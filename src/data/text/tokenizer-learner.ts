import { DataError } from "../../tensor/errors.ts";
import { type BytePair, learnBytePairs } from "./byte-pairs.ts";
import { SPECIAL_TOKENS } from "./special-tokens.ts";
import { LONGEST_TOKEN, MOST_TOKENS, type TokenizerFiles, type TokenLevel, tokenizerFiles } from "./tokenizer-json.ts";
import { TextPieces } from "./tokenizer-pieces.ts";
import { codePointLength, mostFrequent } from "./vocabulary.ts";

export interface TokenizerOptions {
  readonly level: TokenLevel;
  /** Most tokens, the four special ones included. @default 8,000 for byte pairs; otherwise all that are seen often enough */
  readonly size?: number;
  /** Words (or characters) seen less often are unknown. @default 2 for words, otherwise 1 */
  readonly minCount?: number;
  /** Makes texts lower case. @default false */
  readonly lowercase?: boolean;
}

const DEFAULT_BYTE_PAIRS = 8000;

/**
 * Learns a tokenizer from texts given one by one. It keeps the different words with their counts, not the texts.
 *
 * Ids: the special tokens, then words or characters by falling count, those seen equally often by code point; after the
 * characters of byte pairs, what each merge makes, in the order of the merges. Numbers are words like others, and their digits
 * stay together.
 *
 * @throws RangeError for a `size` that leaves no room for a symbol, and for counts that are no positive integers
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { text } from "fovea/data";
 *
 * const learner = new text.TokenizerLearner({ level: "word", minCount: 1 });
 * learner.add("a dog, a cat");
 * const tokenizer = text.TextTokenizer.fromFiles(learner.finish());
 * assert.equal(tokenizer.tokens(tokenizer.encode("a cat")).join(" "), "a cat </s>");
 * ```
 */
export class TokenizerLearner {
  readonly #level: TokenLevel;
  readonly #lowercase: boolean;
  readonly #room: number;
  readonly #minCount: number;
  readonly #pieces: TextPieces;
  readonly #counts = new Map<string, number>();

  constructor({ level, size, minCount = level === "word" ? 2 : 1, lowercase = false }: TokenizerOptions) {
    const most = size ?? (level === "byte-pair" ? DEFAULT_BYTE_PAIRS : MOST_TOKENS);
    requireInteger("size", most, SPECIAL_TOKENS.length + 1, MOST_TOKENS);
    requireInteger("minCount", minCount, 1, Number.MAX_SAFE_INTEGER);
    this.#level = level;
    this.#lowercase = lowercase;
    this.#room = most - SPECIAL_TOKENS.length;
    this.#minCount = minCount;
    this.#pieces = new TextPieces(tokenizerFiles({ level, lowercase, vocabulary: SPECIAL_TOKENS, merges: [] }));
  }

  add(text: string): void {
    const counts = this.#counts;
    for (const piece of this.#pieces.split(this.#pieces.normalize(text))) {
      counts.set(piece, (counts.get(piece) ?? 0) + 1);
    }
  }

  /**
   * The tokenizer of all texts so far; more may be added after it.
   *
   * @throws DataError where there was no text, or nothing was seen often enough
   */
  finish(): TokenizerFiles {
    if (this.#counts.size === 0) throw new DataError("tokenizer: expected text to learn from but found none");
    const symbols = this.#symbols();
    if (symbols.length === 0) {
      const least = `seen at least ${this.#minCount} times`;
      throw new DataError(
        `tokenizer: expected ${this.#names()} ${least} but found none; give more text or lower minCount`,
      );
    }
    const merges = this.#level === "byte-pair" ? this.#merges(symbols) : [];
    const vocabulary = [...new Set([...SPECIAL_TOKENS, ...symbols, ...merges.map((pair) => pair.join(""))])];
    return tokenizerFiles({ level: this.#level, lowercase: this.#lowercase, vocabulary, merges });
  }

  #names(): string {
    return this.#level === "word" ? "words" : "characters";
  }

  /** The words, or the characters. */
  #symbols(): string[] {
    const limits = { size: this.#room, minCount: this.#minCount };
    if (this.#level === "word") {
      const short = [...this.#counts].filter(([word]) => codePointLength(word) <= LONGEST_TOKEN);
      return mostFrequent(new Map(short), limits);
    }
    const counts = new Map<string, number>();
    for (const [piece, count] of this.#counts) {
      for (const character of piece) counts.set(character, (counts.get(character) ?? 0) + count);
    }
    return mostFrequent(counts, limits);
  }

  #merges(characters: readonly string[]): BytePair[] {
    const known = new Set(characters);
    return learnBytePairs(knownParts(this.#counts, known), { merges: this.#room - known.size });
  }
}

/** Words without those that are longer than a token may become, and cut where a character is unknown, for no pair has one. */
function* knownParts(counts: ReadonlyMap<string, number>, known: ReadonlySet<string>): Generator<[string, number]> {
  for (const [word, count] of counts) {
    if (codePointLength(word) > LONGEST_TOKEN) continue;
    let part = "";
    for (const character of word) {
      if (known.has(character)) part += character;
      else {
        if (part !== "") yield [part, count];
        part = "";
      }
    }
    if (part !== "") yield [part, count];
  }
}

function requireInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`tokenizer: expected ${name} to be an integer from ${least} to ${most} but found ${value}`);
}
