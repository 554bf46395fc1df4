import { splitWords, trimEnd } from "./words.ts";

/**
 * How BLEU cuts a text into tokens, under sacreBLEU's names:
 *
 * - `13a`: the rules of NIST's `mteval-v13a`, for scripts that write spaces
 * - `zh`: the same, with every Chinese character a token of its own
 * - `char`: every character (code point) a token
 * - `none`: at white space alone, for text that has been tokenized before
 */
export type BleuTokenization = "13a" | "zh" | "char" | "none";

/** The rules of mteval that are applied in turn, in the language-dependent part. */
const MTEVAL: readonly (readonly [RegExp, string])[] = [
  // ASCII's punctuation, but for ' , - and the full stop.
  [/([{-~[-` -&(-+:-@/])/gu, " $1 "],
  // Full stops and commas, unless they stand between digits.
  [/([^0-9])([.,])/gu, "$1 $2 "],
  [/([.,])([^0-9])/gu, " $1 $2"],
  // A hyphen after a digit.
  [/([0-9])(-)/gu, "$1 $2 "],
];

const ENTITIES: readonly (readonly [string, string])[] = [
  ["&quot;", '"'],
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
];

/**
 * What sacreBLEU takes for Chinese. The second range is wider than it was meant to be: the supplementary planes' characters, from
 * U+20000 on, are not split, while quotes, dashes, arrows and the like, from U+2001 on, are. Published scores have it so.
 */
const CHINESE =
  /[\u3400-\u4db5\u2001-\u2a6d\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\uff00-\uffef\u2e80-\u2eff\u3000-\u303f\u31c0-\u31ef\u2f00-\u2fdf\u2ff0-\u2fff\u3100-\u312f\u31a0-\u31bf\ufe10-\ufe1f\ufe30-\ufe4f\u3200-\u33ff]/gu;

function mteval(text: string): string[] {
  return splitWords(MTEVAL.reduce((line, [pattern, replacement]) => line.replace(pattern, replacement), text));
}

function thirteenA(text: string): string[] {
  let line = text.replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");
  for (const [entity, character] of ENTITIES) line = line.replaceAll(entity, character);
  return mteval(` ${line} `);
}

const TOKENIZERS: Readonly<Record<BleuTokenization, (text: string) => string[]>> = {
  "13a": thirteenA,
  zh: (text) => mteval(splitWords(text.replace(CHINESE, " $& ")).join(" ")),
  char: (text) => splitWords(Array.from(text).join(" ")),
  none: splitWords,
};

/** The names of the tokenizations. */
export const BLEU_TOKENIZATIONS: readonly BleuTokenization[] = Object.keys(TOKENIZERS) as BleuTokenization[];

/**
 * A text's tokens, as sacreBLEU 2.6 has them. White space at its end does not count.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bleuTokens } from "fovea/tasks";
 *
 * const tokens = bleuTokens("It cost 1,500.50, no &quot;more&quot;.", "13a");
 * assert.equal(tokens.join(" "), 'It cost 1,500.50 , no " more " .');
 * ```
 */
export function bleuTokens(text: string, tokenize: BleuTokenization): string[] {
  return TOKENIZERS[tokenize](trimEnd(text));
}
