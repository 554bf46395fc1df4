import type { BytePair } from "./byte-pairs.ts";
import { END, SPECIAL_TOKENS, UNKNOWN } from "./special-tokens.ts";

/** What a token is: one character, one word, or a frequent part of a word. */
export type TokenLevel = "character" | "word" | "byte-pair";

/** The two files of a tokenizer, in the form of Hugging Face's packages: `JSON.stringify` makes their text. */
export interface TokenizerFiles {
  /** The content of `tokenizer.json`. */
  readonly tokenizer: object;
  /** The content of `tokenizer_config.json`. */
  readonly config: object;
}

/** All that tells one tokenizer of ours from another. */
export interface TokenizerForm {
  readonly level: TokenLevel;
  /** Whether texts are made lower case. */
  readonly lowercase: boolean;
  /** The tokens by id, special ones included. */
  readonly vocabulary: readonly string[];
  /** Only of byte pairs. */
  readonly merges: readonly BytePair[];
}

/** Stands for a space before the word that it leads. */
export const MARK = "▁";

/** Most tokens of a vocabulary. */
export const MOST_TOKENS = 1_000_000;

/** Most code points of a token. A longer word is an unknown one. */
export const LONGEST_TOKEN = 256;

/** What a piece of a word that is not its first would begin with. No word does, for `#` is a piece of its own. */
export const CONTINUATION = "##";

/**
 * Han and Kana by their blocks, so that all versions of Unicode agree: iteration marks and 〇; Hiragana and Katakana with the
 * extension of the latter and its half-width forms; Han with its extensions and compatibility forms.
 */
const HAN_AND_KANA = [
  "\\x{3005}-\\x{3007}",
  "\\x{3041}-\\x{30FF}\\x{31F0}-\\x{31FF}\\x{FF66}-\\x{FF9F}",
  "\\x{3400}-\\x{4DBF}\\x{4E00}-\\x{9FFF}\\x{F900}-\\x{FAFF}\\x{20000}-\\x{3FFFD}",
].join("");

/**
 * A word, or one character of punctuation or symbol, with the mark that leads it; or one character: Han, Kana, or the mark before these
 * (it is a symbol, too, and no text has two of it in a row).
 */
const PIECE = `${MARK}?(?:[^\\p{P}\\p{S}${HAN_AND_KANA}]+|[\\p{P}\\p{S}])|.`;

/** The mark that leads a text, where it would stand alone and there is no space in its place. */
const LONE_MARK = `^${MARK}(?=[${HAN_AND_KANA}])`;

const ANY_CHARACTER = "[\\s\\S]";

const replace = (pattern: object, content: string) => ({ type: "Replace", pattern, content });
const split = (regex: string, behavior = "Isolated") => {
  return { type: "Split", pattern: { Regex: regex }, behavior, invert: false };
};
const sequence = (type_id: number, id: string) => ({ Sequence: { id, type_id } });
const special = (type_id: number, id: string) => ({ SpecialToken: { id, type_id } });

/**
 * Lower case before NFC, for some lower-case letters have a composed form where their capitals have none. Σ goes first: only
 * some packages make ς of it at the end of a word. Words and byte pairs lose runs of spaces, and all white space becomes a
 * space; so does a mark that stands in the text.
 */
function normalizer(level: TokenLevel, lowercase: boolean): object {
  const lower = lowercase ? [replace({ String: "Σ" }, "σ"), { type: "Lowercase" }] : [];
  const spaces = [replace({ Regex: `[\\s${MARK}]+` }, " "), replace({ Regex: "^ | $" }, "")];
  return { type: "Sequence", normalizers: [...lower, { type: "NFC" }, ...(level === "character" ? [] : spaces)] };
}

function preTokenizer(level: TokenLevel): object {
  if (level === "character") return split(ANY_CHARACTER);
  const marks = { type: "Metaspace", replacement: MARK, prepend_scheme: "always", split: false };
  return { type: "Sequence", pretokenizers: [marks, split(LONE_MARK, "Removed"), split(PIECE)] };
}

/** The end after each text. */
function postProcessor(): object {
  const end = SPECIAL_TOKENS[END] as string;
  return {
    type: "TemplateProcessing",
    single: [sequence(0, "A"), special(0, end)],
    pair: [sequence(0, "A"), special(0, end), sequence(1, "B"), special(1, end)],
    special_tokens: { [end]: { id: end, ids: [END], tokens: [end] } },
  };
}

/** Leaves out special tokens, whatever the reader asks for; no other token reads like one. */
function decoder(level: TokenLevel): object {
  const specials = replace({ Regex: `^(?:${SPECIAL_TOKENS.join("|")})$` }, "");
  const fuse = { type: "Fuse" };
  const marks = replace({ String: MARK }, " ");
  const strip = { type: "Strip", content: " ", start: 1, stop: 0 };
  return { type: "Sequence", decoders: level === "character" ? [specials, fuse] : [specials, marks, fuse, strip] };
}

/**
 * `@huggingface/tokenizers` has no model of whole words: a WordPiece model whose vocabulary has no pieces that continue a word is
 * one; and a byte-pair model without merges is one of characters.
 */
function model({ level, vocabulary, merges }: TokenizerForm): object {
  const unk_token = SPECIAL_TOKENS[UNKNOWN];
  const vocab = Object.fromEntries(vocabulary.map((token, id) => [token, id]));
  if (level === "word") {
    const limits = { continuing_subword_prefix: CONTINUATION, max_input_chars_per_word: LONGEST_TOKEN };
    return { type: "WordPiece", unk_token, ...limits, vocab };
  }
  return {
    type: "BPE",
    dropout: null,
    unk_token,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab,
    merges,
  };
}

/**
 * The two files of a tokenizer. Special tokens are no `added_tokens`, which packages look for in texts: a text that has `</s>` in
 * it is a text with these four characters.
 */
export function tokenizerFiles(form: TokenizerForm): TokenizerFiles {
  const { level, lowercase } = form;
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: normalizer(level, lowercase),
    pre_tokenizer: preTokenizer(level),
    post_processor: postProcessor(),
    decoder: decoder(level),
    model: model(form),
  };
  const [pad_token, bos_token, eos_token, unk_token] = SPECIAL_TOKENS;
  const config = {
    tokenizer_class: "PreTrainedTokenizerFast",
    clean_up_tokenization_spaces: false,
    split_special_tokens: true,
    pad_token,
    bos_token,
    eos_token,
    unk_token,
  };
  return { tokenizer, config };
}
