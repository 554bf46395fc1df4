/**
 * Orders texts by code point, as Python and UTF-8 do; `<` orders by UTF-16 unit, which puts U+10000 before U+FFFF.
 *
 * @returns below 0 where `a` comes first, 0 for equal texts
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** A UTF-16 unit, with halves of pairs above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** How many code points a text has. */
export function codePointLength(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

export interface VocabularyLimits {
  /** Most symbols. @default all */
  readonly size?: number | undefined;
  /** Symbols seen less often are left out. @default 1 */
  readonly minCount?: number | undefined;
}

/** The symbols seen most often, by falling count, those seen equally often by code point. */
export function mostFrequent(counts: ReadonlyMap<string, number>, limits: VocabularyLimits = {}): string[] {
  const { size = Number.POSITIVE_INFINITY, minCount = 1 } = limits;
  return [...counts]
    .filter(([, count]) => count >= minCount)
    .sort(([a, countA], [b, countB]) => countB - countA || compareCodePoints(a, b))
    .slice(0, size)
    .map(([symbol]) => symbol);
}
