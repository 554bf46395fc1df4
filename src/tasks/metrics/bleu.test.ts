import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { Rng } from "../../tensor/random.ts";
import { type BleuOptions, bleu, sentenceBleu } from "./bleu.ts";
import { type BleuTokenization, bleuTokens } from "./bleu-tokens.ts";
import { bleuOptions, GOLDEN, setOf } from "./golden.fixture.ts";

const close = (value: number) => expect.closeTo(value, 9);
const named = (entry: { set: string; options: object }) => `${entry.set}, ${JSON.stringify(entry.options)}`;

/** Texts of few words, so that n-grams recur. */
const texts = fc
  .array(fc.constantFrom("a", "b", "c,", "d.", "1.5", "狗", "“e”", "-", "&amp;"), { maxLength: 12 })
  .map((words) => words.join(" "));
const pairs = fc.array(fc.tuple(texts, fc.array(texts, { minLength: 1, maxLength: 3 })), {
  minLength: 1,
  maxLength: 8,
});
const options = fc.record({
  tokenize: fc.constantFrom("13a", "zh", "char", "none"),
  smooth: fc.constantFrom("exp", "floor", "add-k", "none"),
  effectiveOrder: fc.boolean(),
} satisfies { [K in keyof BleuOptions]: fc.Arbitrary<BleuOptions[K]> });

function score(set: readonly (readonly [string, readonly string[]])[], chosen: BleuOptions = {}) {
  return bleu(
    set.map(([hypothesis]) => hypothesis),
    set.map(([, references]) => references),
    chosen,
  );
}

describe("BLEU's tokens", () => {
  it.each(Object.keys(GOLDEN.tokens) as BleuTokenization[])("are sacreBLEU's: %s", (tokenize) => {
    const { hypotheses, references } = setOf("hard");
    const both = hypotheses.flatMap((hypothesis, i) => [hypothesis, references[i]?.[0] as string]);
    expect(both.map((text) => bleuTokens(text, tokenize))).toEqual(GOLDEN.tokens[tokenize]);
  });
});

describe("BLEU", () => {
  it.each(GOLDEN.bleu.map((entry) => [named(entry), entry] as const))("equals sacreBLEU's: %s", (_, entry) => {
    const { hypotheses, references } = setOf(entry.set);
    const order = entry.options.max_ngram_order ?? 4;
    // What sacreBLEU gives as counts holds what add-k has added, unless nothing was right.
    const isAdded = entry.options.smooth_method === "add-k" && entry.counts.some((count) => count > 0);
    const added = isAdded ? (entry.options.smooth_value ?? 1) : 0;
    const without = (counts: readonly number[]) => counts.map((count, i) => (i > 0 ? count - added : count));
    expect(bleu(hypotheses, references, bleuOptions(entry.options))).toEqual({
      score: close(entry.score),
      counts: without(entry.counts),
      totals: without(entry.totals),
      precisions: entry.precisions.map(close),
      brevityPenalty: close(entry.brevityPenalty),
      hypothesisLength: entry.hypothesisLength,
      referenceLength: entry.referenceLength,
      signature: entry.signature + (order === 4 ? "" : `|order:${order}`),
    });
  });

  it.each(GOLDEN.bleu.map((entry) => [named(entry), entry] as const))("of a sentence, too: %s", (_, entry) => {
    const { hypotheses, references } = setOf(entry.set);
    const chosen = { ...bleuOptions(entry.options), effectiveOrder: entry.options.effective_order ?? false };
    const scores = hypotheses.map((text, i) => sentenceBleu(text, references[i] as string[], chosen).score);
    expect(scores).toEqual(entry.sentences.map(close));
  });

  it("of one sentence leaves out the orders that it is too short for", () => {
    expect(sentenceBleu("two words", "two words").score).toBeCloseTo(100, 9);
    expect(sentenceBleu("two words", "two words").signature).toBe("nrefs:1|case:mixed|eff:yes|tok:13a|smooth:exp");
    expect(sentenceBleu("two words", "two words", { effectiveOrder: false }).score).toBe(0);
  });

  it("takes one text for a list of one", () => {
    const hypotheses = ["the dog runs there", "it sits"];
    const references = ["the dog runs here", "it sits there"];
    const listed = references.map((reference) => [reference]);
    expect(bleu(hypotheses, references)).toEqual(bleu(hypotheses, listed));
  });

  it("of texts against themselves is 100", () => {
    fc.assert(
      fc.property(pairs, (set) => {
        const same = set.map(([text]) => [`${text} one two three four`, [`${text} one two three four`]] as const);
        expect(score(same).score).toBeCloseTo(100, 9);
      }),
    );
  });

  it("does not depend on the order of the pairs, nor of the references", () => {
    fc.assert(
      fc.property(pairs, options, fc.nat(), (set, chosen, seed) => {
        const order = [...new Rng(seed, "order").permutation(set.length)];
        const permuted = order.map((i) => set[i] as (typeof set)[number]);
        const turned = permuted.map(([text, references]) => [text, references.toReversed()] as const);
        expect(score(turned, chosen)).toEqual(score(set, chosen));
      }),
    );
  });

  it("finds no less right with a further reference, and no reference length further away", () => {
    fc.assert(
      fc.property(pairs, texts, (set, further) => {
        for (const [text, references] of set) {
          const few = bleu([text], [references]);
          const many = bleu([text], [[...references, further]]);
          for (const [i, count] of many.counts.entries()) expect(count).toBeGreaterThanOrEqual(few.counts[i] as number);
          const distance = (found: typeof few) => Math.abs(found.hypothesisLength - found.referenceLength);
          expect(distance(many)).toBeLessThanOrEqual(distance(few));
        }
      }),
    );
  });

  it("stays between 0 and 100, with right n-grams among all", () => {
    fc.assert(
      fc.property(pairs, options, (set, chosen) => {
        const found = score(set, chosen);
        expect(found.score).toBeGreaterThanOrEqual(0);
        expect(found.score).toBeLessThanOrEqual(100 + 1e-9);
        for (const [i, count] of found.counts.entries()) expect(count).toBeLessThanOrEqual(found.totals[i] as number);
      }),
    );
  });

  it("says which set it cannot score", () => {
    const none = "bleu: expected at least one pair but found none; a score of nothing has no meaning";
    expect(() => bleu([], [])).toThrow(new DataError(none));
    const unequal =
      "bleu: expected one entry of references a hypothesis but found 1 for 2 hypotheses; give as many of both";
    expect(() => bleu(["a", "b"], ["a"])).toThrow(new DataError(unequal));
    const lacking = "bleu: expected at least one reference of pair 2 but found none; leave the pair out";
    expect(() => bleu(["a", "b"], [["a"], []])).toThrow(new DataError(lacking));
  });

  it.each<[object, string]>([
    [{ tokenize: "intl" }, "bleu: expected tokenize to be one of 13a, zh, char, none but found intl"],
    [{ smooth: "add-1" }, "bleu: expected smooth to be one of exp, floor, add-k, none but found add-1"],
    [{ maxOrder: 0 }, "bleu: expected maxOrder to be a positive integer but found 0"],
    [{ smoothValue: 0 }, "bleu: expected smoothValue to be finite and above 0 but found 0"],
  ])("refuses %j", (chosen, message) => {
    expect(() => bleu(["a"], ["a"], chosen)).toThrow(new RangeError(message));
  });
});
