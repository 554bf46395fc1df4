import { END, SPECIAL_TOKENS, UNKNOWN } from "./special-tokens.ts";
import { MARK, type TokenizerFiles, type TokenizerForm, type TokenLevel, tokenizerFiles } from "./tokenizer-json.ts";
import { readTokenizerFiles, type TokenizerSources } from "./tokenizer-json-read.ts";
import { TextPieces } from "./tokenizer-pieces.ts";
import { alignNormalized, type Span } from "./tokenizer-spans.ts";
import { codePointLength } from "./vocabulary.ts";

/** A text's tokens, each with the place in the text that it was read from. */
export interface SpannedTokens {
  readonly ids: Int32Array;
  /** As `TextTokenizer.tokens` shows them. */
  readonly tokens: string[];
  /** Code points of the text; the end's is empty, and stands after the last. */
  readonly spans: Span[];
}

/** Most pieces, and the most UTF-16 units of one, whose ids are kept: words come again, whole texts hardly do. */
const KEPT_PIECES = 2 ** 17;
const LONGEST_KEPT = 64;

/**
 * Turns texts to ids and back, through `@huggingface/tokenizers`. Texts are normalised first: NFC, and lower case where the
 * tokenizer was learnt so. Characters keep everything else. Words and byte pairs read any run of white space as one space (and so
 * `▁`, which marks that a space stands before), drop it at both ends, and cut off punctuation, symbols, Han and Kana one by one: ` .`
 * is `▁.`, the `.` of `end.` is `.`; only before Han and Kana the mark of a space stands alone. Without unknown symbols `decode` gives
 * the normalised text back exactly. `</s>` in a text is read as its four characters.
 */
export class TextTokenizer {
  readonly files: TokenizerFiles;
  readonly level: TokenLevel;
  readonly #vocabulary: readonly string[];
  readonly #pieces: TextPieces;
  readonly #kept = new Map<string, readonly number[]>();

  private constructor(form: TokenizerForm) {
    this.files = tokenizerFiles(form);
    this.level = form.level;
    this.#vocabulary = form.vocabulary;
    this.#pieces = new TextPieces(this.files);
  }

  /**
   * @throws ModelError for a file that is damaged, or no tokenizer of ours
   */
  static fromFiles(sources: TokenizerSources): TextTokenizer {
    return new TextTokenizer(readTokenizerFiles(sources));
  }

  /** How many tokens there are, special ones included. */
  get size(): number {
    return this.#vocabulary.length;
  }

  /** The ids of a text, with `END` as the last, and without `START`. */
  encode(text: string): Int32Array {
    const ids: number[] = [];
    for (const piece of this.#pieces.split(this.#pieces.normalize(text))) {
      for (const id of this.#encodePiece(piece)) ids.push(id);
    }
    ids.push(END);
    return Int32Array.from(ids);
  }

  /** As `encode`, with the code points of the text that each token covers; the space before a word is none of them. */
  encodeWithSpans(text: string): SpannedTokens {
    const normalized = this.#pieces.normalize(text);
    const joinsSpaces = this.level !== "character";
    const normalize = (part: string) => this.#pieces.normalize(part);
    const places = alignNormalized(text, { normalized, normalize, joinsSpaces });
    const pieces = this.#pieces.split(normalized);
    // The mark that leads the text stands for nothing in it.
    const first = places[0]?.[0] ?? 0;
    if (joinsSpaces && pieces[0]?.startsWith(MARK)) places.unshift([first, first]);
    const [ids, spans]: [number[], Span[]] = [[], []];
    let at = 0;
    for (const piece of pieces) {
      const characters = [...piece];
      let inside = 0;
      for (const id of this.#encodePiece(piece)) {
        const length = this.#lengthInside(id, characters.length);
        const space = joinsSpaces && length > 1 && characters[inside] === MARK ? 1 : 0;
        ids.push(id);
        spans.push(cover(places.slice(at + inside + space, at + inside + length)));
        inside += length;
      }
      at += characters.length;
    }
    const last = codePointLength(text);
    return { ids: Int32Array.from([...ids, END]), tokens: this.tokens([...ids, END]), spans: [...spans, [last, last]] };
  }

  /**
   * The text of the tokens; special ones, unknown ones among them, are left out.
   *
   * @throws RangeError for an id outside the vocabulary
   */
  decode(ids: Iterable<number>): string {
    return this.#pieces.decode([...ids].filter((id) => this.token(id) !== SPECIAL_TOKENS[id]));
  }

  /**
   * What a person sees of each token: without the mark of a word's start, which alone is a space; special ones as they are.
   *
   * @throws RangeError for an id outside the vocabulary
   */
  tokens(ids: Iterable<number>): string[] {
    return Array.from(ids, (id) => {
      const token = this.token(id);
      if (this.level === "character" || !token.startsWith(MARK)) return token;
      return token === MARK ? " " : token.slice(MARK.length);
    });
  }

  /**
   * The token of an id, as `tokenizer.json` has it.
   *
   * @throws RangeError for an id outside the vocabulary
   */
  token(id: number): string {
    const token = this.#vocabulary[id];
    if (token !== undefined) return token;
    throw new RangeError(`tokenizer: expected an id from 0 to ${this.size - 1} but found ${id}`);
  }

  /** The id of a token; undefined: there is none. */
  id(token: string): number | undefined {
    return this.#pieces.id(token);
  }

  /** How many code points of a piece of `pieceLength` a token covers. */
  #lengthInside(id: number, pieceLength: number): number {
    if (id !== UNKNOWN) return codePointLength(this.token(id));
    return this.level === "word" ? pieceLength : 1;
  }

  #encodePiece(piece: string): readonly number[] {
    const kept = this.#kept.get(piece);
    if (kept) return kept;
    const ids = this.#pieces.encode(piece);
    if (this.#kept.size >= KEPT_PIECES) this.#kept.clear();
    if (piece.length <= LONGEST_KEPT) this.#kept.set(piece, ids);
    return ids;
  }
}

function cover(places: readonly Span[]): Span {
  return [places[0]?.[0] ?? 0, places.at(-1)?.[1] ?? 0];
}
