import { DataError } from "../../tensor/errors.ts";

/**
 * Symbols in and out. An input is at most 30 code points, one symbol each, so that position i of an attention row is character i
 * of the text as typed. Nothing is parsed or repaired; the only changes are one to one:
 *
 * | typed                                                           | read as       |
 * | --------------------------------------------------------------- | ------------- |
 * | `A`–`Z`                                                         | `a`–`z`       |
 * | full-width forms U+FF01–U+FF5E                                  | ASCII, lower case |
 * | tab, line break, U+00A0, U+2000–U+200A, U+202F, U+205F, U+3000  | space         |
 * | hyphens, dashes and minus U+2010–U+2015, U+2212                 | `-`           |
 * | anything outside the alphabet: `k`, `'`, `’`, `(`, `年`, …       | `<unk>`       |
 *
 * Unicode's NFKC is not used: it changes the number of characters (`½` becomes three), and weights would no longer line up.
 */

/** Input length in symbols (`Tx` of the article). */
export const MAX_INPUT = 30;

/** Output length in symbols, `yyyy-mm-dd` (`Ty` of the article). */
export const OUTPUT_LENGTH = 10;

/** The eleven output symbols; a digit's id is its value. */
export const OUTPUT_SYMBOLS: readonly string[] = [..."0123456789-"];

/** Input symbols with their ids, and where ASCII characters go. `symbols` is a plain array: the content of a `vocab.json`. */
export interface Alphabet {
  readonly symbols: readonly string[];
  readonly unknown: number;
  readonly padding: number;
  /** Id of each ASCII code; capitals go to their small letter, anything missing to `unknown`. */
  readonly ascii: Uint8Array;
}

/**
 * The alphabet of a list of symbols, as stored in `vocab.json`: single lower-case ASCII characters, `<unk>` and `<pad>`, each once.
 * @throws DataError for any other list
 */
export function alphabetFrom(symbols: readonly string[]): Alphabet {
  const unknown = symbols.indexOf("<unk>");
  const padding = symbols.indexOf("<pad>");
  if (unknown < 0 || padding < 0 || symbols.length > 130) {
    throw new DataError("alphabetFrom: expected ASCII characters, <unk> and <pad> but found another list of symbols");
  }
  const ascii = new Uint8Array(128).fill(unknown);
  const seen = new Set<string>();
  for (const [id, symbol] of symbols.entries()) {
    const isSpecial = id === unknown || id === padding;
    const isLowerAscii = symbol.length === 1 && symbol.charCodeAt(0) < 128 && symbol === symbol.toLowerCase();
    if (seen.has(symbol) || !(isSpecial || isLowerAscii)) {
      throw new DataError(
        `alphabetFrom: expected single lower-case ASCII characters, each once, but found ${JSON.stringify(symbol)} at ${id}`,
      );
    }
    seen.add(symbol);
    if (isSpecial) continue;
    ascii[symbol.charCodeAt(0)] = id;
    ascii[symbol.toUpperCase().charCodeAt(0)] = id;
  }
  return { symbols: [...symbols], unknown, padding, ascii };
}

/** The article's 37 symbols: space, `.`, `/`, digits, the 22 letters of English dates, `<unk>`, `<pad>`. */
export const ARTICLE_ALPHABET: Alphabet = alphabetFrom([..." ./0123456789abcdefghijlmnoprstuvwy", "<unk>", "<pad>"]);

/** Ours, the default: the article's and `,` and `-`, 39 symbols. */
export const ALPHABET: Alphabet = alphabetFrom([..." ,-./0123456789abcdefghijlmnoprstuvwy", "<unk>", "<pad>"]);

/** The ASCII code that stands for a code point beyond ASCII, or −1. */
function asciiOf(codePoint: number): number {
  if (codePoint >= 0xff01 && codePoint <= 0xff5e) return codePoint - 0xfee0;
  if (codePoint === 0xa0 || (codePoint >= 0x2000 && codePoint <= 0x200a)) return 0x20;
  if (codePoint === 0x202f || codePoint === 0x205f || codePoint === 0x3000) return 0x20;
  if ((codePoint >= 0x2010 && codePoint <= 0x2015) || codePoint === 0x2212) return 0x2d;
  return -1;
}

/** What `encodeText` found. */
export interface EncodedText {
  /** Symbols before the padding, 1 to 30. */
  readonly length: number;
  /** How many of them are `<unk>`. */
  readonly unknown: number;
}

/**
 * Writes the ids of `text` into `target[offset … offset + 29]`, padded with `<pad>`. See the table above for what becomes what.
 * @param options `alphabet`, default `ALPHABET`; `offset`, default 0
 * @throws DataError for a text of spaces only and for one of more than 30 code points
 * @throws RangeError when `target` ends before `offset + 30`
 */
export function encodeText(
  text: string,
  target: Int32Array,
  { alphabet = ALPHABET, offset = 0 }: { alphabet?: Alphabet; offset?: number } = {},
): EncodedText {
  if (offset < 0 || offset + MAX_INPUT > target.length) {
    throw new RangeError(
      `encodeText: expected room for ${MAX_INPUT} ids at ${offset} but found ${target.length} in all`,
    );
  }
  const { ascii, unknown } = alphabet;
  let length = 0;
  let unknowns = 0;
  let isBlank = true;
  for (let i = 0; i < text.length; i++) {
    if (length === MAX_INPUT) {
      const found = [...text].length;
      throw new DataError(
        `text: expected at most ${MAX_INPUT} characters but found ${found}; leave out all but the date, such as the time`,
        { column: MAX_INPUT + 1 },
      );
    }
    let code = text.charCodeAt(i);
    if (code >= 9 && code <= 13) code = 0x20;
    if (code > 127) {
      const codePoint = text.codePointAt(i) as number;
      if (codePoint > 0xffff) i++;
      code = asciiOf(codePoint);
    }
    const id = code < 0 ? unknown : (ascii[code] as number);
    if (id === unknown) unknowns++;
    if (code !== 0x20) isBlank = false;
    target[offset + length++] = id;
  }
  if (isBlank) {
    throw new DataError(
      `text: expected a date but found ${length === 0 ? "nothing" : "only spaces"}; write one, such as 9 may 1998`,
    );
  }
  target.fill(alphabet.padding, offset + length, offset + MAX_INPUT);
  return { length, unknown: unknowns };
}

/**
 * Writes the ten output ids of `yyyy-mm-dd` into `target[offset … offset + 9]`. Whether the day exists is `isRealDate`'s question.
 * @throws DataError for any other text
 */
export function encodeIso(iso: string, target: Int32Array, offset = 0): void {
  if (iso.length !== OUTPUT_LENGTH) {
    throw new DataError(`encodeIso: expected yyyy-mm-dd but found ${JSON.stringify(iso)}`);
  }
  for (let i = 0; i < OUTPUT_LENGTH; i++) {
    const code = iso.charCodeAt(i);
    const id = code === 0x2d ? 10 : code - 0x30;
    if (id < 0 || id > 10 || (id === 10) !== (i === 4 || i === 7)) {
      throw new DataError(`encodeIso: expected yyyy-mm-dd but found ${JSON.stringify(iso)}`);
    }
    target[offset + i] = id;
  }
}

/** The ten characters of the output ids at `offset`; what a network writes need not be a date (see `isRealDate`). */
export function decodeOutput(ids: ArrayLike<number>, offset = 0): string {
  let text = "";
  for (let i = 0; i < OUTPUT_LENGTH; i++) text += OUTPUT_SYMBOLS[ids[offset + i] as number] ?? "?";
  return text;
}
