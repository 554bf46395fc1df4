import fc from "fast-check";
import { expect, it } from "vitest";
import { type BytePair, learnBytePairs } from "./byte-pairs.ts";
import { compareCodePoints } from "./vocabulary.ts";

const shown = (pairs: readonly BytePair[]) => pairs.map((pair) => pair.join(" "));

/** The words of the paper's section 3.2. */
const PAPER = new Map([
  ["low", 5],
  ["lower", 2],
  ["newest", 6],
  ["widest", 3],
]);

/** What subword-nmt 0.3.8 writes for `learn-bpe -s 12`. */
const PAPER_MERGES = [
  ["s t</w>", "e st</w>", "l o", "w est</w>", "n e", "ne west</w>"],
  ["lo w</w>", "w i", "wi d", "wid est</w>", "w e", "we r</w>"],
].flat();

it("learns the paper's words as subword-nmt does", () => {
  expect(shown(learnBytePairs(PAPER, { merges: 12, wordEnd: "</w>" }))).toEqual(PAPER_MERGES);
});

it("merges repeats from left to right, and orders ties by code point", () => {
  const words = ["aaaa", "aaa", "aaab", "baab", "𐀀𐀀", "\ufffdz", "\ufffdz", "𐀀𐀀"].map((word) => [word, 1] as const);
  // Also of subword-nmt.
  expect(shown(learnBytePairs(words, { merges: 12, wordEnd: "</w>" })).slice(0, 3)).toEqual([
    "a a",
    "𐀀 𐀀</w>",
    "\ufffd z</w>",
  ]);
});

it("stops where no pair is seen often enough", () => {
  const words = new Map([["abc", 1]]);
  expect(learnBytePairs(words, { merges: 5 })).toEqual([]);
  expect(shown(learnBytePairs(words, { merges: 5, minCount: 1 }))).toEqual(["b c", "a bc"]);
  expect(learnBytePairs(words, { merges: 0, minCount: 1 })).toEqual([]);
  expect(learnBytePairs([["", 9]], { merges: 5 })).toEqual([]);
});

/** The same by counting everything anew before each merge. */
function learnSlowly(words: ReadonlyMap<string, number>, merges: number): BytePair[] {
  let segmented = [...words].map(([word, count]) => ({ symbols: [...word], count }));
  const learnt: BytePair[] = [];
  while (learnt.length < merges) {
    const counts = new Map<string, number>();
    for (const { symbols, count } of segmented) {
      for (let i = 0; i + 1 < symbols.length; i++) {
        const key = `${symbols[i]} ${symbols[i + 1]}`;
        counts.set(key, (counts.get(key) ?? 0) + count);
      }
    }
    const [best] = [...counts].sort(([a, x], [b, y]) => {
      const [[a1, a2], [b1, b2]] = [a.split(" "), b.split(" ")] as [[string, string], [string, string]];
      return y - x || compareCodePoints(b1, a1) || compareCodePoints(b2, a2);
    });
    if (!best || best[1] < 2) break;
    const [left, right] = best[0].split(" ") as [string, string];
    learnt.push([left, right]);
    segmented = segmented.map(({ symbols, count }) => ({ symbols: mergeIn(symbols, left, right), count }));
  }
  return learnt;
}

function mergeIn(symbols: readonly string[], left: string, right: string): string[] {
  const merged: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const found = symbols[i] === left && symbols[i + 1] === right;
    merged.push(found ? left + right : (symbols[i] as string));
    if (found) i++;
  }
  return merged;
}

it("agrees with counting all pairs anew, whatever the words", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "𐀀"), minLength: 1, maxLength: 9 });
  const words = fc.array(fc.tuple(word, fc.integer({ min: 1, max: 4 })), { maxLength: 12 });
  fc.assert(
    fc.property(words, (list) => {
      const counts = new Map(list);
      expect(learnBytePairs(counts, { merges: 30 })).toEqual(learnSlowly(counts, 30));
    }),
    { seed: 5, numRuns: 300 },
  );
});
