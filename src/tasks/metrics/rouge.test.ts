import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { Corpus } from "./corpus.ts";
import { GOLDEN, setOf } from "./golden.fixture.ts";
import { type RougeKind, rouge, rougeMetric } from "./rouge.ts";
import { commonLength, commonPlaces } from "./subsequence.ts";

const KINDS: readonly RougeKind[] = ["rouge1", "rouge2", "rougeL", "rougeLsum"];
const words = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });
const lines = fc.array(words, { maxLength: 4 }).map((list) => list.map((line) => line.join(" ")).join("\n"));

/** The longest common subsequence by trying every subsequence of `a`. */
function longest(a: readonly string[], b: readonly string[]): number {
  let best = 0;
  for (let chosen = 0; chosen < 2 ** a.length; chosen++) {
    const tokens = a.filter((_, i) => chosen & (1 << i));
    let from = 0;
    for (const token of tokens) from = b.indexOf(token, from) + 1 || Number.POSITIVE_INFINITY;
    if (from !== Number.POSITIVE_INFINITY) best = Math.max(best, tokens.length);
  }
  return best;
}

describe("the longest common subsequence", () => {
  it("is as long as trying all of them finds", () => {
    const short = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 });
    fc.assert(
      fc.property(short, short, (a, b) => {
        expect(commonLength(a, b)).toBe(longest(a, b));
        const places = commonPlaces(a, b);
        expect(places.length).toBe(longest(a, b));
        expect(
          commonLength(
            places.map((i) => a[i] as string),
            b,
          ),
        ).toBe(places.length);
        expect([...new Set(places)].sort((x, y) => x - y)).toEqual(places);
      }),
    );
  });
});

describe("ROUGE", () => {
  it.each(GOLDEN.rouge.map((entry) => [entry.set, entry] as const))("equals rouge-score's: %s", (_, { set, pairs }) => {
    const { hypotheses, references } = setOf(set);
    for (const [i, hypothesis] of hypotheses.entries()) {
      const scores = rouge([hypothesis], [references[i] as string[]]);
      for (const kind of KINDS) {
        const [precision, recall, f] = (pairs[i] as (typeof pairs)[number])[kind].map((value) =>
          expect.closeTo(value, 12),
        );
        expect(scores[kind], `${kind} of ${hypothesis}`).toEqual({ precision, recall, f });
      }
    }
    const mean = pairs.reduce((sum, pair) => sum + pair.rouge2[2], 0) / pairs.length;
    expect(rouge(hypotheses, references).rouge2.f).toBeCloseTo(mean, 12);
  });

  it("is the same both ways, precision and recall exchanged; ROUGE-Lsum aside", () => {
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        const [there, back] = [rouge([a], [b]), rouge([b], [a])];
        for (const kind of KINDS.slice(0, 3)) {
          expect(back[kind].precision).toBe(there[kind].recall);
          expect(back[kind].f).toBe(there[kind].f);
        }
      }),
    );
  });

  it("of texts with tokens against themselves is 1, and ROUGE-L never above ROUGE-1", () => {
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        const same = rouge([`a b ${a}`], [`a b ${a}`]);
        for (const kind of KINDS) expect(same[kind]).toEqual({ precision: 1, recall: 1, f: 1 });
        const { rouge1, rougeL } = rouge([a], [b]);
        expect(rougeL.recall).toBeLessThanOrEqual(rouge1.recall);
      }),
    );
  });

  it("sees other scripts with tokens of Unicode only", () => {
    const [chinese, reference] = ["一只狗 runs", "一条狗 Runs"];
    expect(rouge([chinese], [reference]).rouge1).toEqual({ precision: 1, recall: 1, f: 1 });
    expect(rouge([chinese], [reference], { tokenize: "unicode" }).rouge1.f).toBe(0.75);
    const decomposed = "Straße cafe\u0301, नमस्ते!";
    expect(rouge([decomposed], ["straße CAFÉ नमस्ते"], { tokenize: "unicode" }).rouge2.f).toBe(1);
  });

  it("gives intervals of each score in one go", () => {
    const { hypotheses, references } = setOf("hard");
    const corpus = new Corpus(rougeMetric()).addAll(hypotheses, references);
    const found = corpus.intervals((scores) => ({ one: scores.rouge1.f, long: scores.rougeL.f }), { samples: 200 });
    const { rouge1, rougeL } = corpus.score();
    expect(found.one.low).toBeLessThan(rouge1.f);
    expect(found.one.high).toBeGreaterThan(rouge1.f);
    expect(found.long.low).toBeLessThan(rougeL.f);
    expect(found.long).toEqual(corpus.interval({ samples: 200 }));
  });

  it("says what it cannot score", () => {
    const none = "rouge: expected at least one pair but found none; a score of nothing has no meaning";
    expect(() => rouge([], [])).toThrow(new DataError(none));
    const tokenize = "porter" as "unicode";
    const unknown = "rouge: expected tokenize to be rouge-score or unicode but found porter";
    expect(() => rouge(["a"], ["a"], { tokenize })).toThrow(new RangeError(unknown));
  });
});
