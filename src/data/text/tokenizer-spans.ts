/** A stretch of a text, in code points: the first, and the one after the last. */
export type Span = readonly [start: number, end: number];

/** A character with what may join it in NFC: marks, and the vowels and finals of Hangul. */
const CHARACTER = /[\s\S][\p{M}\u1160-\u11ff\ud7b0-\ud7ff]*/gu;
/** The same, or a run of white space, of which `▁` is one. */
const PART = new RegExp(`[\\p{White_Space}▁]+|${CHARACTER.source}`, "gu");
const SPACE = /^[\p{White_Space}▁]/u;

export interface AlignOptions {
  /** The whole text's normalised form. */
  readonly normalized: string;
  readonly normalize: (text: string) => string;
  /** Whether runs of white space become one space, and none at the ends. */
  readonly joinsSpaces: boolean;
}

/**
 * Which code points of a text each code point of its normalised form stands for. Where a part changes, each of its code points
 * stands for all of it; where the parts do not give the whole, each stands for the whole text.
 */
export function alignNormalized(text: string, options: AlignOptions): Span[] {
  const { normalized, normalize, joinsSpaces } = options;
  const spans: Span[] = [];
  const parts = text.match(joinsSpaces ? PART : CHARACTER) ?? [];
  let joined = "";
  let start = 0;
  for (const [index, part] of parts.entries()) {
    const isSpace = joinsSpaces && SPACE.test(part);
    const inner = index > 0 && index < parts.length - 1 ? " " : "";
    const result = isSpace ? inner : normalize(part);
    const length = [...part].length;
    const characters = [...result];
    for (const i of characters.keys()) {
      const oneByOne = characters.length === length && !isSpace;
      spans.push(oneByOne ? [start + i, start + i + 1] : [start, start + length]);
    }
    joined += result;
    start += length;
  }
  return joined === normalized ? spans : Array.from(normalized.matchAll(/[\s\S]/gu), () => [0, start] as const);
}
