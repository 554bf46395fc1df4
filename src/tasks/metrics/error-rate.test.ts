import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { characterErrorRate, editDistance, wordErrorRate } from "./error-rate.ts";
import { GOLDEN, setOf } from "./golden.fixture.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const symbols = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 10 });

describe("the edit distance", () => {
  it("is a distance", () => {
    fc.assert(
      fc.property(symbols, symbols, symbols, (a, b, c) => {
        expect(editDistance(a, a)).toBe(0);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
        expect(editDistance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  it.each([
    ["kitten", "sitting", 3],
    ["", "abc", 3],
    ["abc", "", 3],
    ["ab", "ba", 2],
    ["", "", 0],
  ])("of %j and %j is %i", (a, b, distance) => {
    expect(editDistance(Array.from(a), Array.from(b))).toBe(distance);
  });
});

describe("the error rates", () => {
  it.each(GOLDEN.errors.map((entry) => [entry.set, entry] as const))("count as RapidFuzz does: %s", (_, entry) => {
    const { hypotheses, references } = setOf(entry.set);
    const firsts = references.map((list) => list[0] as string);
    for (const [i, hypothesis] of hypotheses.entries()) {
      const reference = [firsts[i] as string];
      expect(characterErrorRate([hypothesis], reference).edits).toBe(entry.characters[i]);
      expect(wordErrorRate([hypothesis], reference).edits).toBe(entry.words[i]);
    }
    const [edits, length] = [sum(entry.words), sum(entry.wordLengths)];
    expect(wordErrorRate(hypotheses, firsts)).toEqual({ rate: edits / length, edits, length });
    expect(characterErrorRate(hypotheses, firsts)).toMatchObject({
      edits: sum(entry.characters),
      length: sum(entry.characterLengths),
    });
  });

  it("counts code points, not halves of them", () => {
    expect(characterErrorRate(["😀"], ["😃"])).toEqual({ rate: 1, edits: 1, length: 1 });
  });

  it("takes the reference with the lowest rate", () => {
    expect(wordErrorRate(["a b c"], [["x", "a b c d", "a b"]])).toEqual({ rate: 0.25, edits: 1, length: 4 });
    expect(wordErrorRate(["a"], [["", "b c"]])).toEqual({ rate: 1, edits: 2, length: 2 });
  });

  it("of empty references is none or infinite", () => {
    expect(wordErrorRate(["", " "], ["", ""])).toEqual({ rate: 0, edits: 0, length: 0 });
    expect(wordErrorRate(["a b"], [""])).toEqual({ rate: Number.POSITIVE_INFINITY, edits: 2, length: 0 });
  });

  it("says which set it cannot score", () => {
    const none = "characterErrorRate: expected at least one pair but found none; a score of nothing has no meaning";
    expect(() => characterErrorRate([], [])).toThrow(new DataError(none));
    const lacking = "wordErrorRate: expected at least one reference of pair 1 but found none; leave the pair out";
    expect(() => wordErrorRate(["a"], [[]])).toThrow(new DataError(lacking));
  });
});
