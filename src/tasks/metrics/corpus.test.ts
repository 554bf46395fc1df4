import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { Rng } from "../../tensor/random.ts";
import { exactMatchMetric } from "./accuracy.ts";
import { bleu, bleuMetric } from "./bleu.ts";
import { intervalOf } from "./bootstrap.ts";
import { chrf, chrfMetric } from "./chrf.ts";
import { Corpus, type PairMetric } from "./corpus.ts";
import { GOLDEN, setOf } from "./golden.fixture.ts";
import { pairedBootstrap } from "./paired-bootstrap.ts";

const { hypotheses, references } = setOf(GOLDEN.interval.set);

/** Right and wrong answers, `1` and `0`, right with the given probability. */
function answers(name: string, count: number, right: number): string[] {
  const rng = new Rng(5, name);
  return Array.from({ length: count }, () => (rng.uniform() < right ? "1" : "0"));
}

function scored(texts: readonly string[]): Corpus<{ readonly share: number }> {
  return new Corpus(exactMatchMetric()).addAll(
    texts,
    texts.map(() => "1"),
  );
}

describe("a corpus", () => {
  it("gives after each pair what all of them at once give", () => {
    const [ours, theirs] = [new Corpus(bleuMetric()), new Corpus(chrfMetric(), { keepPairs: false })];
    for (const [i, hypothesis] of hypotheses.entries()) {
      ours.add(hypothesis, references[i] as string[]);
      theirs.add(hypothesis, references[i] as string[]);
      expect(ours.count).toBe(i + 1);
      expect(ours.score()).toEqual(bleu(hypotheses.slice(0, i + 1), references.slice(0, i + 1)));
      expect(theirs.score()).toEqual(chrf(hypotheses.slice(0, i + 1), references.slice(0, i + 1)));
    }
  });

  it("tells how many references its pairs have", () => {
    const corpus = new Corpus(bleuMetric()).add("a", ["a", "b"]).add("b", ["a", "b"]);
    expect(corpus.score().signature).toContain("nrefs:2|");
    expect(corpus.add("c", "c").score().signature).toContain("nrefs:var|");
  });

  it("keeps what it needs to resample more pairs than it began with", () => {
    const many = answers("many", 1000, 0.7);
    const { low, mean, high } = scored(many).interval({ seed: 3 });
    // The binomial distribution's: 1.96 · √(0.7 · 0.3 / 1000) = 0.0284.
    const right = many.filter((answer) => answer === "1").length / 1000;
    expect(mean).toBeCloseTo(right, 2);
    expect(Math.abs(right - low - 0.0284)).toBeLessThan(0.004);
    expect(Math.abs(high - right - 0.0284)).toBeLessThan(0.004);
  });

  it("has intervals as sacreBLEU's, which draws other sets", () => {
    const { mean, low, high } = new Corpus(bleuMetric()).addAll(hypotheses, references).interval({ samples: 4000 });
    // Four standard errors of 4,000 drawn sets whose scores spread by 10.
    expect(Math.abs(mean - GOLDEN.interval.mean)).toBeLessThan(0.7);
    expect(Math.abs((high - low) / 2 - GOLDEN.interval.half)).toBeLessThan(1.2);
  });

  it("draws the same sets for the same seed, and others for another", () => {
    const corpus = new Corpus(bleuMetric()).addAll(hypotheses, references);
    expect(corpus.interval({ samples: 50, seed: 1 })).toEqual(corpus.interval({ samples: 50, seed: 1 }));
    expect(corpus.interval({ samples: 50, seed: 1 })).not.toEqual(corpus.interval({ samples: 50, seed: 2 }));
    const [few, more] = [30, 50].map((samples) => corpus.resampled({ samples, seed: 1 }));
    expect(more?.slice(0, 30)).toEqual(few);
  });

  it("adds nothing of lists that do not fit", () => {
    const corpus = new Corpus(chrfMetric()).add("a", "a");
    const message =
      "chrf: expected one entry of references a hypothesis but found 1 for 2 hypotheses; give as many of both";
    expect(() => corpus.addAll(["a", "b"], ["a"])).toThrow(new DataError(message));
    expect(corpus.count).toBe(1);
  });

  it("says why it gives no interval", () => {
    const empty = "bleu: expected at least one pair but found none; a score of nothing has no meaning";
    expect(() => new Corpus(bleuMetric()).interval()).toThrow(new DataError(empty));
    const lean = new Corpus(bleuMetric(), { keepPairs: false }).add("a", "a");
    const unkept = "bleu: expected pairs to resample but none are kept; make the Corpus with keepPairs";
    expect(() => lean.interval()).toThrow(new RangeError(unkept));
    const corpus = new Corpus(bleuMetric()).add("a", "a");
    const samples = "bootstrap: expected samples to be a positive integer but found 0";
    expect(() => corpus.interval({ samples: 0 })).toThrow(new RangeError(samples));
    const level = "bootstrap: expected a level between 0 and 1 but found 95";
    expect(() => corpus.interval({ level: 95 })).toThrow(new RangeError(level));
  });

  it("takes any metric that sums", () => {
    const length: PairMetric<number> = {
      name: "length",
      width: 1,
      measure: (text) => [text.length],
      score: (sums, { count }) => (sums[0] as number) / count,
      value: (score) => score,
    };
    expect(new Corpus(length).add("abc", "").add("a", "").score()).toBe(2);
  });
});

describe("an interval", () => {
  it("leaves out one in forty on either side", () => {
    const values = [...new Rng(1, "values").permutation(1000)];
    expect(intervalOf(values, 0.95)).toEqual({ mean: 499.5, low: 25, high: 974 });
    expect(intervalOf(values, 0.9)).toEqual({ mean: 499.5, low: 50, high: 949 });
    expect(intervalOf([7], 0.95)).toEqual({ mean: 7, low: 7, high: 7 });
  });
});

describe("two systems", () => {
  it("do not differ from themselves", () => {
    const corpus = new Corpus(bleuMetric()).addAll(hypotheses, references);
    expect(pairedBootstrap(corpus, corpus, { samples: 100 })).toEqual({
      first: corpus.score().score,
      second: corpus.score().score,
      difference: 0,
      interval: { mean: 0, low: 0, high: 0 },
      higher: 0,
      pValue: 1,
    });
  });

  it("differ where one is plainly better, and either way round", () => {
    const [good, bad] = [scored(answers("good", 400, 0.8)), scored(answers("bad", 400, 0.6))];
    const found = pairedBootstrap(good, bad, { seed: 1 });
    expect(found.higher).toBe(1);
    expect(found.pValue).toBe(1 / 1001);
    expect(found.interval.low).toBeGreaterThan(0);
    const back = pairedBootstrap(bad, good, { seed: 1 });
    expect(back).toMatchObject({ difference: -found.difference, higher: 0, pValue: found.pValue });
  });

  it("that are equally good differ about as often as the p-value says", () => {
    const chances = Array.from({ length: 200 }, (_, i) => {
      const [first, second] = [scored(answers(`first ${i}`, 60, 0.6)), scored(answers(`second ${i}`, 60, 0.6))];
      return pairedBootstrap(first, second, { samples: 200, seed: i }).pValue;
    });
    const below = (limit: number) => chances.filter((chance) => chance <= limit).length / chances.length;
    // Three standard deviations of a share of 200, and what a small set's bootstrap adds.
    expect(Math.abs(below(0.1) - 0.1)).toBeLessThan(0.08);
    expect(Math.abs(below(0.5) - 0.5)).toBeLessThan(0.12);
  });

  it("are compared on the same pairs: a fault that both share decides nothing", () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const shared = answers(`shared ${seed}`, 100, 0.5);
        const better = shared.map((answer, i) => (i % 10 === 0 ? "1" : answer));
        const { interval, difference } = pairedBootstrap(scored(better), scored(shared), { samples: 200, seed });
        expect(interval.low).toBeGreaterThanOrEqual(0);
        expect(difference).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 20 },
    );
  });

  it("must have answered the same inputs", () => {
    const message =
      "pairedBootstrap: expected two systems' answers to the same inputs but found 1 and 2 of them; score both on one set";
    expect(() => pairedBootstrap(scored(["1"]), scored(["1", "0"]))).toThrow(new DataError(message));
  });
});
