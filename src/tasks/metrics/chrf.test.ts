import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { chrf, sentenceChrf } from "./chrf.ts";
import { chrfOptions, GOLDEN, setOf } from "./golden.fixture.ts";

const cases = GOLDEN.chrf.map((entry) => [`${entry.set}, ${JSON.stringify(entry.options)}`, entry] as const);
const texts = fc.string({ unit: fc.constantFrom("a", "b", ".", " ", "(", "狗", "😀"), maxLength: 30 });

describe("chrF", () => {
  it.each(cases)("equals sacreBLEU's: %s", (_, entry) => {
    const { hypotheses, references } = setOf(entry.set);
    expect(chrf(hypotheses, references, chrfOptions(entry.options))).toEqual({
      score: expect.closeTo(entry.score, 9),
      name: entry.name,
      signature: entry.signature,
    });
  });

  it.each(cases)("of a sentence, too: %s", (_, entry) => {
    const { hypotheses, references } = setOf(entry.set);
    const chosen = chrfOptions(entry.options);
    const scores = hypotheses.map((text, i) => sentenceChrf(text, references[i] as string[], chosen).score);
    expect(scores).toEqual(entry.sentences.map((score) => expect.closeTo(score, 9)));
  });

  it("of texts against themselves is 100, unless they are empty", () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1 }), fc.constantFrom(0, 2), (same, wordOrder) => {
        const isEmpty = same.every((text) => text.trim() === "");
        expect(chrf(same, same, { wordOrder }).score).toBeCloseTo(isEmpty ? 0 : 100, 9);
      }),
    );
  });

  it("takes the reference that scores best", () => {
    fc.assert(
      fc.property(texts, fc.array(texts, { minLength: 1, maxLength: 4 }), (text, references) => {
        const each = references.map((reference) => sentenceChrf(text, reference).score);
        expect(sentenceChrf(text, references).score).toBe(Math.max(...each));
      }),
    );
  });

  it("leaves white space alone only where it counts", () => {
    fc.assert(
      fc.property(texts, texts, (text, reference) => {
        const spaced = Array.from(text).join(" ");
        expect(sentenceChrf(spaced, reference)).toEqual(sentenceChrf(text, reference));
      }),
    );
    expect(sentenceChrf("a b", "ab", { whitespace: true }).score).toBeLessThan(100);
  });

  it("says which set it cannot score", () => {
    const none = "chrf: expected at least one pair but found none; a score of nothing has no meaning";
    expect(() => chrf([], [])).toThrow(new DataError(none));
    const unequal =
      "chrf: expected one entry of references a hypothesis but found 2 for 0 hypotheses; give as many of both";
    expect(() => chrf([], ["a", "b"])).toThrow(new DataError(unequal));
  });

  it.each([
    [{ characterOrder: 0 }, "chrf: expected characterOrder to be a positive integer but found 0"],
    [{ wordOrder: 1.5 }, "chrf: expected wordOrder to be an integer but found 1.5"],
    [{ wordOrder: -1 }, "chrf: expected wordOrder to be finite and at least 0 but found -1"],
    [{ beta: 0 }, "chrf: expected beta to be finite and above 0 but found 0"],
  ])("refuses %j", (chosen, message) => {
    expect(() => chrf(["a"], ["a"], chosen)).toThrow(new RangeError(message));
  });
});
