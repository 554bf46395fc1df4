import { Tokenizer } from "@huggingface/tokenizers";
import { UNKNOWN } from "./special-tokens.ts";
import type { TokenizerFiles } from "./tokenizer-json.ts";

/** Half a pair of UTF-16, which is no text; neither UTF-8 nor JSON readers elsewhere take it. */
const HALF_PAIR = /\p{Surrogate}/gu;

/** What we use of the package, some of whose own types do not resolve. */
interface PackageTokenizer {
  readonly normalizer: { normalize(text: string): string };
  readonly pre_tokenizer: { pre_tokenize(text: string): string[] };
  readonly model: { encode(pieces: string[]): string[]; readonly tokens_to_ids: ReadonlyMap<string, number> };
  decode(ids: number[]): string;
}

/**
 * The steps of a tokenizer of `@huggingface/tokenizers`, one by one: a text is brought into one form and cut into pieces, which the
 * model encodes each by itself.
 */
export class TextPieces {
  readonly #tokenizer: PackageTokenizer;

  constructor({ tokenizer, config }: TokenizerFiles) {
    this.#tokenizer = new Tokenizer(tokenizer, config) as unknown as PackageTokenizer;
  }

  /** The text in the form that its tokens spell, but for marks; what is no Unicode becomes U+FFFD. */
  normalize(text: string): string {
    return this.#tokenizer.normalizer.normalize(text.replace(HALF_PAIR, "\ufffd"));
  }

  /** Put together the pieces are the text, with marks for spaces, and one before it, unless it begins with Han or Kana. */
  split(normalized: string): string[] {
    return normalized === "" ? [] : this.#tokenizer.pre_tokenizer.pre_tokenize(normalized);
  }

  encode(piece: string): number[] {
    const { model } = this.#tokenizer;
    return model.encode([piece]).map((token) => model.tokens_to_ids.get(token) ?? UNKNOWN);
  }

  decode(ids: number[]): string {
    return ids.length === 0 ? "" : this.#tokenizer.decode(ids);
  }

  id(token: string): number | undefined {
    return this.#tokenizer.model.tokens_to_ids.get(token);
  }
}
